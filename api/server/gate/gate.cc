#include "api/server/gate/gate.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/server/dispatcher.h"
#include "api/server/http_errors.h"

namespace dray::server {
namespace {

using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 4096;
/// After it the others have their turn.
constexpr int kAcceptedAtOnce = 64;
/// After an accept for which there was no file: not again at once.
constexpr std::chrono::milliseconds kAcceptPause{100};

/// The process needs files beside connections: the database, logs, agents.
GateLimits within_files(GateLimits limits) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    limits.connections_max = std::min<std::size_t>(limits.connections_max, files.rlim_cur / 4 * 3);
  }
  return limits;
}

void close_on_exec(int file) {
  ::fcntl(file, F_SETFD, FD_CLOEXEC);
}

/// A socket for both families tells IPv4 as "::ffff:10.0.0.1".
std::string text_of(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

int open_spare_file() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Result<std::uint16_t> cannot_listen(const std::string& host, std::uint16_t port,
                                    const std::string& why) {
  return refuse(ErrorCode::Unavailable,
                "cannot listen on " + host + ':' + std::to_string(port) + ": " + why);
}

HttpResponse busy(std::string_view what) {
  return error_response(Dialect::Batch, {ErrorCode::Unavailable, std::string(what)});
}

}  // namespace

Gate::Gate(boost::asio::io_context& io, const GateLimits& limits, Rooms rooms)
    : io_(io),
      limits_(within_files(limits)),
      rooms_(rooms),
      workers_(limits.threads, limits.requests_waiting_max),
      acceptor_(io),
      clock_(io),
      pause_(io),
      last_call_(io),
      spare_file_(open_spare_file()) {}

Gate::~Gate() {
  workers_.stop();
  if (spare_file_ >= 0) {
    ::close(spare_file_);
  }
}

// ---- accepting

Result<std::uint16_t> Gate::bind(const std::string& host, std::uint16_t port) {
  boost::system::error_code failure;
  const auto address = boost::asio::ip::make_address(host, failure);
  if (failure) {
    return cannot_listen(host, port, "there is no such address");
  }
  const tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), failure);
  if (!failure) {
    boost::system::error_code ignored;
    acceptor_.set_option(tcp::acceptor::reuse_address(true), ignored);
    if (address.is_v6()) {
      acceptor_.set_option(boost::asio::ip::v6_only(false), ignored);  // "::" is everything.
    }
    acceptor_.bind(endpoint, failure);
  }
  if (!failure) {
    close_on_exec(acceptor_.native_handle());
    acceptor_.listen(kBacklog, failure);
  }
  if (!failure) {
    acceptor_.non_blocking(true, failure);
  }
  if (failure) {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    return cannot_listen(host, port, failure.message());
  }
  return acceptor_.local_endpoint(failure).port();
}

void Gate::start() {
  workers_.start();
  accept();
}

void Gate::accept() {
  if (is_stopping_ || !acceptor_.is_open()) {
    return;
  }
  acceptor_.async_wait(tcp::acceptor::wait_read, [this](const auto& failure) {
    if (failure) {
      return;
    }
    int accepted = 0;
    while (accepted < kAcceptedAtOnce && accept_one()) {
      ++accepted;
    }
    if (pause_.expiry() <= Clock::now()) {
      accept();
    }
  });
}

/// False when there is none, or not now.
bool Gate::accept_one() {
  boost::system::error_code failure;
  tcp::endpoint from;
  tcp::socket socket = acceptor_.accept(io_, from, failure);
  if (failure) {
    const bool has_no_file = failure == boost::system::errc::too_many_files_open ||
                             failure == boost::system::errc::too_many_files_open_in_system;
    if (has_no_file) {
      counted(Refused::NoFileLeft);
      if (make_room()) {
        return true;
      }
      pause_accepting();
    }
    return failure == boost::system::errc::connection_aborted;
  }
  close_on_exec(socket.native_handle());
  std::string peer = text_of(from.address());
  if (!has_room_for(peer, socket)) {
    return true;
  }
  ++per_address_[address_group(peer)];
  auto conversation =
      std::make_shared<Conversation>(++last_number_, static_cast<Conversation::Owner&>(*this),
                                     limits_, std::move(socket), rooms_.tls, std::move(peer));
  conversations_.emplace(last_number_, conversation);
  rooms_.counts.connections_open = conversations_.size();
  conversation->start();
  return true;
}

/// When not, says so to the client.
bool Gate::has_room_for(const std::string& peer, tcp::socket& socket) {
  std::optional<HttpResponse> refusal;
  const auto same = per_address_.find(address_group(peer));
  const bool is_spared = limits_.spares_loopback && is_loopback_peer(peer);
  if (!is_spared && same != per_address_.end() &&
      same->second >= limits_.connections_per_address_max) {
    counted(Refused::AddressHasTooMany);
    refusal =
        refusal_response(429, "TooManyRequestsException", "Too many connections from this address");
  } else if (conversations_.size() >= limits_.connections_max) {
    if (!make_room()) {
      counted(Refused::TooMany);
      refusal = busy("Too many connections at once");
    }
  }
  if (refusal && rooms_.tls == nullptr) {
    const std::string bytes = Dispatcher::last_words(*refusal);
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.send(boost::asio::buffer(bytes), MSG_NOSIGNAL, ignored);
  }
  return !refusal;
}

/// Whoever has asked nothing for longest gives way to whoever may ask something; or else whoever
/// has been asking for so long that they do not mean to end.
bool Gate::make_room() {
  auto longest = of(Conversation::Rank::Idle).first();
  if (!longest) {
    longest = of(Conversation::Rank::Sending).first();
    if (!longest || Clock::now() - conversations_.at(*longest)->since() < limits_.patience) {
      return false;
    }
  }
  const auto conversation = conversations_.at(*longest);
  counted(Refused::GaveWay);
  conversation->close();
  return true;
}

/// No file is left for a connection, and nobody is idle. The backlog would wake us for ever: one
/// client is let in with the spare file and out again, and for a moment nobody is let in.
void Gate::pause_accepting() {
  if (spare_file_ >= 0) {
    ::close(spare_file_);
    boost::system::error_code ignored;
    acceptor_.accept(io_, ignored).close(ignored);
    spare_file_ = open_spare_file();
  }
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](const auto& cancelled) {
    if (!cancelled) {
      accept();
    }
  });
}

// ---- requests

void Gate::asked(Conversation& from, HttpRequest request) {
  if (!rooms_.request_limits.allow_address(request.peer)) {
    answer_later(from, request, throttled_response("Too many requests from this address"));
    return;
  }
  const auto shared = std::make_shared<HttpRequest>(std::move(request));
  const bool may_keep = from.may_keep();
  const bool is_given = workers_.give(
      [this, shared, may_keep, arrived = Clock::now(), self = from.shared_from_this()] {
        auto answer = std::make_shared<Answer>(rooms_.door.answer(*shared, may_keep, arrived));
        boost::asio::post(io_, [this, self, answer] { take(*self, std::move(*answer)); });
      });
  if (!is_given) {
    counted(Refused::Busy);
    answer_later(from, *shared, busy("Too many requests at once"));
  }
}

void Gate::answer_later(Conversation& to, const HttpRequest& request, HttpResponse response) {
  const bool keeps = to.may_keep();
  auto bytes = std::make_shared<std::string>(
      Dispatcher::own_answer(response, keeps, request.method == "HEAD"));
  boost::asio::post(io_, [self = to.shared_from_this(), bytes, keeps] {
    self->take({.bytes = std::move(*bytes), .keeps_alive = keeps});
  });
}

void Gate::take(Conversation& by, Answer answer) {
  if (answer.is_stream) {
    if (!is_stopping_ && rooms_.streams.take(by, std::move(answer.stream))) {
      return;
    }
    answer = {.bytes = Dispatcher::last_words(busy("Too many event streams"))};
  }
  if (answer.more) {
    if (*downloads_ >= limits_.downloads_max) {
      counted(Refused::Busy);
      answer = {.bytes = Dispatcher::last_words(busy("Too many downloads at once"))};
    } else {
      ++*downloads_;
      // Whatever ends the download lets its place go with it, on whatever thread.
      std::shared_ptr<void> place(nullptr, [count = downloads_](void*) { --*count; });
      // Copies go to workers and must go on where the one before stood.
      const auto more = std::make_shared<decltype(answer.more)>(std::move(answer.more));
      answer.more = [more, place] { return (*more)(); };
    }
  }
  by.take(std::move(answer));
}

void Gate::wants_piece(Conversation& from) {
  workers_.give_more([this, self = from.shared_from_this(), more = from.more()] {
    Result<std::string> given = more();
    auto piece = std::make_shared<std::optional<std::string>>();
    if (given) {
      *piece = Dispatcher::chunk(*given);
    }
    boost::asio::post(
        io_, [self, piece, is_end = given && given->empty()] { self->take_piece(*piece, is_end); });
  });
}

// ---- deadlines and memory

void Gate::deadline_moved(Conversation& moved, Moment from, Conversation::Rank before) {
  if (before != moved.rank()) {
    of(before).move(moved.number(), from, kNever);
    from = kNever;
  }
  of(moved.rank()).move(moved.number(), from, moved.deadline());
  if (moved.deadline() < clock_is_set_to_) {
    set_clock();
  }
}

void Gate::set_clock() {
  Moment next = kNever;
  for (const Deadlines& deadlines : deadlines_) {
    next = std::min(next, deadlines.next());
  }
  clock_is_set_to_ = next;
  if (next == kNever) {
    return;  // Should it ring, nothing is due.
  }
  clock_.expires_at(next);
  clock_.async_wait([this](const auto& cancelled) {
    if (!cancelled) {
      clock_rang();
    }
  });
}

void Gate::clock_rang() {
  const Moment now = Clock::now();
  for (Deadlines& deadlines : deadlines_) {
    while (deadlines.next() <= now) {
      const auto conversation = conversations_.at(*deadlines.first());
      conversation->expire();
    }
  }
  set_clock();
}

void Gate::held_changed(std::ptrdiff_t by) {
  held_ += by;
  if (by <= 0 || held_ <= static_cast<std::ptrdiff_t>(limits_.held_bytes_max)) {
    return;
  }
  const Moment now = Clock::now();
  std::shared_ptr<Conversation> worst;
  double burden = 0;
  for (const auto& [number, conversation] : conversations_) {
    const double its = conversation->burden(now);
    if (its > burden) {
      burden = its;
      worst = conversation;
    }
  }
  if (worst) {
    worst->drop_burden();
  }
}

// ---- the end

void Gate::ended(Conversation& conversation) {
  const auto same = per_address_.find(address_group(conversation.peer()));
  if (--same->second == 0) {
    per_address_.erase(same);
  }
  rooms_.streams.forget(conversation);
  conversations_.erase(conversation.number());
  rooms_.counts.connections_open = conversations_.size();
  end_if_empty();
}

void Gate::stop() {
  if (std::exchange(is_stopping_, true)) {
    return;
  }
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  const auto all = conversations_;
  for (const auto& [number, conversation] : all) {
    conversation->stop();
  }
  last_call_.expires_after(limits_.stop_deadline);
  last_call_.async_wait([this](const auto& cancelled) {
    if (!cancelled) {
      io_.stop();
    }
  });
  end_if_empty();
}

void Gate::end() {
  workers_.stop();
  const auto all = std::exchange(conversations_, {});
  for (const auto& [number, conversation] : all) {
    conversation->close();
  }
}

void Gate::end_if_empty() {
  if (is_stopping_ && conversations_.empty()) {
    io_.stop();
  }
}

}  // namespace dray::server
