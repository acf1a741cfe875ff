#pragma once
#include <cstdint>

#include "model/explanation.h"
#include "scheduler/core/remedies.h"
#include "scheduler/core/state.h"

namespace dray {

/// Why a job or child does not run, as data, and what would make it start. `entry` is in `state`.
Explanation explain(const State& state, const JobEntry& entry, std::int32_t child, Moment moment);

}  // namespace dray
