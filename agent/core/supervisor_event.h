#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/supervisor_messages.h"

/// All that can happen to a supervisor. Its socket, its children and the clock make events.
namespace dray::supervisor {

/// An attempt the journal has seen and whose end it does not know.
struct SeenAttempt {
  AttemptKey key;
  AttemptToken token;
  std::optional<Instant> launched_at;
};

/// First event of a supervisor's life. Every control group of an earlier life is already empty and
/// gone; Instants of another boot have been brought to this one.
struct Started {
  std::vector<SeenAttempt> seen;
  std::vector<EndedAttempt> ended;
};
/// An agent has connected; an older one, if any, is dropped.
struct AgentConnected {};
struct AgentDisconnected {};
struct Ordered {
  Order order;
};
/// The program runs.
struct Launched {
  AttemptKey key;
};
/// Nothing runs and nothing will. `reason` as container.reason has it.
struct LaunchFailed {
  AttemptKey key;
  std::string reason;
  std::vector<ContainerEnd> containers = {};  ///< Of a pod.
};
/// The main process has ended, or all of a pod; others of its group may live.
struct MainExited {
  AttemptKey key;
  std::int32_t exit_code = 0;  ///< Meaningful when signal is 0.
  std::int32_t signal = 0;     ///< Not 0: what killed it.
  /// Not empty: it was a container engine that never got its container to run, and this is why.
  std::string never_started;
  std::vector<ContainerEnd> containers = {};  ///< Of a pod, which has ended as a whole.
};
/// Proof: its control group is empty, its output is in its log file, its group and folder are gone.
/// Only ever after MainExited.
struct GroupEmptied {
  AttemptKey key;
  Usage usage;
  bool had_memory_kill = false;  ///< The kernel killed in this group for its memory limit.
  std::uint64_t log_size = 0;
};
/// Ends every batch: leases, timeouts, graces, and what can begin now.
struct Ticked {};

using Event = std::variant<Started, AgentConnected, AgentDisconnected, Ordered, Launched,
                           LaunchFailed, MainExited, GroupEmptied, Ticked>;

}  // namespace dray::supervisor
