#include <map>
#include <optional>
#include <string>
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

std::optional<Error> why_not(const JobEntry* entry, const JobUpdate& update) {
  if (entry == nullptr || is_terminal(entry->job.state)) {
    return Error{ErrorCode::Conflict, "There is no job of this id that has not ended"};
  }
  if (!entry->has_children() && (update.running_max || update.failed_max)) {
    return Error{ErrorCode::BadRequest, "maxRunning and maxFailures are for array jobs only"};
  }
  if (update.running_max.value_or(0) < 0 || update.failed_max.value_or(0) < 0) {
    return Error{ErrorCode::BadRequest, "maxRunning and maxFailures must not be negative"};
  }
  const std::int32_t priority = update.priority.value_or(0);
  if (priority < 0 || priority > kPriorityMax) {
    return Error{ErrorCode::BadRequest,
                 "priority must be between 0 and " + std::to_string(kPriorityMax)};
  }
  return std::nullopt;
}

void note(Turn& turn, const Job& job, NoteKind kind, std::string reason,
          const std::string& said_by) {
  turn.put(JobNoted{{.job = {job.id, kNoChild},
                     .kind = kind,
                     .at = turn.at(),
                     .reason = std::move(reason),
                     .said_by = said_by}});
}

/// What the history tells of it. A word that changes nothing is not worth a line.
void note_changes(Turn& turn, const Job& before, const Job& after, const std::string& said_by) {
  if (before.is_held != after.is_held) {
    note(turn, after, after.is_held ? NoteKind::Hold : NoteKind::Release, "", said_by);
  }
  if (priority_of(before) != priority_of(after)) {
    note(
        turn, after, NoteKind::Priority,
        "from " + std::to_string(priority_of(before)) + " to " + std::to_string(priority_of(after)),
        said_by);
  }
}

}  // namespace

/// A lower limit ends nothing that has begun; a higher one revives nothing that has ended.
void take(Turn& turn, const JobUpdated& event) {
  const JobEntry* entry = turn.state().find_job(event.job);
  const JobUpdate& update = event.update;
  if (std::optional<Error> error = why_not(entry, update)) {
    turn.reply(std::move(*error));
    return;
  }
  const Job before = entry->job;
  Job job = before;
  ArrayLimits& limits = job.limits;
  limits.running_max = update.running_max.value_or(limits.running_max);
  limits.failed_max = update.failed_max.value_or(limits.failed_max);
  job.is_held = update.is_held.value_or(job.is_held);
  job.priority = update.priority ? update.priority : job.priority;
  const JobId id = job.id;
  // What has been given ahead goes before what waits, also where it should now stand behind it.
  const bool comes_back = job.is_held || priority_of(job) < priority_of(before);
  note_changes(turn, before, job, update.said_by);
  turn.put(JobMoved{std::move(job)});
  if (comes_back) {
    take_back(turn, id);
  }
  stop_if_failed_enough(turn, id);
  turn.reply(Done{});
}

}  // namespace dray
