#include <optional>
#include <string>
#include <utility>

#include "scheduler/core/stops.h"
#include "scheduler/core/take_back.h"
#include "scheduler/core/turn.h"

/// What users change of a job while it waits or runs.
namespace dray {
namespace {

constexpr std::size_t kNoteBytesMax = 250;

bool has_living(const JobEntry& entry, const ChildRuns& children) {
  for (const auto& [first, last] : within(children, entry.array->size())) {
    for (std::int32_t child = first; child <= last; ++child) {
      if (!is_terminal(entry.array->state(child))) {
        return true;
      }
    }
  }
  return false;
}

std::optional<Error> why_not(const JobEntry* entry, const JobUpdate& update) {
  if (entry == nullptr || is_terminal(entry->job.state)) {
    return Error{ErrorCode::Conflict, "There is no job of this id that has not ended"};
  }
  if (!entry->has_children() && !update.children.empty()) {
    return Error{ErrorCode::BadRequest, "Only children of array jobs are held one by one"};
  }
  if (!update.children.empty() && !has_living(*entry, update.children)) {
    return Error{ErrorCode::Conflict, "There is no child of these that has not ended"};
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

/// Of an array that is held as a whole the others stay held when some are released.
void hold(Job& job, const JobUpdate& update) {
  if (!update.is_held) {
    return;
  }
  if (update.children.empty()) {
    job.is_held = *update.is_held;
    job.held_children.clear();
    return;
  }
  const std::int32_t size = job.spec->array_size;
  const ChildRuns asked = within(update.children, size);
  if (!*update.is_held) {
    job.held_children = without(job.is_held ? ChildRuns{{0, size - 1}} : job.held_children, asked);
    job.is_held = false;
  } else if (!job.is_held) {
    job.held_children = together(std::move(job.held_children), asked);
  }
}

void note(Turn& turn, const JobKey& job, NoteKind kind, std::string reason,
          const std::string& said_by) {
  turn.put(JobNoted{{.job = job,
                     .kind = kind,
                     .at = turn.at(),
                     .reason = std::move(reason),
                     .said_by = said_by}});
}

/// One child is told of in its own history, several in their array's.
void note_hold(Turn& turn, JobId job, const JobUpdate& update) {
  const ChildRuns& runs = update.children;
  const bool is_one = runs.size() == 1 && runs[0].first == runs[0].second;
  std::string reason = runs.empty() || is_one ? "" : "children " + to_text(runs);
  if (reason.size() > kNoteBytesMax) {
    reason.resize(kNoteBytesMax);
    reason += "...";
  }
  note(turn, {job, is_one ? runs[0].first : kNoChild},
       *update.is_held ? NoteKind::Hold : NoteKind::Release, std::move(reason), update.said_by);
}

/// What the history tells of it. A word that changes nothing is not worth a line.
void note_changes(Turn& turn, const Job& before, const Job& after, const JobUpdate& update) {
  if (before.is_held != after.is_held || before.held_children != after.held_children) {
    note_hold(turn, after.id, update);
  }
  if (priority_of(before) != priority_of(after)) {
    note(
        turn, {after.id, kNoChild}, NoteKind::Priority,
        "from " + std::to_string(priority_of(before)) + " to " + std::to_string(priority_of(after)),
        update.said_by);
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
  hold(job, update);
  if (job.held_children.size() > kHeldRunsMax) {
    turn.refuse(ErrorCode::BadRequest, "The held children of an array are at most " +
                                           std::to_string(kHeldRunsMax) + " ranges");
    return;
  }
  job.priority = update.priority ? update.priority : job.priority;
  const JobId id = job.id;
  const bool is_lower = priority_of(job) < priority_of(before);
  note_changes(turn, before, job, update);
  turn.put(JobMoved{std::move(job)});
  if (is_lower) {
    take_back(turn, id);  // It goes before what waits, and should now stand behind it.
  } else if (update.is_held.value_or(false)) {
    take_back_held(turn, id);
  }
  stop_if_failed_enough(turn, id);
  turn.reply(Done{});
}

}  // namespace dray
