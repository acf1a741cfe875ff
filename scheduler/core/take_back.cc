#include "scheduler/core/take_back.h"

#include <map>
#include <vector>

#include "scheduler/core/attempts.h"
#include "scheduler/core/gang.h"

namespace dray {
namespace {

/// Of a gang the main node: as long as it has not begun, no other was ordered.
bool is_its_own(const JobEntry& entry, const JobKey& key) {
  return !entry.is_gang() || is_main_node(entry, key);
}

void take_back(Turn& turn, JobId job, bool only_held) {
  const JobEntry& entry = *turn.state().find_job(job);
  std::map<AgentId, std::vector<JobKey>> ahead;
  const auto& all = turn.state().attempts();
  for (auto at = all.lower_bound({job, kNoChild}); at != all.end() && at->first.job == job; ++at) {
    const Attempt& attempt = at->second.attempt;
    const bool is_meant = !only_held || is_held(entry.job, at->first.child);
    if (attempt.state == AttemptState::Ahead && !attempt.stop_requested && is_meant &&
        is_its_own(entry, at->first)) {
      ahead[attempt.agent].push_back(at->first);
    }
  }
  for (const auto& [agent, keys] : ahead) {
    retract_attempts(turn, agent, keys);
  }
}

}  // namespace

void take_back(Turn& turn, JobId job) {
  take_back(turn, job, false);
}

void take_back_held(Turn& turn, JobId job) {
  take_back(turn, job, true);
}

void take_back_held(Turn& turn, const AgentEntry& agent) {
  std::vector<JobKey> held;
  for (const auto& [order, key] : agent.ahead) {
    const JobEntry& entry = *turn.state().find_job(key.job);
    const bool is_stopped = turn.state().find_attempt(key)->attempt.stop_requested;
    if (is_held(entry.job, key.child) && !is_stopped && is_its_own(entry, key)) {
      held.push_back(key);
    }
  }
  retract_attempts(turn, agent.agent.id, held);
}

}  // namespace dray
