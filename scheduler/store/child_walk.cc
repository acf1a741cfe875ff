#include "scheduler/store/child_walk.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/check.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

constexpr int kChildColumn = 1;

JobState state_of(const Attempt& attempt) {
  switch (attempt.state) {
    case AttemptState::Ahead:
      return JobState::Runnable;
    case AttemptState::Starting:
      return JobState::Starting;
    case AttemptState::Running:
      return JobState::Running;
    case AttemptState::Ended:
      if (!attempt.is_final) {
        return JobState::Runnable;
      }
      // AWS: what was terminated has failed, however it ended.
      return attempt.end->outcome == Outcome::Succeeded && !attempt.stop_requested
                 ? JobState::Succeeded
                 : JobState::Failed;
  }
  CHECK(!"an attempt's state");
  return JobState::Failed;
}

/// How a node's last attempt ended, which by itself decided nothing.
JobState end_of_node(const Attempt& attempt) {
  return attempt.end->outcome == Outcome::Succeeded ? JobState::Succeeded : JobState::Failed;
}

bool is_by_child(const Dependency& on) {
  return !is_on_job(on.type);
}

}  // namespace

std::optional<JobState> ChildRecord::state() const {
  if (ended) {
    return ended->state;
  }
  // One that is run again waits as a new one does.
  return latest && !latest->is_rerun ? std::optional(state_of(*latest)) : std::nullopt;
}

ChildWalk::ChildWalk(Database& database, JobId array, std::int32_t from)
    : attempts_(database.prepare(select(
          kAttemptColumns,
          "FROM attempt WHERE job = ? AND child >= ? AND child >= 0 ORDER BY child, number"))),
      runs_(database.prepare(
          select(kChildrenEndedColumns,
                 "FROM children_ended WHERE job = ? AND last >= ? ORDER BY first"))) {
  has_attempt_ = attempts_.bind(array.value, from).step();
  has_run_ = runs_.bind(array.value, from).step();
  if (has_run_) {
    run_ = read_children_ended(runs_);
  }
}

ChildRecord ChildWalk::at(std::int32_t child) {
  ChildRecord record;
  while (has_attempt_ && attempts_.integer(kChildColumn) <= child) {
    if (attempts_.integer(kChildColumn) == child) {
      record.latest = read_attempt(attempts_);
      record.attempts_made += record.latest->state == AttemptState::Ahead ? 0 : 1;
    }
    has_attempt_ = attempts_.step();
  }
  while (has_run_ && run_.last < child) {
    has_run_ = runs_.step();
    if (has_run_) {
      run_ = read_children_ended(runs_);
    }
  }
  if (has_run_ && run_.first <= child) {
    record.ended = run_;
  }
  return record;
}

WaitingChildren::WaitingChildren(Database& database, const Job& parent, const StateCounts& counts,
                                 std::int32_t from) {
  const std::vector<Dependency>& depends_on = parent.spec->depends_on;
  std::uint32_t counted = 0;
  for (const std::uint32_t count : counts) {
    counted += count;
  }
  const auto waiting = counts[static_cast<std::size_t>(JobState::Submitted)] +
                       counts[static_cast<std::size_t>(JobState::Pending)];
  if (is_terminal(parent.state) || parent.spec->is_multi_node()) {
    all_ = parent.state;
  } else if (counted == 0) {
    all_ = depends_on.empty() ? JobState::Runnable : JobState::Pending;
  } else if (waiting == 0) {
    all_ = JobState::Runnable;
  } else if (counted == waiting ||
             std::none_of(depends_on.begin(), depends_on.end(), is_by_child)) {
    all_ = JobState::Pending;
  } else {
    add_gates(database, parent, from);
  }
}

void WaitingChildren::add_gates(Database& database, const Job& parent, std::int32_t from) {
  // An array that was reopened waits for no other (Job::reopened_after).
  Statement find =
      database.prepare("SELECT id FROM job WHERE uuid = ? AND reopened_after < ? AND ? = 0");
  for (const Dependency& on : parent.spec->depends_on) {
    if (on.type == DependencyType::Sequential) {
      gates_.push_back({ChildWalk(database, parent.id, std::max(from - 1, 0)), -1});
    } else if (on.type == DependencyType::NToN &&
               find.bind(AsBlob{uuid_bytes(on.job)}, parent.id.value, parent.reopened_after.value)
                   .step()) {
      gates_.push_back({ChildWalk(database, JobId{find.number(0)}, from), 0});
    }
  }
}

JobState WaitingChildren::state(std::int32_t child) {
  for (Gate& gate : gates_) {
    const std::int32_t awaited = child + gate.shift;
    if (awaited >= 0 && awaited != gate.last) {
      gate.is_open = gate.walk.at(awaited).state() == JobState::Succeeded;
      gate.last = awaited;
    }
    if (awaited >= 0 && !gate.is_open) {
      return JobState::Pending;
    }
  }
  return all_;
}

std::optional<JobState> recorded_state(const Job& parent, const ChildRecord& record) {
  const std::optional<JobState> recorded = record.state();
  if (!parent.spec->is_multi_node() || !recorded || is_terminal(*recorded)) {
    return recorded;
  }
  const bool has_ended_in_this_run = parent.state == JobState::Running && record.latest &&
                                     record.latest->end &&
                                     record.latest->key.number >= parent.attempts_made;
  if (has_ended_in_this_run || is_terminal(parent.state)) {
    return record.latest && record.latest->end ? end_of_node(*record.latest) : parent.state;
  }
  return recorded;
}

Job child_job(const Job& parent, const ChildRecord& record, JobState state) {
  const bool is_node = parent.spec != nullptr && parent.spec->is_multi_node();
  Job job = parent;
  job.state = state;
  job.attempts_made = record.attempts_made;
  job.started_at.reset();
  job.stopped_at.reset();
  job.status_reason.clear();
  if (!is_node) {  // A child that a cancel or terminate of its array did not reach has no mark.
    job.is_cancelled = false;
    job.is_terminated = false;
  }
  if (record.latest) {
    job.started_at = record.latest->started_at;
    if (record.latest->end && is_terminal(state)) {
      job.stopped_at = record.latest->stopped_at;
      job.status_reason = record.latest->end->status_reason;
    }
    // The caller's reason replaces what the attempt's end says (AWS: TerminateJob).
    if (record.latest->stop_requested && state == JobState::Failed) {
      job.status_reason = record.latest->stop_reason;
    }
    if (record.latest->stop_requested && !is_node) {
      // An array's flags say who ended it whole; of what had begun, only a terminate asks for the
      // end.
      job.is_cancelled = parent.is_cancelled && !parent.is_terminated;
      job.is_terminated = parent.is_terminated ||
                          (!job.is_cancelled && record.latest->state != AttemptState::Ahead);
    }
  }
  if (record.ended) {
    job.stopped_at = record.ended->at;
    job.status_reason = record.ended->status_reason;
    job.is_cancelled = job.is_cancelled || record.ended->is_cancelled;
    job.is_terminated = job.is_terminated || record.ended->is_terminated;
  }
  return job;
}

}  // namespace dray::store
