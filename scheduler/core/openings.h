#pragma once
#include <optional>

#include "scheduler/core/pools.h"

namespace dray {

/// When the room will have `request` free, if everything that runs there ends when it is expected
/// to, or at the latest at its timeout. Nothing when that cannot be told: how long something runs
/// is not known, or it has run for longer.
[[nodiscard]] std::optional<Opening> opening_of(const State& state, const Room& room,
                                                const Resources& request, Instant now);

}  // namespace dray
