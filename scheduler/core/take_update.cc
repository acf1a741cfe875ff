#include <map>
#include <utility>
#include <vector>

#include "scheduler/core/attempts.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/stops.h"
#include "scheduler/core/turn.h"

/// What users change of a job while it waits or runs.
namespace dray {
namespace {

/// What agents were given ahead comes back, where they have not begun it.
void take_back(Turn& turn, JobId job) {
  const JobEntry& entry = *turn.state().find_job(job);
  std::map<AgentId, std::vector<JobKey>> ahead;
  const auto& all = turn.state().attempts();
  for (auto at = all.lower_bound({job, kNoChild}); at != all.end() && at->first.job == job; ++at) {
    const Attempt& attempt = at->second.attempt;
    // Of a gang the main node: as long as it has not begun, no other was ordered.
    const bool is_its_own = !entry.is_gang() || is_main_node(entry, at->first);
    if (attempt.state == AttemptState::Ahead && !attempt.stop_requested && is_its_own) {
      ahead[attempt.agent].push_back(at->first);
    }
  }
  for (const auto& [agent, keys] : ahead) {
    retract_attempts(turn, agent, keys);
  }
}

}  // namespace

/// A lower limit ends nothing that has begun; a higher one revives nothing that has ended.
void take(Turn& turn, const JobUpdated& event) {
  const JobEntry* entry = turn.state().find_job(event.job);
  const JobUpdate& update = event.update;
  if (entry == nullptr || is_terminal(entry->job.state)) {
    turn.refuse(ErrorCode::Conflict, "There is no job of this id that has not ended");
    return;
  }
  if (!entry->has_children() && (update.running_max || update.failed_max)) {
    turn.refuse(ErrorCode::BadRequest, "maxRunning and maxFailures are for array jobs only");
    return;
  }
  Job job = entry->job;
  ArrayLimits& limits = job.limits;
  limits.running_max = update.running_max.value_or(limits.running_max);
  limits.failed_max = update.failed_max.value_or(limits.failed_max);
  job.is_held = update.is_held.value_or(job.is_held);
  if (limits.running_max < 0 || limits.failed_max < 0) {
    turn.refuse(ErrorCode::BadRequest, "maxRunning and maxFailures must not be negative");
    return;
  }
  const JobId id = job.id;
  const bool is_held = job.is_held;
  turn.put(JobMoved{std::move(job)});
  if (is_held) {
    take_back(turn, id);
  }
  stop_if_failed_enough(turn, id);
  turn.reply(Done{});
}

}  // namespace dray
