#include "api/link/connection.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

namespace dray::link {
namespace {

using boost::asio::ip::tcp;
using UserTimeout = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
using KeepIdle = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepInterval = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
using KeepCount = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPCNT>;

/// Without TCP_USER_TIMEOUT writes into a partition go on "succeeding" for many seconds.
void set_options(tcp::socket& socket, const ConnectionLimits& limits) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(UserTimeout(static_cast<int>(limits.unacknowledged_ms_max)), ignored);
  socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
  socket.set_option(KeepIdle(5), ignored);
  socket.set_option(KeepInterval(2), ignored);
  socket.set_option(KeepCount(3), ignored);
}

}  // namespace

Connection::Connection(tcp::socket socket, ConnectionLimits limits, Listener& listener)
    : socket_(std::move(socket)),
      limits_(limits),
      listener_(&listener),
      parser_(limits.payload_bytes_max),
      incoming_{},
      silence_(socket_.get_executor()),
      heard_at_(std::chrono::steady_clock::now()) {}

std::shared_ptr<Connection> Connection::create(tcp::socket socket, ConnectionLimits limits,
                                               Listener& listener) {
  set_options(socket, limits);
  return std::shared_ptr<Connection>(new Connection(std::move(socket), limits, listener));
}

void Connection::start() {
  watch();
  read();
}

void Connection::allow_silence(std::chrono::milliseconds silence_max) {
  limits_.silence_max = silence_max;
  watch();
}

void Connection::watch() {
  if (listener_ == nullptr || limits_.silence_max.count() == 0) {
    silence_.cancel();
    return;
  }
  silence_.expires_at(heard_at_ + limits_.silence_max);
  silence_.async_wait([weak = weak_from_this()](const auto& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self) {
      return;
    }
    if (std::chrono::steady_clock::now() >= self->heard_at_ + self->limits_.silence_max) {
      self->end("The other side has been silent for too long.");
    } else {
      self->watch();
    }
  });
}

void Connection::read() {
  socket_.async_read_some(boost::asio::buffer(incoming_),
                          [self = shared_from_this()](const auto& failure, std::size_t bytes) {
                            if (self->listener_ == nullptr) {
                              return;
                            }
                            if (failure) {
                              self->end(failure.message());
                              return;
                            }
                            self->take(bytes);
                          });
}

void Connection::take(std::size_t bytes) {
  parser_.feed({incoming_.data(), bytes});
  while (listener_ != nullptr) {
    std::optional<wire::Frame> frame = parser_.next();
    if (!frame) {
      break;
    }
    heard_at_ = std::chrono::steady_clock::now();
    listener_->received(*this, std::move(*frame));
  }
  if (listener_ == nullptr) {
    return;
  }
  if (parser_.is_broken()) {
    end("A frame is longer than allowed.");
    return;
  }
  read();
}

void Connection::send(std::string frames) {
  if (listener_ == nullptr || is_overfull_ || frames.empty()) {
    return;
  }
  if (waiting_.empty()) {
    waiting_ = std::move(frames);
  } else {
    waiting_ += frames;
  }
  if (outbox_bytes() > limits_.outbox_bytes_max) {
    is_overfull_ = true;
    // Told from the event loop: whoever sends does not expect to be called back from it.
    boost::asio::post(socket_.get_executor(), [self = shared_from_this()] {
      self->end("The other side does not keep up: its outbox is full.");
    });
    return;
  }
  if (writing_.empty()) {
    write();
  }
}

void Connection::write() {
  writing_ = std::exchange(waiting_, {});
  boost::asio::async_write(socket_, boost::asio::buffer(writing_),
                           [self = shared_from_this()](const auto& failure, std::size_t) {
                             self->writing_.clear();
                             if (self->listener_ == nullptr) {
                               return;
                             }
                             if (failure) {
                               self->end(failure.message());
                               return;
                             }
                             if (!self->waiting_.empty()) {
                               self->write();
                             }
                           });
}

void Connection::close() {
  listener_ = nullptr;
  waiting_.clear();
  silence_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::end(const std::string& reason) {
  if (listener_ == nullptr) {
    return;
  }
  Listener* const listener = listener_;
  const auto self = shared_from_this();
  close();
  listener->closed(*this, reason);
}

}  // namespace dray::link
