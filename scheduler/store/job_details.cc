#include "scheduler/store/job_details.h"

#include <string>

#include "scheduler/store/child_walk.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

const std::string kFindJob =
    select(kJobColumns, "FROM job AS j JOIN spec AS s ON s.job = j.id WHERE j.uuid = ?");
const std::string kAttempts =
    select(kAttemptColumns, "FROM attempt WHERE job = ? AND child = ? ORDER BY number");

/// Whether `child` can be asked of this job: itself, or an index of its array.
bool is_there(const Job& job, const JobName& name) {
  return name.child == kNoChild || (name.child >= 0 && name.child < job.spec->child_count() &&
                                    name.is_node == job.spec->is_multi_node());
}

struct Child {
  ChildRecord record;
  JobState state = JobState::Runnable;
};

Child find_child(ReadSession& session, const JobRow& parent, std::int32_t child) {
  Child found;
  found.record = ChildWalk(session.database, parent.job.id, child).at(child);
  if (const auto state = recorded_state(parent.job, found.record)) {
    found.state = *state;
  } else {
    WaitingChildren waiting(session.database, parent.job, parent.counts, child);
    found.state = waiting.state(child);
  }
  return found;
}

}  // namespace

JobRow read_job_row(const Statement& row) {
  JobRow found{read_job(row), read_counts(row), read_counted_at(row)};
  const JobSpec& spec = *found.job.spec;
  if (spec.is_array() && found.counts == StateCounts{}) {
    const JobState waits = spec.depends_on.empty() ? JobState::Runnable : JobState::Pending;
    found.counts[static_cast<std::size_t>(waits)] = static_cast<std::uint32_t>(spec.array_size);
    found.counts_at = found.job.created_at;
  }
  return found;
}

std::optional<JobRow> find_job(ReadSession& session, const Uuid& uuid) {
  Statement& row = session.use(kFindJob);
  if (!row.bind(AsBlob{uuid_bytes(uuid)}).step()) {
    return std::nullopt;
  }
  return read_job_row(row);
}

std::optional<JobDetail> describe_job(ReadSession& session, const JobName& name) {
  auto row = find_job(session, name.uuid);
  if (!row || !is_there(row->job, name)) {
    return std::nullopt;
  }
  JobDetail detail;
  detail.child = name.child;
  const JobId id = row->job.id;
  const bool is_parent = row->job.spec->is_array() && name.child == kNoChild;
  if (name.child == kNoChild) {
    detail.job = std::move(row->job);
  } else {
    const Child child = find_child(session, *row, name.child);
    detail.job = child_job(row->job, child.record, child.state);
  }
  if (is_parent) {
    detail.counts = row->counts;
    detail.counts_at = row->counts_at;
    return detail;
  }
  Statement& attempts = session.use(kAttempts);
  const JobSpec& spec = *detail.job.spec;
  const bool is_gang = spec.is_multi_node() && name.child == kNoChild;
  for (attempts.bind(id.value, is_gang ? spec.main_node : name.child); attempts.step();) {
    detail.attempts.push_back(read_attempt(attempts));
  }
  Statement& agents = session.use("SELECT name FROM agent WHERE id = ?");
  for (const Attempt& attempt : detail.attempts) {
    if (!detail.agents.contains(attempt.agent) && agents.bind(attempt.agent.value).step()) {
      detail.agents[attempt.agent] = agents.text(0);
    }
  }
  return detail;
}

std::optional<std::pair<JobState, WallTime>> end_of_job(ReadSession& session, const JobName& name) {
  const auto row = find_job(session, name.uuid);
  if (!row || !is_there(row->job, name)) {
    return std::nullopt;
  }
  const Job& parent = row->job;
  if (name.child == kNoChild) {
    return parent.stopped_at ? std::optional(std::pair(parent.state, *parent.stopped_at))
                             : std::nullopt;
  }
  const Child child = find_child(session, *row, name.child);
  const Job job = child_job(parent, child.record, child.state);
  return job.stopped_at ? std::optional(std::pair(job.state, *job.stopped_at)) : std::nullopt;
}

std::optional<JobState> state_of_job(ReadSession& session, const JobName& name) {
  const auto row = find_job(session, name.uuid);
  if (!row || !is_there(row->job, name)) {
    return std::nullopt;
  }
  return name.child == kNoChild ? row->job.state : find_child(session, *row, name.child).state;
}

}  // namespace dray::store
