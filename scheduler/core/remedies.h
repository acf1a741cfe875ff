#pragma once
#include <string>
#include <vector>

#include "model/explanation.h"
#include "scheduler/core/state.h"

namespace dray {

/// When it is asked: to tell who is silent, and how long a timeout still lets something run.
struct Moment {
  Instant now;
  WallTime at;
};

/// What would make a waiting job, child or gang start: each sentence is enough for itself, if
/// nothing else changes meanwhile. The most useful first; few. `out` is its explanation as far as
/// it is known.
[[nodiscard]] std::vector<std::string> remedies_of(const State& state, const JobEntry& entry,
                                                   const Explanation& out, Moment moment);

}  // namespace dray
