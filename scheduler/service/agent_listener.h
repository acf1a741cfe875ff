#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "api/link/connection.h"
#include "scheduler/core/decision.h"
#include "scheduler/service/inbox.h"

namespace dray {

/// The link's end at the scheduler: frames of agents become letters, orders become frames. Binds
/// each session to the connection that said its hello (F2): messages of another session are
/// dropped here. Everything but `deliver` is on the io_context's one thread.
class AgentListener : private link::Connection::Listener {
 public:
  struct Bounds {
    std::size_t peers_max = 8192;
    /// How long a peer may be silent that has no session.
    std::chrono::milliseconds stranger_silence_max{30'000};
    /// Far more than the hello of an agent with 10,000 attempts.
    std::size_t payload_bytes_max = 2 * 1024 * 1024;
  };
  /// Both must outlive the listener, and the io_context's thread must have ended before it goes.
  AgentListener(boost::asio::io_context& io, Inbox& inbox, Bounds bounds)
      : io_(io), inbox_(inbox), bounds_(bounds) {}

  /// A socket on which an agent begins to speak. When there are too many, the one that is longest
  /// without a session goes; when all have one, this one is closed.
  void take(boost::asio::ip::tcp::socket socket);
  /// From any thread. Orders for connections or sessions that are gone are dropped (F2).
  void deliver(ConnectionNumber from, std::vector<Order> orders);

 private:
  struct Peer {
    std::shared_ptr<link::Connection> connection;
    SessionId session;  ///< None until a hello was granted.
    AgentId agent;
    std::string address;  ///< As its socket says.
  };

  void received(link::Connection& from, wire::Frame frame) override;
  void closed(link::Connection& connection, const std::string& reason) override;
  void take_message(ConnectionNumber number, Peer& peer, AgentMessage message, std::size_t bytes);
  void send(ConnectionNumber from, const Order& order);
  void bind(ConnectionNumber from, const Order& order, const Welcome& welcome);
  /// Forgets the peer and tells the core that its session has no connection.
  void close(ConnectionNumber number);
  [[nodiscard]] ConnectionNumber number_of(const link::Connection& connection) const;

  boost::asio::io_context& io_;
  Inbox& inbox_;
  const Bounds bounds_;
  ConnectionNumber last_ = 0;
  std::set<ConnectionNumber> strangers_;  ///< Peers without a session.
  std::map<ConnectionNumber, Peer> peers_;
  std::map<const link::Connection*, ConnectionNumber> numbers_;
  std::map<SessionId, ConnectionNumber> sessions_;
  std::map<AgentId, ConnectionNumber> agents_;
};

}  // namespace dray
