#pragma once
#include "tests/sim/agent_process.h"
#include "tests/sim/machine.h"
#include "tests/sim/supervisor_process.h"

namespace dray::sim {

/// One machine with its agent and supervisor, and what can be done to them.
class Host {
 public:
  Host(Surroundings around, std::size_t number, std::string environment, Resources capacity);

  void start() { agent_.start(); }
  void kill_agent(Duration down);
  void freeze_agent(Duration duration);
  void kill_supervisor();
  void kill_both(Duration down);
  void reboot(Duration down);
  /// The agent comes back with what its machine had at first.
  void restore_size(Duration down);

  /// Nothing runs, waits, or is still to be told.
  [[nodiscard]] bool is_idle() const;
  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] AgentProcess& agent() { return agent_; }
  [[nodiscard]] SupervisorProcess& supervisor() { return supervisor_; }

 private:
  void start_later(Duration down);

  Surroundings around_;
  Machine machine_;
  SupervisorProcess supervisor_;
  AgentProcess agent_;
};

}  // namespace dray::sim
