#pragma once
#include <cstdint>

#include "model/instant.h"
#include "model/resources.h"

namespace dray {

/// How far a job has risen by waiting, in steps from 0: the more, the longer it has waited for as
/// long as it runs, and the larger it is (after WFP: Tang et al., "Fault-aware, utility-based job
/// scheduling on Blue Gene/P systems", 2009: (waited / expected)^3 * size). Each step takes twice
/// the wait of the one before, and the first some minutes: until then, and among equals always,
/// the order is that of submission. `expected` zero: unknown.
[[nodiscard]] std::int64_t steps_risen(Duration waited, Duration expected,
                                       const Resources& request);

}  // namespace dray
