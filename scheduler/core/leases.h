#pragma once
#include <vector>

#include "scheduler/core/turn.h"

/// F5: what an agent holds is given away only when its lease is certainly over. The agent counts
/// from when it asked, the scheduler from when it answers, and the scheduler waits a margin more.
namespace dray {

/// Connected, but not heard for `silent_after`; or not connected.
bool is_silent(const State& state, const AgentEntry& entry, Instant now);
/// Connected, heard lately, not draining: may be given attempts.
bool may_be_given(const State& state, const AgentEntry& entry, Instant now);
/// Jobs of all its attempts: starting and running ones by key, then those ahead in their order.
std::vector<JobKey> keys_of(const AgentEntry& entry);
/// The agent was heard, and is answered now.
void renew_lease(Turn& turn, AgentId agent);
/// Ends the sessions whose lease is over and gives away what they held.
void expire_leases(Turn& turn);
/// Wakes the loop for the next lease that can run out.
void wake_for_leases(Turn& turn);

}  // namespace dray
