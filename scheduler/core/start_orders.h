#pragma once
#include <cstdint>
#include <string>

#include "model/link_messages.h"
#include "scheduler/core/state.h"

/// What an agent is told of a job it is to run.
namespace dray {

[[nodiscard]] JobToRun job_to_run(const State& state, const JobEntry& entry,
                                  const AgentEntry& agent);

/// What the nodes of a multi-node job are told: what all share is copied once.
class NodeOrders {
 public:
  NodeOrders(const State& state, const JobEntry& entry);
  /// One node, with AWS's variables of nodes. `main_address`: where the main node is reached; it is
  /// not told its own.
  [[nodiscard]] JobToRun node_to_run(const AgentEntry& agent, std::int32_t node,
                                     const std::string& main_address) const;

 private:
  const State& state_;
  const JobEntry& entry_;
  JobSpec shared_;
};

}  // namespace dray
