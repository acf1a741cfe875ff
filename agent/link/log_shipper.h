#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "model/link_messages.h"

namespace dray {

/// Ships log files to the scheduler, on a connection of its own (D4): reads each by offset, in turn
/// and fairly, with at most 1 MiB under way. After a new connection it goes on from what was said
/// to be stored. Everything is on the io_context's one thread.
class LogShipper {
 public:
  struct Listener {
    virtual ~Listener() = default;
    /// The scheduler has the first `offset` bytes on disk; `complete`: all of them, and the file is
    /// not needed any more (the shipper has forgotten it).
    virtual void log_stored(const AttemptKey& key, std::uint64_t offset, bool complete) = 0;
  };

  /// `listener` must outlive the shipper.
  LogShipper(boost::asio::io_context& io, std::string host, std::uint16_t port, LogHello hello,
             Listener& listener);
  ~LogShipper();
  LogShipper(const LogShipper&) = delete;
  LogShipper& operator=(const LogShipper&) = delete;

  void start();
  void stop();
  /// A log file that grows; it need not exist yet. A known key is left as it is.
  void ship(const AttemptKey& key, const AttemptToken& token, std::string path);
  /// There may be more to read.
  void grew(const AttemptKey& key);
  /// The file has its final size. With size 0 the log is complete at once, without a file.
  void ended(const AttemptKey& key, std::uint64_t final_size);

 private:
  class Conversation;
  std::shared_ptr<Conversation> conversation_;
};

}  // namespace dray
