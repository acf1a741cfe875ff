#pragma once
#include <optional>
#include <string>

#include "model/time_limit.h"
#include "scheduler/core/state.h"

namespace dray {

/// Why waiting jobs of that class can be given to nobody, however many jobs end; nothing when an
/// agent could take them, now or once it has room. `now` tells who is silent.
[[nodiscard]] std::optional<BlockReason> why_blocked(const State& state,
                                                     const RequestClass& request_class,
                                                     Instant now);
/// The statusReason that AWS gives such a job while it is RUNNABLE.
[[nodiscard]] std::string blocked_text(const State& state, const RequestClass& request_class,
                                       BlockReason reason);

}  // namespace dray
