#include "agent/link/dialer.h"

#include <algorithm>
#include <utility>

#include <boost/asio/connect.hpp>

namespace dray {
namespace {

using boost::asio::ip::tcp;
constexpr std::chrono::milliseconds kDelayMin{100};
constexpr std::chrono::milliseconds kDelayMax{5000};
/// A packet into nowhere is otherwise waited for two minutes.
constexpr std::chrono::seconds kConnectMax{5};

}  // namespace

Dialer::Dialer(boost::asio::io_context& io, std::string host, std::uint16_t port)
    : resolver_(io),
      socket_(io),
      timer_(io),
      host_(std::move(host)),
      port_(std::to_string(port)),
      chance_(std::random_device{}()) {}

void Dialer::dial(Connected connected) {
  connected_ = std::move(connected);
  wait();
}

void Dialer::praise() {
  delay_ = {};
}

void Dialer::stop() {
  is_stopped_ = true;
  connected_ = nullptr;
  resolver_.cancel();
  timer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Dialer::wait() {
  if (is_stopped_) {
    return;
  }
  // Between half of it and all of it, so that a thousand agents do not come back at once.
  const auto half = delay_.count() / 2;
  const auto jitter = half > 0 ? static_cast<std::int64_t>(chance_()) % (half + 1) : 0;
  timer_.expires_after(std::chrono::milliseconds(half + jitter));
  delay_ = std::clamp(delay_ * 2, kDelayMin, kDelayMax);
  timer_.async_wait([self = shared_from_this()](const auto& failure) {
    if (!failure && !self->is_stopped_) {
      self->resolve();
    }
  });
}

void Dialer::resolve() {
  resolver_.async_resolve(host_, port_,
                          [self = shared_from_this()](const auto& failure, const auto& where) {
                            if (self->is_stopped_) {
                              return;
                            }
                            if (failure) {
                              self->wait();
                              return;
                            }
                            self->connect(where);
                          });
}

void Dialer::connect(const tcp::resolver::results_type& where) {
  timer_.expires_after(kConnectMax);
  timer_.async_wait([self = shared_from_this()](const auto& failure) {
    if (!failure) {
      boost::system::error_code ignored;
      self->socket_.close(ignored);
    }
  });
  boost::asio::async_connect(socket_, where,
                             [self = shared_from_this()](const auto& failure, const auto&) {
                               self->timer_.cancel();
                               if (self->is_stopped_) {
                                 return;
                               }
                               if (failure || !self->socket_.is_open()) {
                                 self->wait();
                                 return;
                               }
                               std::exchange(self->connected_, nullptr)(std::move(self->socket_));
                             });
}

}  // namespace dray
