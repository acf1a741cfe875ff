#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/backend.h"
#include "api/server/gate/conversation.h"
#include "api/server/http_message.h"

namespace dray::server {

struct StreamSettings {
  std::size_t streams_max = 256;
  std::chrono::milliseconds gap{200};           ///< Between two events of one stream, at least.
  std::chrono::milliseconds heartbeat{15'000};  ///< A comment, when nothing else was sent.
  std::chrono::milliseconds stuck_max{30'000};  ///< With bytes that the client does not take.
  std::chrono::milliseconds retry{2'000};       ///< What clients are told to wait.
};

/// GET /dray/v1/events: open connections on which changes are told as they happen. On the gate's
/// thread, all calls too but for open(); a client that does not read holds up nobody and is
/// dropped.
class EventStreams {
 public:
  /// `events` must outlive it.
  EventStreams(boost::asio::io_context& io, api::Events& events, StreamSettings settings);
  EventStreams(const EventStreams&) = delete;
  EventStreams& operator=(const EventStreams&) = delete;

  static bool is_asked(const HttpRequest& request);
  /// Makes a stream of it, which goes on after what the client last heard of; false when there are
  /// too many already.
  bool take(Conversation& conversation, StreamAsked asked);
  /// It has written all it had. / Its deadline is over. / It has ended, or never was a stream.
  void has_written(Conversation& stream);
  void is_due(Conversation& stream);
  void forget(Conversation& conversation);
  /// The io_context does not run any more: hears no more news.
  void stop();
  /// Any thread.
  [[nodiscard]] std::size_t open() const { return open_; }

 private:
  struct Stream {
    std::shared_ptr<Conversation> conversation;
    StreamAsked asked;
    std::uint64_t number = 0;  ///< News up to this one are on their way.
    Moment sent_at;            ///< Something, last.
    bool was_behind = false;   ///< And may have missed news.
  };

  void listen();
  void expect_news();
  void tell_news();
  void send(Stream& stream, std::string_view bytes);
  void note_behind(Conversation& conversation);

  boost::asio::io_context& io_;
  api::Events& events_;
  const StreamSettings settings_;
  boost::asio::steady_timer gap_;
  std::atomic<std::size_t> open_ = 0;
  std::atomic<bool> is_rung_ = false;  ///< The bell has, and nobody has looked yet.
  std::map<std::uint64_t, Stream> streams_;
  bool is_listening_ = false;
  bool is_telling_soon_ = false;
  Moment told_at_;
};

}  // namespace dray::server
