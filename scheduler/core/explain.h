#pragma once
#include <cstdint>

#include "model/explanation.h"
#include "scheduler/core/state.h"

namespace dray {

/// Why a job or child does not run, as data. `entry` is in `state`; `now` tells who is silent.
Explanation explain(const State& state, const JobEntry& entry, std::int32_t child, Instant now);

}  // namespace dray
