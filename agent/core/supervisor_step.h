#pragma once
#include <string>
#include <vector>

#include "agent/core/supervisor_action.h"
#include "agent/core/supervisor_event.h"
#include "agent/core/supervisor_state.h"

namespace dray::supervisor {

/// From the attempt's timeout, or when an order to stop names no other (AWS: 30 seconds).
inline constexpr Duration kTimeoutGrace = std::chrono::seconds(30);

/// Takes one event. Same state, event and time: same decision, always. A batch is any number of
/// events and then one Ticked; nothing of it is done before its journal actions are on disk.
Decision step(State& state, const Event& event, Instant now);

/// What does not hold though it must; empty when all is well.
std::vector<std::string> broken_invariants(const State& state);

}  // namespace dray::supervisor
