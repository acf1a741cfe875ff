#pragma once
#include "model/instant.h"
#include "scheduler/core/decision.h"
#include "scheduler/core/event.h"

namespace dray {

class State;  // scheduler/core/state.h

/// Takes one event. Same state, event and time: same decision, always (D1). Changes are already
/// applied to `state` when this returns; they must be durable before orders or reply leave (D2).
Decision step(State& state, const Event& event, Instant now);

/// The one mutator: what step does to the state, and what recovery does with rows. `now` starts
/// clocks that are not stored (leases, timeouts).
void apply(State& state, const Change& change, Instant now);

}  // namespace dray
