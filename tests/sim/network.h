#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/sim/faults.h"
#include "tests/sim/timeline.h"

namespace dray::sim {

/// A connection between one agent's machine and the scheduler's. Never used twice.
using ConnectionId = std::uint64_t;

/// The two ends of a connection.
enum class End : std::uint8_t { Agent, Scheduler };
constexpr End other(End end) {
  return end == End::Agent ? End::Scheduler : End::Agent;
}

/// TCP as the link sees it: in each direction bytes arrive in order, or the connection is gone.
/// What is on its way is lost with a cut; an end may notice late, or be told at once. Whether bytes
/// of an old connection come again on a newer one is up to the faults.
class Network {
 public:
  /// What the ends hear. Nothing is called from within a call of this class but the planned calls.
  struct Ears {
    std::function<bool()> scheduler_listens;
    std::function<void(ConnectionId)> scheduler_accepted;
    std::function<void(ConnectionId, const std::string&)> scheduler_received;
    std::function<void(ConnectionId)> scheduler_closed;
    std::function<void(std::size_t agent, ConnectionId)> agent_connected;
    std::function<void(std::size_t agent, ConnectionId, const std::string&)> agent_received;
    /// Also when it could not be opened.
    std::function<void(std::size_t agent, ConnectionId)> agent_closed;
  };

  Network(Timeline& timeline, Chance& chance, Faults& faults, std::size_t agents);
  void listen(Ears ears) { ears_ = std::move(ears); }

  ConnectionId connect(std::size_t agent);
  /// `bytes` are whole frames of one message. Lost when that end is closed.
  void send(ConnectionId id, End from, const std::string& bytes, bool is_hello);
  /// Orderly: what this end has sent still arrives, and then the other end is told.
  void close(ConnectionId id, End end);
  /// The process at that end died: as close, for all its connections.
  void close_all(End end, std::size_t agent);

  /// Loses everything under way in the newest connection of the agent, from now on, in the given
  /// directions; both ends notice after a while.
  void cut(std::size_t agent, bool to_agent, bool to_scheduler);
  /// Both ends are closed as if by themselves: what was sent still arrives.
  void reset(std::size_t agent);
  /// No new connection of the agent until then.
  void partition(std::size_t agent, Instant until);
  [[nodiscard]] bool is_connected(std::size_t agent) const;

 private:
  struct Direction {
    bool is_lost = false;
    Instant last;  ///< When the last message arrives: none overtakes it.
  };
  struct Connection {
    std::size_t agent = 0;
    std::array<bool, 2> is_open{};  ///< By End.
    std::array<Direction, 2> to;    ///< By the End that receives.
  };
  struct Sent {
    ConnectionId connection = 0;
    std::string bytes;
    bool is_hello = false;
  };
  struct Machine {
    ConnectionId newest = 0;
    Instant partitioned_until;
    std::array<std::deque<Sent>, 2> history;  ///< By the End that receives; the last few.
  };

  Duration latency();
  void deliver(ConnectionId id, End at, const std::string& bytes);
  void arrive(ConnectionId id, End at, const std::string& bytes);
  void end_closed(ConnectionId id, End end);
  void remember(const Connection& connection, ConnectionId id, End at, const std::string& bytes,
                bool is_hello);
  void bring_again(std::size_t agent, End at);

  Timeline& timeline_;
  Chance& chance_;
  Faults& faults_;
  Ears ears_;
  ConnectionId last_ = 0;
  std::map<ConnectionId, Connection> connections_;
  std::vector<Machine> machines_;
};

}  // namespace dray::sim
