#include "scheduler/store/job_history.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/names.h"
#include "scheduler/core/state.h"
#include "scheduler/store/job_details.h"

namespace dray::store {
namespace {

/// When a job that waited for others had nothing left to wait for.
struct Release {
  std::optional<WallTime> at;  ///< Absent: it never had, or nobody knows.
  bool is_known = true;        ///< False: something it waited for is not on disk any more.
};

JobName awaited_by(const JobDetail& detail, const Dependency& on) {
  switch (on.type) {
    case DependencyType::Whole:
    case DependencyType::AfterAny:
    case DependencyType::AfterNotOk:
      return {on.job, on.child};
    case DependencyType::NToN:
      return {on.job, detail.child};
    case DependencyType::Sequential:
      return {detail.job.uuid, detail.child - 1};
  }
  return {};
}

/// Whether the job waited for an end of `on` that a rerun has undone.
bool has_ended_before(ReadSession& session, const Job& job, const Dependency& on) {
  const auto needed = find_job(session, on.job);
  return needed && job.reopened_after.is_none() && !binds(job, needed->job);
}

Release release_of(ReadSession& session, const JobDetail& detail) {
  Release release{detail.job.created_at};
  for (const Dependency& on : detail.job.spec->depends_on) {
    if (on.type == DependencyType::Sequential && detail.child <= 0) {
      continue;
    }
    const JobName awaited = awaited_by(detail, on);
    if (has_ended_before(session, detail.job, on)) {
      release.is_known = false;
      continue;
    }
    const auto end = end_of_job(session, awaited);
    if (end) {
      release.at = std::max(*release.at, end->second);
      const bool is_met = is_met_by(on.type, end->first == JobState::Succeeded);
      if (!is_met && detail.attempts.empty()) {
        return {std::nullopt};
      }
    } else if (state_of_job(session, awaited)) {
      return {std::nullopt};  // It lives: the job still waits for it, or ended before it.
    } else {
      release.is_known = false;
    }
  }
  return release;
}

/// States one after another: what clocks of two machines say of the same moment is put in order.
class Timeline {
 public:
  void come(HistoryEntry entry) {
    entry.at = std::max(entry.at, latest_);
    latest_ = entry.at;
    entries_.push_back(std::move(entry));
  }
  std::vector<HistoryEntry> take() { return std::move(entries_); }

 private:
  WallTime latest_{0};
  std::vector<HistoryEntry> entries_;
};

void tell_release(ReadSession& session, const JobDetail& detail, Timeline& line) {
  const Job& job = detail.job;
  if (!job.spec->depends_on.empty()) {
    line.come({.at = job.created_at, .state = JobState::Pending});
  }
  const Release release = release_of(session, detail);
  const Attempt* first = detail.attempts.empty() ? nullptr : &detail.attempts.front();
  const bool is_over = is_terminal(job.state) && first == nullptr;
  if (!release.at || (is_over && (!release.is_known || job.stopped_at < release.at))) {
    return;
  }
  WallTime at = *release.at;
  if (!release.is_known && first != nullptr) {
    at = first->ordered_at;
  }
  line.come({.at = at, .state = JobState::Runnable, .is_estimate = !release.is_known});
}

HistoryEntry entry_of(const JobDetail& detail, const Attempt& attempt, WallTime at,
                      JobState state) {
  HistoryEntry entry{.at = at, .state = state, .attempt = attempt.key.number};
  if (const auto agent = detail.agents.find(attempt.agent); agent != detail.agents.end()) {
    entry.agent = agent->second;
  }
  return entry;
}

void tell_attempt(const JobDetail& detail, const Attempt& attempt, Timeline& line) {
  if (attempt.state == AttemptState::Ahead) {
    return;  // It waits in an agent's line: RUNNABLE still.
  }
  line.come(entry_of(detail, attempt, attempt.ordered_at, JobState::Starting));
  if (attempt.started_at) {
    line.come(entry_of(detail, attempt, *attempt.started_at, JobState::Running));
  }
  if (!attempt.end || !attempt.stopped_at) {
    return;
  }
  const JobState state = attempt.is_final   ? detail.job.state
                         : attempt.is_rerun ? JobState::Failed
                                            : JobState::Runnable;
  HistoryEntry ended = entry_of(detail, attempt, *attempt.stopped_at, state);
  ended.reason = attempt.is_final ? detail.job.status_reason : attempt.end->status_reason;
  if (!attempt.end->reason.empty()) {
    ended.reason += (ended.reason.empty() ? "" : ": ") + attempt.end->reason;
  }
  ended.outcome = attempt.end->outcome;
  ended.exit_code = attempt.end->exit_code;
  line.come(std::move(ended));
}

/// Notes about the whole array count for each child that lived.
void add_notes(ReadSession& session, const JobDetail& detail, std::int32_t child,
               std::vector<HistoryEntry>& entries) {
  Statement& rows = session.use(
      "SELECT kind, at, reason, said_by FROM job_note WHERE job = ? AND child = ? ORDER BY number");
  for (rows.bind(detail.job.id.value, child); rows.step();) {
    const WallTime at{rows.integer(1)};
    const std::optional<NoteKind> kind = parse_note_kind(rows.text(0));
    if (kind && (!detail.job.stopped_at || at <= *detail.job.stopped_at)) {
      entries.push_back({.at = at,
                         .note = kind,
                         .reason = std::string(rows.text(2)),
                         .said_by = std::string(rows.text(3))});
    }
  }
}

/// Of one moment: first it came into a state, then somebody said something, then it ended of it.
int rank_of(const HistoryEntry& entry) {
  return entry.note ? 1 : is_terminal(*entry.state) ? 2 : 0;
}

}  // namespace

std::optional<JobHistory> job_history(ReadSession& session, const JobName& name) {
  const std::optional<JobDetail> detail = describe_job(session, name);
  if (!detail) {
    return std::nullopt;
  }
  const Job& job = detail->job;
  Timeline line;
  line.come({.at = job.created_at, .state = JobState::Submitted});
  if (detail->counts) {
    // Until its children have ended.
    line.come({.at = job.created_at, .state = JobState::Pending});
  } else {
    tell_release(session, *detail, line);
  }
  for (const Attempt& attempt : detail->attempts) {
    tell_attempt(*detail, attempt, line);
  }
  const bool is_told =
      !detail->attempts.empty() && detail->attempts.back().end && detail->attempts.back().is_final;
  if (job.stopped_at && !is_told) {
    line.come({.at = *job.stopped_at, .state = job.state, .reason = job.status_reason});
  }
  JobHistory history{name, job.spec->name, job.spec->queue, line.take()};
  add_notes(session, *detail, kNoChild, history.entries);
  if (name.child != kNoChild) {
    add_notes(session, *detail, name.child, history.entries);
  }
  std::stable_sort(history.entries.begin(), history.entries.end(),
                   [](const HistoryEntry& a, const HistoryEntry& b) {
                     return std::pair(a.at, rank_of(a)) < std::pair(b.at, rank_of(b));
                   });
  return history;
}

}  // namespace dray::store
