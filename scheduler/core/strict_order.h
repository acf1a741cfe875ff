#pragma once
#include <string>
#include <vector>

#include "scheduler/core/state.h"

namespace dray {

/// For tests: appends a sentence for each strict queue that started something between two states
/// although what was submitted before it, at the same priority, still waits.
void compare_strict_queues(const State& before, const State& after,
                           std::vector<std::string>& breaches);

}  // namespace dray
