#include "scheduler/core/endings.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/texts.h"
#include "scheduler/core/stops.h"

namespace dray {
namespace {

constexpr EndCause kDependencyFailed{.reason = texts::kDependentJobFailed};

/// A single job whose last dependency is met.
void wake_dependent(Turn& turn, const JobEntry& entry) {
  if (entry.job.state == JobState::Pending && !entry.has_children() && entry.unmet == 0) {
    Job job = entry.job;
    job.state = JobState::Runnable;
    turn.put(JobMoved{std::move(job)});
  }
}

/// `dependent` names the job or a child that `ended` tells of, or each child for itself.
void follow(Turn& turn, const Dependent& dependent, const EndedRun& ended) {
  const JobEntry* entry = turn.state().find_job(dependent.job);
  if (entry == nullptr || is_terminal(entry->job.state)) {
    return;
  }
  const Dependency& on = entry->job.spec->depends_on[dependent.place];
  if (on.type == DependencyType::NToN) {
    if (!ended.has_succeeded && entry->has_children()) {
      fail_children(turn, dependent.job, ended.first,
                    std::min(ended.last, entry->array->size() - 1), kDependencyFailed);
    }
  } else if (is_met_by(on.type, ended.has_succeeded)) {
    wake_dependent(turn, *entry);
  } else {
    fail_dependent(turn, dependent.job, on.type);
  }
}

void follow_dependents(Turn& turn, const JobEntry& entry, const EndedRun& ended) {
  const std::set<Dependent>& all = entry.dependents;
  std::vector<Dependent> dependents(all.lower_bound({ended.first, {}, 0}),
                                    all.lower_bound({ended.last + 1, {}, 0}));
  if (ended.first != kNoChild) {
    dependents.insert(dependents.end(), all.begin(), all.lower_bound({kNoChild, {}, 0}));
  }
  turn.volatile_state().dependencies_read += dependents.size();
  for (const Dependent& dependent : dependents) {
    follow(turn, dependent, ended);
  }
}

/// The array ends when all children have (AWS: user guide, array_jobs).
void end_parent(Turn& turn, const JobEntry& entry) {
  turn.put(ArrayCounted{entry.job.id, entry.array->counts(), turn.at()});
  Job job = entry.job;
  const bool has_succeeded = !entry.array->has_failed();
  job.state = has_succeeded ? JobState::Succeeded : JobState::Failed;
  job.stopped_at = turn.at();
  if (has_succeeded) {
    job.status_reason.clear();
  } else if (job.status_reason.empty()) {
    job.status_reason = texts::kArrayChildFailed;
  }
  turn.put(JobMoved{std::move(job)});
  turn.note_ended({.job = entry.job.id, .has_succeeded = has_succeeded});
}

void settle_children(Turn& turn, const JobEntry& entry, const EndedRun& ended) {
  const auto& depends_on = entry.job.spec->depends_on;
  const bool is_sequential =
      std::any_of(depends_on.begin(), depends_on.end(),
                  [](const Dependency& on) { return on.type == DependencyType::Sequential; });
  if (is_sequential && !ended.has_succeeded) {
    fail_children(turn, ended.job, ended.last + 1, entry.array->size() - 1, kDependencyFailed);
  }
  follow_dependents(turn, entry, ended);
  stop_if_failed_enough(turn, entry.job.id);
  if (!is_terminal(entry.job.state) && entry.array->has_ended()) {
    end_parent(turn, entry);
  }
}

/// Forgets the job when nothing needs it any more, and then what only it needed: an end that is
/// still to be settled finds its job gone.
void retire(Turn& turn, JobId job) {
  std::vector<JobId> candidates{job};
  while (!candidates.empty()) {
    const JobEntry* entry = turn.state().find_job(candidates.back());
    candidates.pop_back();
    if (entry == nullptr || !is_terminal(entry->job.state) || !entry->dependents.empty()) {
      continue;
    }
    const std::shared_ptr<const JobSpec> spec = entry->job.spec;
    turn.put(JobRetired{entry->job.id});
    for (const Dependency& on : spec->depends_on) {
      if (const JobEntry* needed = turn.state().find_job(on.job); needed != nullptr) {
        candidates.push_back(needed->job.id);
      }
    }
  }
}

void settle_job(Turn& turn, const JobEntry& entry, const EndedRun& ended) {
  follow_dependents(turn, entry, ended);
  const std::shared_ptr<const JobSpec> spec = entry.job.spec;
  retire(turn, ended.job);
  for (const Dependency& on : spec->depends_on) {
    if (const JobEntry* needed = turn.state().find_job(on.job); needed != nullptr) {
      retire(turn, needed->job.id);
    }
  }
}

}  // namespace

void fail_job(Turn& turn, JobId id, const EndCause& cause) {
  const JobEntry* entry = turn.state().find_job(id);
  CHECK(entry != nullptr && !entry->has_children());
  CHECK(turn.state().find_attempt({id, kNoChild}) == nullptr);
  Job job = entry->job;
  job.state = JobState::Failed;
  job.stopped_at = turn.at();
  job.status_reason = cause.reason;
  job.is_cancelled = job.is_cancelled || cause.is_cancelled;
  job.is_terminated = job.is_terminated || cause.is_terminated;
  turn.put(JobMoved{std::move(job)});
  turn.note_ended({.job = id});
}

void fail_children(Turn& turn, JobId id, std::int32_t first, std::int32_t last,
                   const EndCause& cause) {
  const Array& array = *turn.state().find_job(id)->array;
  for (std::int32_t child = first; child <= last; ++child) {
    if (!is_waiting(array.state(child))) {
      continue;
    }
    const std::int32_t from = child;
    while (child < last && is_waiting(array.state(child + 1))) {
      ++child;
    }
    turn.put(ChildrenEnded{.job = id,
                           .first = from,
                           .last = child,
                           .status_reason = std::string(cause.reason),
                           .at = turn.at(),
                           .is_cancelled = cause.is_cancelled,
                           .is_terminated = cause.is_terminated});
    turn.note_ended({.job = id, .first = from, .last = child});
  }
}

void fail_dependent(Turn& turn, JobId id, DependencyType type) {
  const JobEntry& entry = *turn.state().find_job(id);
  const EndCause cause{.reason = type == DependencyType::AfterNotOk ? texts::kDependentJobSucceeded
                                                                    : texts::kDependentJobFailed};
  if (!entry.has_children()) {
    fail_job(turn, id, cause);
    return;
  }
  if (entry.job.status_reason.empty()) {
    Job job = entry.job;
    job.status_reason = cause.reason;
    turn.put(JobMoved{std::move(job)});
  }
  fail_children(turn, id, 0, entry.array->size() - 1, cause);
}

void settle(Turn& turn) {
  while (const std::optional<EndedRun> ended = turn.next_ended()) {
    const JobEntry* entry = turn.state().find_job(ended->job);
    if (entry == nullptr) {
      continue;
    }
    if (ended->first == kNoChild) {
      settle_job(turn, *entry, *ended);
    } else {
      settle_children(turn, *entry, *ended);
    }
  }
}

}  // namespace dray
