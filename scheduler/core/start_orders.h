#pragma once
#include <string>

#include "model/link_messages.h"
#include "scheduler/core/state.h"

/// What an agent is told of a job it is to run.
namespace dray {

[[nodiscard]] JobToRun job_to_run(const State& state, const JobEntry& entry,
                                  const AgentEntry& agent);
/// One node of a multi-node job, with AWS's variables of nodes. `main_address`: where the main node
/// is reached; it is not told its own.
[[nodiscard]] JobToRun node_to_run(const State& state, const JobEntry& entry,
                                   const AgentEntry& agent, std::int32_t node,
                                   const std::string& main_address);

}  // namespace dray
