#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/backend.h"
#include "api/server/http_connection.h"
#include "api/server/http_message.h"

namespace dray::server {

struct StreamSettings {
  std::size_t streams_max = 256;
  std::chrono::milliseconds gap{200};           ///< Between two events of one stream, at least.
  std::chrono::milliseconds heartbeat{15'000};  ///< A comment, when nothing else was sent.
  std::chrono::milliseconds stuck_max{30'000};  ///< With bytes that the client does not take.
  std::chrono::milliseconds retry{2'000};       ///< What clients are told to wait.
};

/// GET /dray/v1/events: open connections on which changes are told as they happen. One thread for
/// all of them (run's); a client that does not read holds up nobody and is dropped.
class EventStreams {
 public:
  /// `events` must outlive it.
  EventStreams(api::Events& events, StreamSettings settings);
  ~EventStreams();
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  static bool is_asked(const HttpRequest& request);
  /// Takes the connection over, its request is read; false, and it is still the caller's, when
  /// there are too many already. Any thread.
  bool take(HttpConnection& connection, const HttpRequest& request);
  /// Serves until `stop`, then closes all of them.
  void run();
  /// Any thread.
  void stop();
  [[nodiscard]] std::size_t open() const { return open_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Stream {
    HttpConnection connection;
    std::uint64_t number = 0;  ///< News up to this one are on their way.
    bool is_new = true;        ///< Begins with the present, whatever that is.
    std::string unsent;
    Clock::time_point sent_at;   ///< Something, last.
    Clock::time_point moved_at;  ///< The client took something, last.
  };

  void wake() const;
  void wait();
  [[nodiscard]] Clock::time_point next_turn() const;
  void welcome();
  void tell_news();
  void beat();
  void send(Stream& stream, std::string_view bytes);
  [[nodiscard]] bool is_gone(Stream& stream, short happened) const;

  api::Events& events_;
  const StreamSettings settings_;
  int wake_ = -1;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> has_news_ = false;
  std::atomic<std::size_t> open_ = 0;
  std::list<Stream> streams_;  ///< run's thread only.
  bool is_listening_ = false;
  Clock::time_point told_at_;

  std::mutex mutex_;  ///< Guards what follows.
  std::vector<Stream> arriving_;
};

}  // namespace dray::server
