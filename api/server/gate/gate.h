#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/server/door.h"
#include "api/server/event_streams.h"
#include "api/server/gate/conversation.h"
#include "api/server/gate/request_limits.h"
#include "api/server/gate/workers.h"

namespace dray::server {

/// The listening HTTP socket and all that were accepted from it (D7). One thread for all of them:
/// whoever runs the io_context. What blocks is done by workers.
class Gate : private Conversation::Owner {
 public:
  struct Rooms {
    const Door& door;
    EventStreams& streams;
    RequestLimits& request_limits;
    GateCounts& counts;
    const ServerTls* tls;  ///< Null: plain HTTP.
  };
  Gate(boost::asio::io_context& io, const GateLimits& limits, Rooms rooms);
  ~Gate() override;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// Takes the address; the port that was taken.
  Result<std::uint16_t> bind(const std::string& host, std::uint16_t port);
  /// Begins to accept.
  void start();
  /// Stops accepting, and the io_context when what is being answered has been.
  void stop();
  /// When the io_context has stopped: ends the workers, and closes whatever is open still.
  void end();

 private:
  void asked(Conversation& from, HttpRequest request) override;
  void wants_piece(Conversation& from) override;
  void stream_has_written(Conversation& stream) override { rooms_.streams.has_written(stream); }
  void stream_is_due(Conversation& stream) override { rooms_.streams.is_due(stream); }
  void deadline_moved(Conversation& of, Moment from, Conversation::Rank before) override;
  void held_changed(std::ptrdiff_t by) override;
  void counted(Refused what) override { rooms_.counts.note(what); }
  void ended(Conversation& conversation) override;
  std::span<char> scratch() override { return scratch_; }

  void accept();
  bool accept_one();
  bool has_room_for(const std::string& peer, boost::asio::ip::tcp::socket& socket);
  bool make_room();
  [[nodiscard]] Deadlines& of(Conversation::Rank rank) {
    return deadlines_[static_cast<std::size_t>(rank)];
  }
  void pause_accepting();
  void take(Conversation& by, Answer answer);
  void answer_later(Conversation& to, const HttpRequest& request, HttpResponse response);
  void set_clock();
  void clock_rang();
  void end_if_empty();

  boost::asio::io_context& io_;
  const GateLimits limits_;
  const Rooms rooms_;
  Workers workers_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer clock_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer last_call_;
  Moment clock_is_set_to_ = kNever;
  int spare_file_;  ///< Given up for a moment when there is no other left.
  bool is_stopping_ = false;
  std::uint64_t last_number_ = 0;
  std::shared_ptr<std::atomic<std::size_t>> downloads_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  std::ptrdiff_t held_ = 0;
  std::array<Deadlines, Conversation::kRanks> deadlines_;
  std::map<std::string, std::size_t, std::less<>> per_address_;
  std::map<std::uint64_t, std::shared_ptr<Conversation>> conversations_;
  std::array<char, 16 * 1024> scratch_{};
};

}  // namespace dray::server
