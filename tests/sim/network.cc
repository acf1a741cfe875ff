#include "tests/sim/network.h"

namespace dray::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kHistory = 24;  ///< Messages a direction remembers, to bring them again.
constexpr Duration kNoticed = seconds(10);  ///< TCP_USER_TIMEOUT.

constexpr std::size_t at(End end) {
  return static_cast<std::size_t>(end);
}

}  // namespace

Network::Network(Timeline& timeline, Chance& chance, Faults& faults, std::size_t agents)
    : timeline_(timeline), chance_(chance), faults_(faults), machines_(agents) {}

Duration Network::latency() {
  if (faults_.strikes(Fault::MessageLate, 4)) {
    return chance_.between(milliseconds(5), Duration(seconds(4)));
  }
  return chance_.between(microseconds(50), Duration(milliseconds(2)));
}

ConnectionId Network::connect(std::size_t agent) {
  const ConnectionId id = ++last_;
  Machine& machine = machines_[agent];
  machine.newest = id;
  Connection& connection = connections_[id];
  connection.agent = agent;
  connection.is_open[at(End::Agent)] = true;
  timeline_.in(latency(), [this, id, agent] {
    const bool is_reachable = machines_[agent].partitioned_until <= timeline_.now();
    if (!is_reachable || !ears_.scheduler_listens()) {
      timeline_.in(latency(), [this, id] { end_closed(id, End::Agent); });
      return;
    }
    connections_[id].is_open[at(End::Scheduler)] = true;
    ears_.scheduler_accepted(id);
    timeline_.in(latency(), [this, id, agent] {
      if (connections_[id].is_open[at(End::Agent)]) {
        ears_.agent_connected(agent, id);
      }
    });
  });
  return id;
}

void Network::send(ConnectionId id, End from, const std::string& bytes, bool is_hello) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open[at(from)]) {
    return;
  }
  const End to = other(from);
  remember(found->second, id, to, bytes, is_hello);
  deliver(id, to, bytes);
  if (faults_.strikes(Fault::MessageTwice, 5)) {
    deliver(id, to, bytes);
  }
  bring_again(found->second.agent, to);
}

void Network::deliver(ConnectionId id, End to, const std::string& bytes) {
  Direction& direction = connections_[id].to[at(to)];
  const Instant arrival = timeline_.now() + latency();
  direction.last = arrival < direction.last ? direction.last + microseconds(1) : arrival;
  timeline_.at(direction.last, [this, id, to, bytes] { arrive(id, to, bytes); });
}

void Network::arrive(ConnectionId id, End to, const std::string& bytes) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open[at(to)] ||
      found->second.to[at(to)].is_lost) {
    return;
  }
  if (to == End::Scheduler) {
    ears_.scheduler_received(id, bytes);
  } else {
    ears_.agent_received(found->second.agent, id, bytes);
  }
}

void Network::remember(const Connection& connection, ConnectionId id, End to,
                       const std::string& bytes, bool is_hello) {
  std::deque<Sent>& history = machines_[connection.agent].history[at(to)];
  history.push_back({id, bytes, is_hello});
  if (history.size() > kHistory) {
    history.pop_front();
  }
}

void Network::bring_again(std::size_t agent, End to) {
  const Machine& machine = machines_[agent];
  const std::deque<Sent>& history = machine.history[at(to)];
  const Sent& sent = history[chance_.below(history.size())];
  if (sent.connection == machine.newest) {
    return;
  }
  const Fault fault = to == End::Agent ? Fault::StaleToAgent
                      : sent.is_hello  ? Fault::HelloAgain
                                       : Fault::StaleToScheduler;
  const auto newest = connections_.find(machine.newest);
  if (newest->second.is_open[at(to)] && faults_.strikes(fault, sent.is_hello ? 40 : 20)) {
    deliver(machine.newest, to, sent.bytes);
  }
}

void Network::close(ConnectionId id, End end) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open[at(end)]) {
    return;
  }
  found->second.is_open[at(end)] = false;
  const End peer = other(end);
  if (found->second.to[at(peer)].is_lost) {
    return;  // The peer notices by itself.
  }
  const Instant after = found->second.to[at(peer)].last;
  timeline_.at(std::max(after, timeline_.now()) + latency(),
               [this, id, peer] { end_closed(id, peer); });
}

void Network::close_all(End end, std::size_t agent) {
  std::vector<ConnectionId> open;
  for (const auto& [id, connection] : connections_) {
    const bool is_its = end == End::Scheduler || connection.agent == agent;
    if (is_its && connection.is_open[at(end)]) {
      open.push_back(id);
    }
  }
  for (const ConnectionId id : open) {
    close(id, end);
  }
}

void Network::end_closed(ConnectionId id, End end) {
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open[at(end)]) {
    return;
  }
  found->second.is_open[at(end)] = false;
  const std::size_t agent = found->second.agent;
  if (end == End::Agent) {
    ears_.agent_closed(agent, id);
  } else {
    ears_.scheduler_closed(id);
  }
}

void Network::cut(std::size_t agent, bool to_agent, bool to_scheduler) {
  const ConnectionId id = machines_[agent].newest;
  const auto found = connections_.find(id);
  if (found == connections_.end()) {
    return;
  }
  found->second.to[at(End::Agent)].is_lost |= to_agent;
  found->second.to[at(End::Scheduler)].is_lost |= to_scheduler;
  for (const End end : {End::Agent, End::Scheduler}) {
    timeline_.in(chance_.between(Duration(milliseconds(1)), kNoticed),
                 [this, id, end] { end_closed(id, end); });
  }
}

void Network::reset(std::size_t agent) {
  const ConnectionId id = machines_[agent].newest;
  const auto found = connections_.find(id);
  if (found == connections_.end() || !found->second.is_open[at(End::Agent)]) {
    return;
  }
  // The agent may be connected anew before the scheduler has read what came before.
  close(id, End::Agent);
  ears_.agent_closed(agent, id);
}

void Network::partition(std::size_t agent, Instant until) {
  cut(agent, true, true);
  machines_[agent].partitioned_until = until;
}

bool Network::is_connected(std::size_t agent) const {
  const auto found = connections_.find(machines_[agent].newest);
  return found != connections_.end() && found->second.is_open[at(End::Agent)] &&
         found->second.is_open[at(End::Scheduler)];
}

}  // namespace dray::sim
