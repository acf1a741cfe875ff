#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/explanation.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/remedies.h"

/// What would give a waiting job room.
namespace dray {

/// One way to room: all of `clauses` are needed; none are when it has room already. `once` is what
/// has to go before, " once the 2 jobs before it have started or ended", or empty.
struct WayToRoom {
  std::vector<std::string> clauses;
  std::string once;
};

/// How far maxvCpus of `environment` has to be raised, or what has to end; nothing when it leaves
/// enough.
[[nodiscard]] std::optional<std::string> cap_clause(const ComputeEnvironment& environment,
                                                    const Pool& pool, std::int64_t milli_vcpus);
/// "compute environment E is enabled".
[[nodiscard]] std::string enable_clause(const ComputeEnvironment& environment);
/// What a draining or silent agent has to do to be given something; empty for others.
[[nodiscard]] std::vector<std::string> open_clauses(const State& state, const AgentEntry& agent,
                                                    Instant now);

[[nodiscard]] std::vector<WayToRoom> ways_to_room(const State& state, const JobEntry& entry,
                                                  const Explanation& out, Moment moment);
/// Of a gang: room for all nodes at once.
[[nodiscard]] std::vector<WayToRoom> ways_to_room_for_gang(const State& state,
                                                           const JobEntry& entry,
                                                           const Explanation& out, Moment moment);

}  // namespace dray
