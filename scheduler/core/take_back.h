#pragma once
#include "scheduler/core/turn.h"

/// What agents were given ahead comes back, where they have not begun it.
namespace dray {

/// All that was given ahead of the job.
void take_back(Turn& turn, JobId job);
/// Of that what is held.
void take_back_held(Turn& turn, JobId job);
/// What is held of what the agent was given ahead. Orders of an old session may be lost, and it may
/// have been out of reach.
void take_back_held(Turn& turn, const AgentEntry& agent);

}  // namespace dray
