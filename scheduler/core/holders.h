#pragma once
#include <string>

#include "scheduler/core/state.h"

/// Who holds what a waiting job lacks: those few whose end would be enough. Jobs of other queues
/// are counted, not named: who asks may not know of them.
namespace dray {

/// What `request` is short of there, as it is once the agent has no more than it says.
[[nodiscard]] Resources lack_on(const AgentEntry& agent, const Resources& request);

/// " (job X holds 4 vCPUs there)", with the time by which a timeout ends them where each has one;
/// empty when nobody holds any of it. `lack` is what the agent is short of.
[[nodiscard]] std::string holders_of_room(const State& state, const AgentEntry& agent,
                                          const Resources& lack, const std::string& queue,
                                          Instant now, WallTime at);

/// " (job X holds 3)", of a consumable resource.
[[nodiscard]] std::string holders_of_consumable(const State& state, const std::string& name,
                                                std::int64_t lack, const std::string& queue);

}  // namespace dray
