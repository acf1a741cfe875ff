#pragma once
#include "model/queue_shares.h"
#include "scheduler/core/shares.h"

namespace dray {

/// What users are shown of a fair-share queue: who is next, by what use, and what each share has.
[[nodiscard]] SharesStanding shares_standing(const State& state, const JobQueue& queue,
                                             Instant now);

}  // namespace dray
