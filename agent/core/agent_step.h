#pragma once
#include <string>
#include <vector>

#include "agent/core/agent_action.h"
#include "agent/core/agent_event.h"
#include "agent/core/agent_state.h"

namespace dray::agent {

/// Facts in one message at most, so that a frame stays within its bound.
inline constexpr std::size_t kFactsMax = 512;
/// A hello without an answer for this long: the connection is dropped.
inline constexpr Duration kWelcomeWait = std::chrono::seconds(10);
/// Lease requests without an answer before the connection is dropped as dead.
inline constexpr std::size_t kAskedMax = 4;

/// Takes one event. Same state, event and time: same decision, always. A batch is any number of
/// events and then one Ticked.
Decision step(State& state, const Event& event, Instant now);

/// What does not hold though it must; empty when all is well.
std::vector<std::string> broken_invariants(const State& state);

}  // namespace dray::agent
