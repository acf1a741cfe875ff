#pragma once
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/link/connection.h"
#include "model/link_messages.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/clock.h"
#include "scheduler/service/log_groups.h"
#include "scheduler/store/reader.h"

namespace dray {

/// The logs' end of the link: appends what agents ship, syncs for all of them together, and only
/// then says that it is stored. Bytes count only for an attempt that was given out with the token
/// they name (F8); of others nothing is kept and nothing more is wanted. When nobody can say what
/// is on disk the process ends at once, as the store does (D2). Everything is on the io_context's
/// one thread, which is the only one that appends.
class LogListener : private link::Connection::Listener {
 public:
  /// All must outlive the listener, and the io_context's thread must have ended before it goes.
  LogListener(boost::asio::io_context& io, logs::LogStore& store, store::Reader& reader,
              LogGroups& groups, Clock& clock);

  /// A socket of this io_context on which log bytes begin to come.
  void take(boost::asio::ip::tcp::socket socket);

 private:
  struct Stored {
    std::weak_ptr<link::Connection> to;
    LogStored message;
  };

  void received(link::Connection& from, wire::Frame frame) override;
  void closed(link::Connection& connection, const std::string& reason) override;
  void append(link::Connection& from, const LogBytes& bytes);
  /// Whether that attempt was given out with that token (F8); its row is older than its output
  /// (F1).
  Result<bool> is_given(const AttemptKey& key, const AttemptToken& token);
  void ensure_group(JobId job);
  void sync_soon(std::chrono::milliseconds pause);
  void sync();
  void close(link::Connection& connection);

  boost::asio::io_context& io_;
  logs::LogStore& store_;
  store::Reader& reader_;
  LogGroups& groups_;
  Clock& clock_;
  boost::asio::steady_timer timer_;
  std::map<link::Connection*, std::shared_ptr<link::Connection>> connections_;
  std::vector<Stored> unsynced_;  ///< What to say after the next sync.
  std::size_t unsynced_bytes_ = 0;
  /// Tokens of attempts: asked once, and forgotten when it grows long.
  std::map<AttemptKey, AttemptToken> tokens_;
  std::set<JobId> grouped_;  ///< Jobs whose log group is there, forgotten likewise.
  bool is_sync_due_ = false;
};

}  // namespace dray
