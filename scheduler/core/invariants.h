#pragma once
#include <string>
#include <vector>

#include "scheduler/core/state.h"

namespace dray {

/// Recomputes every index from the rows and checks what must hold at any moment (reserved within
/// capacity, a live attempt for each starting and running thing, ...). A sentence for each breach.
std::vector<std::string> broken_invariants(const State& state);

/// What must hold between two moments of one State: what has ended stays as it ended, sessions and
/// job numbers grow.
std::vector<std::string> broken_between(const State& before, const State& after);

}  // namespace dray
