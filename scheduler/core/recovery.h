#pragma once
#include "scheduler/core/decision.h"
#include "scheduler/core/step.h"

namespace dray {

/// What recovery does with a row that was read at `wall`: applies it, aged by the wall clock, for
/// no other counts while nobody is there. Order and shares depend on it, safety does not.
void recover(State& state, const Change& row, Instant now, WallTime wall);

}  // namespace dray
