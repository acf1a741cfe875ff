#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "model/link_messages.h"

namespace dray {

/// The agent's end of the link: keeps one connection to the scheduler, and connects again by itself
/// with jittered back-off (100 ms to 5 s). It decides nothing: sessions, hellos and leases are the
/// core's. Everything is on the io_context's one thread.
class SchedulerLink {
 public:
  struct Listener {
    virtual ~Listener() = default;
    /// Connected: time to say hello. Nothing sent before has arrived for sure.
    virtual void link_up() = 0;
    virtual void link_down() = 0;
    virtual void heard(SchedulerMessage message) = 0;
  };

  /// `host` is a name or an address. `listener` must outlive the link.
  SchedulerLink(boost::asio::io_context& io, std::string host, std::uint16_t port,
                Listener& listener);
  ~SchedulerLink();
  SchedulerLink(const SchedulerLink&) = delete;
  SchedulerLink& operator=(const SchedulerLink&) = delete;

  /// Begins to connect.
  void start();
  /// Dropped without a word when not connected: the core sends what matters again (F8).
  void send(const AgentMessage& message);
  /// Closes the connection and connects again: for a session that must end (F3). `link_down`
  /// is called before this returns when there was a connection.
  void drop();
  /// Closes it for good; the listener hears nothing more.
  void stop();

 private:
  class Conversation;
  std::shared_ptr<Conversation> conversation_;
};

}  // namespace dray
