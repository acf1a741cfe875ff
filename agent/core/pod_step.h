#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/pod_state.h"
#include "model/attempt.h"

namespace dray::pod {

// ---- what happens -------------------------------------------------------------------------------

/// Answers Start: it runs.
struct Started {
  std::size_t container = 0;
};
/// Answers Start: nothing runs, for this reason.
struct StartFailed {
  std::size_t container = 0;
  std::string reason;
};
struct Exited {
  std::size_t container = 0;
  std::int32_t exit_code = 0;  ///< 128 + the signal that killed it.
  /// Not empty: an engine ended that never got its container to run, and this is why.
  std::string never_started;
};
/// The job is to end: timeout, cancel, terminate.
struct StopAsked {};
/// Everything is being killed by its group.
struct Killed {};
/// Ends every batch, the first one too, once nothing is left to be answered: starts, timeouts.
struct Ticked {};
using Event = std::variant<Started, StartFailed, Exited, StopAsked, Killed, Ticked>;

// ---- what is to be done -------------------------------------------------------------------------

/// Answered by Started or StartFailed before the next Ticked.
struct Start {
  std::size_t container = 0;
  bool operator==(const Start&) const = default;
};
/// SIGTERM.
struct Terminate {
  std::size_t container = 0;
  bool operator==(const Terminate&) const = default;
};
/// Its stop timeout is over.
struct Kill {
  std::size_t container = 0;
  bool operator==(const Kill&) const = default;
};
/// Nothing of the pod runs or will: how it went. The last action of all.
struct Finish {
  std::int32_t exit_code = 0;  ///< Of the container that failed the pod.
  std::string never_started;   ///< Not empty: that container never ran, and this is why.
  bool operator==(const Finish&) const = default;
};
using Action = std::variant<Start, Terminate, Kill, Finish>;

struct Decision {
  std::vector<Action> actions;
  std::optional<Instant> wake_at;  ///< When to tick if nothing else happens. Only Ticked sets it.
};

/// Takes one event. Same state, event and time: same decision, always.
Decision step(State& state, const Event& event, Instant now);

/// What does not hold though it must; empty when all is well.
std::vector<std::string> broken_invariants(const State& state);

/// How its containers stand, in their order.
std::vector<ContainerEnd> ends_of(const State& state);

}  // namespace dray::pod
