#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/agent_step.h"
#include "api/wire/frame.h"
#include "tests/sim/machine.h"
#include "tests/sim/supervisor_process.h"
#include "tests/sim/surroundings.h"

namespace dray::sim {

/// An agent's process: the real core between a simulated link and its machine's supervisor.
class AgentProcess {
 public:
  AgentProcess(Surroundings around, Machine& machine, SupervisorProcess& supervisor);

  void start();
  void kill();
  void freeze(Duration duration) { life_.freeze(duration); }
  [[nodiscard]] bool is_frozen() const { return life_.is_frozen(); }
  [[nodiscard]] bool is_up() const { return state_.has_value(); }
  [[nodiscard]] const agent::State& state() const { return *state_; }

  // The link.
  void connected(ConnectionId id);
  void received(ConnectionId id, const std::string& bytes);
  void closed(ConnectionId id);
  /// The supervisor died.
  void supervisor_died();

 private:
  void put(agent::Event event);
  void run_batch();
  void act(const agent::Action& action);
  void say(const AgentMessage& message);
  void hear(SchedulerMessage message);
  void note_lease(const SchedulerMessage& message);
  void call_supervisor();
  void tell_supervisor(const supervisor::Order& order);
  void connect();
  void lose_link();
  void end_log(const AttemptKey& key);
  void wake_at(std::optional<Instant> when);

  Surroundings around_;
  Machine& machine_;
  SupervisorProcess& supervisor_;
  Life life_;
  std::optional<agent::State> state_;
  std::deque<agent::Event> inbox_;
  bool is_busy_ = false;
  std::uint64_t wakes_ = 0;
  ConnectionId connection_ = 0;  ///< Zero: none, or not yet open.
  ConnectionId connecting_ = 0;
  std::uint64_t failures_ = 0;  ///< Connections in a row that could not be opened.
  wire::FrameParser parser_;
  std::uint64_t supervisor_connection_ = 0;       ///< Zero: none.
  std::uint64_t calls_ = 0;                       ///< Numbers conversations with supervisors.
  std::map<std::uint64_t, Instant> hellos_said_;  ///< By sequence, in the world's time.
  std::map<std::pair<SessionId, std::uint64_t>, Instant> leases_asked_;
};

}  // namespace dray::sim
