#include "scheduler/core/stops.h"

#include <map>
#include <utility>
#include <vector>

namespace dray {

void stop_attempts(Turn& turn, JobId job, std::int32_t first, std::int32_t last, const Stop& stop) {
  std::vector<Attempt> attempts;
  const auto& all = turn.state().attempts();
  for (auto at = all.lower_bound({job, first}); at != all.end() && at->first.job == job; ++at) {
    const Attempt& attempt = at->second.attempt;
    if (at->first.child <= last && !attempt.stop_requested && stop.reaches(attempt.state)) {
      attempts.push_back(attempt);
    }
  }
  std::map<AgentId, std::vector<AttemptKey>> by_agent;
  for (Attempt& attempt : attempts) {
    attempt.stop_requested = true;
    attempt.stop_reason = stop.reason;
    by_agent[attempt.agent].push_back(attempt.key);
    turn.put(AttemptPut{std::move(attempt)});
  }
  for (auto& [id, keys] : by_agent) {
    const AgentEntry& agent = *turn.state().find_agent(id);
    if (agent.link.is_connected) {
      turn.order(id,
                 StopAttempts{agent.agent.session, std::move(keys), turn.state().settings().grace});
    }
  }
}

void stop_if_failed_enough(Turn& turn, JobId array) {
  const JobEntry* entry = turn.state().find_job(array);
  if (entry == nullptr || is_terminal(entry->job.state) || !entry->has_failed_enough()) {
    return;
  }
  // Asked at every end: the children are walked only while some of them are left to end here.
  const StateCounts& counts = entry->array->counts();
  const std::uint64_t runnable = entry->kept_back.count() + turn.state().in_line(*entry);
  const bool some_wait = counts[static_cast<std::size_t>(JobState::Pending)] + runnable > 0;
  const bool some_are_ahead = counts[static_cast<std::size_t>(JobState::Runnable)] > runnable;
  if (!some_wait && !some_are_ahead) {
    return;
  }
  const std::int32_t failed_max = entry->job.limits.failed_max;
  const std::string reason = "Array stopped: " + std::to_string(failed_max) +
                             (failed_max == 1 ? " child" : " children") + " failed (maxFailures)";
  if (entry->job.status_reason.empty()) {
    Job job = entry->job;
    job.status_reason = reason;
    turn.put(JobMoved{std::move(job)});
  }
  const std::int32_t last = entry->array->size() - 1;
  if (some_wait) {
    fail_children(turn, array, 0, last, {.reason = reason});
  }
  if (some_are_ahead) {
    stop_attempts(turn, array, 0, last, {.reason = reason});
  }
}

}  // namespace dray
