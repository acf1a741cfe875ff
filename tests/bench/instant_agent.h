#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "agent/link/scheduler_link.h"
#include "model/link_messages.h"

namespace dray::bench {

/// An agent without a machine: it speaks the real link, and ends every attempt with exit code 0 in
/// the moment it is ordered. It lives one session: a connection that ends is an error.
class InstantAgent : private SchedulerLink::Listener {
 public:
  /// What the whole of them is told; all on the io_context's thread.
  struct Listener {
    virtual ~Listener() = default;
    virtual void joined() = 0;
    virtual void started(std::size_t count) = 0;
    /// So many ends are durable in the scheduler.
    virtual void acknowledged(std::size_t count) = 0;
    virtual void failed(const std::string& why) = 0;
  };

  InstantAgent(boost::asio::io_context& io, const std::string& host, std::uint16_t port,
               Hello hello, Listener& listener);
  void start() { link_.start(); }

 private:
  void link_up() override;
  void link_down() override;
  void heard(SchedulerMessage message) override;
  void end_all(const StartAttempts& order);
  void renew_later();

  Hello hello_;
  Listener& listener_;
  SessionId session_;
  Duration renew_every_{};
  std::uint64_t renewals_ = 0;
  boost::asio::steady_timer timer_;
  SchedulerLink link_;
};

}  // namespace dray::bench
