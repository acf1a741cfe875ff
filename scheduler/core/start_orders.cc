#include "scheduler/core/start_orders.h"

#include <memory>
#include <utility>

namespace dray {

JobToRun job_to_run(const State& state, const JobEntry& entry, const AgentEntry& agent) {
  JobToRun job{.job = entry.job.id,
               .uuid = entry.job.uuid,
               .environment_name = agent.agent.environment,
               .spec = entry.job.spec};
  const auto queue = state.queues().find(entry.job.spec->queue);
  if (queue != state.queues().end()) {
    job.queue_environment = queue->second.job_environment;
  }
  return job;
}

NodeOrders::NodeOrders(const State& state, const JobEntry& entry)
    : state_(state), entry_(entry), shared_(*entry.job.spec) {
  shared_.nodes.clear();
  shared_.container = {};
}

/// Its spec is that of a single job that runs what this node runs.
JobToRun NodeOrders::node_to_run(const AgentEntry& agent, std::int32_t node,
                                 const std::string& main_address) const {
  const JobSpec& all = *entry_.job.spec;
  JobToRun job = job_to_run(state_, entry_, agent);
  const auto add = [&job](std::string name, std::string value) {
    job.queue_environment.push_back({std::move(name), std::move(value)});
  };
  add("AWS_BATCH_JOB_NODE_INDEX", std::to_string(node));
  add("AWS_BATCH_JOB_NUM_NODES", std::to_string(all.node_count()));
  add("AWS_BATCH_JOB_MAIN_NODE_INDEX", std::to_string(all.main_node));
  if (!main_address.empty()) {
    add("AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", main_address);
  }
  JobSpec spec = shared_;
  spec.container = all.container_of(node);
  job.spec = std::make_shared<const JobSpec>(std::move(spec));
  return job;
}

}  // namespace dray
