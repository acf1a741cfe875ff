#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/sim/chance.h"

namespace dray::sim {

/// Everything that can go wrong. Each seed draws the faults it has, and how often (swarm testing);
/// one that never fires over a whole run of seeds fails the run.
enum class Fault : std::uint8_t {
  SchedulerKilledBeforeCommit,
  SchedulerKilledAfterCommit,     ///< Before any answer or order has left.
  SchedulerKilledWhileAnswering,  ///< Some answers and orders have left, others have not.
  SchedulerKilledIdle,
  SchedulerDownLong,  ///< For longer than the leases.
  SchedulerFrozen,    ///< SIGSTOP: events wait.
  DiskSlow,
  DiskFull,  ///< The batch is committed later, nothing leaves before.
  AgentKilled,
  AgentFrozen,
  MachineRebooted,
  AgentResized,  ///< It comes back smaller or larger, whatever runs there.
  SupervisorKilled,
  AgentAndSupervisorKilled,
  LinkCut,         ///< What was under way is lost; each end is told, or notices late.
  LinkCutToAgent,  ///< One way: what the scheduler says is lost.
  LinkCutToScheduler,
  LinkPartitioned,  ///< Cut, and no new connection for a while, leases run out.
  LinkReset,        ///< The agent's end closes: what was sent still arrives.
  MessageLate,
  MessageTwice,      ///< On the same connection, at once.
  HelloAgain,        ///< An old hello comes again on a newer connection.
  StaleToScheduler,  ///< Facts and lease questions of an old connection come late.
  StaleToAgent,      ///< Orders of an old session come on a newer connection.
  ClockDrifts,
  LaunchFails,
  TermIgnored,  ///< A process that only SIGKILL ends.
  MemoryRunsOut,
  ProcessKilled,  ///< By somebody else.
  UserCancels,
  UserTerminates,
  UserReruns,
  UserHolds,  ///< Or releases, or changes the limits of an array.
  UserChangesPriority,
  UserDrains,
  QueueSwitchedOff,
  QueueLimited,
  EnvironmentSwitchedOff,
};
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::EnvironmentSwitchedOff) + 1;

std::string_view name_of(Fault fault);

/// How often each fault has happened.
using FaultCounts = std::array<std::uint64_t, kFaults>;

/// The faults of one seed. After `stop()` nothing goes wrong any more.
class Faults {
 public:
  explicit Faults(Chance& chance);
  /// True, and counted, when the fault is in this seed's mix and happens now. `per_mille` is how
  /// often it happens when it is asked for, at this seed's strength 1.
  bool strikes(Fault fault, std::uint64_t per_mille);
  /// One of the faults that come with time, of this seed's mix, weighed; none after stop().
  [[nodiscard]] bool has(Fault fault) const { return !is_stopped_ && strength_of(fault) > 0; }
  void count(Fault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
  void stop() { is_stopped_ = true; }
  [[nodiscard]] bool is_stopped() const { return is_stopped_; }
  [[nodiscard]] const FaultCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] std::uint64_t strength_of(Fault fault) const {
    return strength_[static_cast<std::size_t>(fault)];
  }
  Chance& chance_;
  std::array<std::uint64_t, kFaults> strength_{};
  FaultCounts counts_{};
  bool is_stopped_ = false;
};

}  // namespace dray::sim
