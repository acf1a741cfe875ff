#include "scheduler/service/link_port.h"

#include <array>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <sys/socket.h>

#include "api/wire/frame.h"

namespace dray {
namespace {

using boost::asio::ip::tcp;
using LowWater = boost::asio::socket_base::receive_low_watermark;

constexpr std::chrono::seconds kFirstFrameMax{10};
/// After a failed accept (no file descriptor left): not again at once.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

/// A socket of which the head of the first frame is awaited: the low watermark makes it readable
/// only when all of the head is there, so that it can be peeked.
class LinkPort::Arrival : public std::enable_shared_from_this<Arrival> {
 public:
  Arrival(tcp::socket socket, Take take_agent, Take take_logs, std::uint64_t number,
          std::shared_ptr<Arrivals> arriving)
      : socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        take_agent_(std::move(take_agent)),
        take_logs_(std::move(take_logs)),
        number_(number),
        arriving_(std::move(arriving)) {
    arriving_->emplace(number_, this);
  }
  ~Arrival() { arriving_->erase(number_); }

  void start() {
    boost::system::error_code failure;
    socket_.set_option(LowWater(wire::kFrameHead), failure);
    timer_.expires_after(kFirstFrameMax);
    timer_.async_wait([self = shared_from_this()](const auto& cancelled) {
      if (!cancelled) {
        self->close();
      }
    });
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const auto& ended) {
      self->timer_.cancel();
      if (!ended) {
        self->look();
      }
    });
  }

  void close() {
    arriving_->erase(number_);
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  void look() {
    std::array<char, wire::kFrameHead> head{};
    const ssize_t got =
        ::recv(socket_.native_handle(), head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
    if (got != static_cast<ssize_t>(head.size())) {
      return;  // It ended before it said anything.
    }
    boost::system::error_code ignored;
    socket_.set_option(LowWater(1), ignored);
    const auto kind = static_cast<std::uint8_t>(head.back());
    if (kind == static_cast<std::uint8_t>(wire::FrameKind::Hello)) {
      take_agent_(std::move(socket_));
    } else if (kind == static_cast<std::uint8_t>(wire::FrameKind::LogHello)) {
      take_logs_(std::move(socket_));
    }
  }

  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  Take take_agent_;
  Take take_logs_;
  std::uint64_t number_;
  std::shared_ptr<Arrivals> arriving_;
};

LinkPort::LinkPort(boost::asio::io_context& io, Take take_agent, Take take_logs,
                   std::size_t arriving_max)
    : acceptor_(io),
      take_agent_(std::move(take_agent)),
      take_logs_(std::move(take_logs)),
      arriving_max_(arriving_max),
      arriving_(std::make_shared<Arrivals>()) {}

LinkPort::~LinkPort() = default;

Result<std::uint16_t> LinkPort::listen(const std::string& address, std::uint16_t port) {
  boost::system::error_code failure;
  const auto host = boost::asio::ip::make_address(address, failure);
  if (failure || !host.is_loopback()) {
    return refuse(ErrorCode::BadRequest,
                  "Agents can be listened for on a loopback address only, not on " + address + ".");
  }
  const tcp::endpoint endpoint(host, port);
  acceptor_.open(endpoint.protocol(), failure);
  if (!failure) {
    acceptor_.set_option(boost::asio::socket_base::reuse_address(true), failure);
  }
  if (!failure) {
    acceptor_.bind(endpoint, failure);
  }
  if (!failure) {
    acceptor_.listen(boost::asio::socket_base::max_listen_connections, failure);
  }
  if (failure) {
    return refuse(ErrorCode::Unavailable, "Cannot listen for agents on " + address + ":" +
                                              std::to_string(port) + ": " + failure.message() +
                                              ".");
  }
  return acceptor_.local_endpoint().port();
}

void LinkPort::start() {
  accept();
}

void LinkPort::accept() {
  acceptor_.async_accept([this](const auto& failure, tcp::socket socket) {
    if (failure == boost::asio::error::operation_aborted) {
      return;
    }
    if (failure) {
      auto timer = std::make_shared<boost::asio::steady_timer>(acceptor_.get_executor());
      timer->expires_after(kAcceptPause);
      timer->async_wait([this, timer](const auto& cancelled) {
        if (!cancelled) {
          accept();
        }
      });
      return;
    }
    if (arriving_->size() >= arriving_max_) {
      arriving_->begin()->second->close();
    }
    std::make_shared<Arrival>(std::move(socket), take_agent_, take_logs_, ++last_, arriving_)
        ->start();
    accept();
  });
}

}  // namespace dray
