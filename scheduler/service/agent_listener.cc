#include "scheduler/service/agent_listener.h"

#include <utility>

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include "api/wire/link_codec.h"

namespace dray {
namespace {

/// A session ends with its lease; for this much longer its connection may still say so.
constexpr std::chrono::milliseconds kAfterLease{60'000};

/// What the message is bound to; none for the answers to a hello.
SessionId session_of(const SchedulerMessage& message) {
  return std::visit(
      [](const auto& it) -> SessionId {
        if constexpr (requires { it.session; }) {
          return it.session;
        } else {
          return {};
        }
      },
      message);
}

}  // namespace

void AgentListener::take(boost::asio::ip::tcp::socket socket) {
  if (peers_.size() >= bounds_.peers_max) {
    if (strangers_.empty()) {
      spdlog::warn("An agent's connection is closed: there are {} already.", peers_.size());
      return;
    }
    close(*strangers_.begin());
  }
  link::ConnectionLimits limits;
  limits.payload_bytes_max = bounds_.payload_bytes_max;
  limits.silence_max = bounds_.stranger_silence_max;
  boost::system::error_code unknown;
  const auto from = socket.remote_endpoint(unknown);
  auto connection = link::Connection::create(std::move(socket), limits, *this);
  const ConnectionNumber number = ++last_;
  numbers_[connection.get()] = number;
  peers_[number].connection = connection;
  peers_[number].address = unknown ? std::string() : from.address().to_string();
  strangers_.insert(number);
  connection->start();
}

void AgentListener::deliver(ConnectionNumber from, std::vector<Order> orders) {
  boost::asio::post(io_, [this, from, orders = std::move(orders)] {
    for (const Order& order : orders) {
      send(from, order);
    }
  });
}

ConnectionNumber AgentListener::number_of(const link::Connection& connection) const {
  const auto at = numbers_.find(&connection);
  return at == numbers_.end() ? 0 : at->second;
}

void AgentListener::received(link::Connection& from, wire::Frame frame) {
  const ConnectionNumber number = number_of(from);
  const auto at = peers_.find(number);
  if (at == peers_.end()) {
    return;
  }
  Result<AgentMessage> message = wire::decode_agent_message(frame);
  if (!message) {
    spdlog::warn("An agent's connection is closed: {}", message.error().reason);
    close(number);
    return;
  }
  take_message(number, at->second, std::move(*message), frame.payload.size());
}

void AgentListener::take_message(ConnectionNumber number, Peer& peer, AgentMessage message,
                                 std::size_t bytes) {
  Letter letter;
  letter.bytes = bytes;
  letter.from = number;
  if (auto* hello = std::get_if<Hello>(&message)) {
    letter.what = AgentSaidHello{std::move(*hello), peer.address};
  } else if (auto* asked = std::get_if<LeaseAsked>(&message)) {
    if (asked->session != peer.session) {
      return;
    }
    letter.what = AgentAskedLease{*asked};
  } else if (auto* facts = std::get_if<Facts>(&message)) {
    if (facts->session != peer.session) {
      return;
    }
    letter.what = AgentToldFacts{std::move(*facts)};
  }
  if (!inbox_.post(std::move(letter), Inbox::Sender::Link)) {
    // What it said is lost: it must say it again, in a new session (F8).
    close(number);
  }
}

void AgentListener::closed(link::Connection& connection, const std::string& reason) {
  spdlog::info("The connection of an agent ended: {}", reason);
  close(number_of(connection));
}

void AgentListener::close(ConnectionNumber number) {
  const auto at = peers_.find(number);
  if (at == peers_.end()) {
    return;
  }
  const Peer peer = std::move(at->second);
  peers_.erase(at);
  strangers_.erase(number);
  numbers_.erase(peer.connection.get());
  peer.connection->close();
  if (peer.session.is_none()) {
    return;
  }
  sessions_.erase(peer.session);
  const auto agent = agents_.find(peer.agent);
  if (agent != agents_.end() && agent->second == number) {
    agents_.erase(agent);
  }
  inbox_.post({AgentDisconnected{peer.session}, {}, number}, Inbox::Sender::Always);
}

void AgentListener::send(ConnectionNumber from, const Order& order) {
  ConnectionNumber to = from;
  if (const auto* welcome = std::get_if<Welcome>(&order.message)) {
    bind(from, order, *welcome);
  } else if (!std::holds_alternative<HelloRefused>(order.message)) {
    const auto session = sessions_.find(session_of(order.message));
    if (session == sessions_.end()) {
      return;
    }
    to = session->second;
  }
  const auto peer = peers_.find(to);
  if (peer != peers_.end()) {
    peer->second.connection->send(wire::encode(order.message));
  }
}

void AgentListener::bind(ConnectionNumber from, const Order& order, const Welcome& welcome) {
  const auto at = peers_.find(from);
  if (at == peers_.end()) {
    // It went while its hello was on the way.
    inbox_.post({AgentDisconnected{welcome.session}, {}, from}, Inbox::Sender::Always);
    return;
  }
  const auto older = agents_.find(order.agent);
  if (older != agents_.end() && older->second != from) {
    close(older->second);
  }
  sessions_.erase(at->second.session);
  strangers_.erase(from);
  at->second.connection->allow_silence(
      std::chrono::duration_cast<std::chrono::milliseconds>(welcome.lease) + kAfterLease);
  at->second.session = welcome.session;
  at->second.agent = order.agent;
  sessions_[welcome.session] = from;
  agents_[order.agent] = from;
}

}  // namespace dray
