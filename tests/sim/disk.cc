#include "tests/sim/disk.h"

#include <algorithm>

#include "scheduler/core/state.h"
#include "tests/sim/trace.h"

namespace dray::sim {

std::optional<JobState> JobRows::end_of_child(std::int32_t child) const {
  for (const ChildrenEnded& run : ended) {
    if (run.first <= child && child <= run.last) {
      return run.state;
    }
  }
  for (auto it = attempts.lower_bound({child, 0}); it != attempts.end(); ++it) {
    if (it->first.first != child) {
      break;
    }
    if (it->second.is_final && it->second.end) {
      const bool was_stopped = it->second.stop_requested;
      return it->second.end->outcome == Outcome::Succeeded && !was_stopped ? JobState::Succeeded
                                                                           : JobState::Failed;
    }
  }
  return std::nullopt;
}

const Attempt* JobRows::find(const AttemptKey& key) const {
  const auto found = attempts.find({key.job.child, key.number});
  return found == attempts.end() ? nullptr : &found->second;
}

const Attempt* JobRows::latest(std::int32_t child) const {
  const auto after = attempts.lower_bound({child + 1, 0});
  const bool has_any = after != attempts.begin() && std::prev(after)->first.first == child;
  return has_any ? &std::prev(after)->second : nullptr;
}

AttemptNumber JobRows::attempts_before(std::int32_t child) const {
  AttemptNumber before = 0;
  for (auto it = attempts.lower_bound({child, 0}); it != attempts.end() && it->first.first == child;
       ++it) {
    before = it->second.is_rerun ? it->first.second : before;
  }
  return before;
}

Resources JobRows::request_of(const AttemptKey& key) const {
  Resources request = job.spec->container_of(key.job.child).request;
  for (auto it = attempts.lower_bound({key.job.child, 0});
       it != attempts.end() && it->first < std::pair(key.job.child, key.number); ++it) {
    request.memory_mib = memory_after(*job.spec, request.memory_mib, it->second);
  }
  return request;
}

void Disk::commit(const std::vector<Change>& changes, std::vector<std::string>& problems) {
  problems_ = &problems;
  for (const Change& change : changes) {
    std::visit([this](const auto& row) { put(row); }, change);
  }
  problems_ = nullptr;
}

void Disk::must(bool condition, const std::string& problem) {
  if (!condition) {
    problems_->push_back(problem);
  }
}

JobRows* Disk::rows_of(JobId job, const char* what) {
  const auto found = jobs_.find(job);
  must(found != jobs_.end() && !found->second.is_forgotten,
       std::string(what) + " of a job that is not on disk");
  return found == jobs_.end() ? nullptr : &found->second;
}

void Disk::put(const EnvironmentPut& change) {
  environments_[change.environment.name] = change.environment;
}

void Disk::put(const EnvironmentGone& change) {
  environments_.erase(change.name);
}

void Disk::put(const QueuePut& change) {
  queues_[change.queue.name] = change.queue;
}

void Disk::put(const QueueGone& change) {
  queues_.erase(change.name);
}

void Disk::put(const DefinitionPut& change) {
  definitions_[{change.definition.name, change.definition.revision}] = change.definition;
}

void Disk::put(const EntryPut& change) {
  catalogue_[change.entry.key] = change.entry;
}

void Disk::put(const EntryGone& change) {
  catalogue_.erase(change.key);
}

void Disk::put(const ShareUsed& change) {
  must(queues_.contains(change.share.queue), "a share of no queue");
  shares_[change.share] = change;
}

void Disk::put(const ShareForgotten& change) {
  shares_.erase(change.share);
}

void Disk::put(const JobNoted& change) {
  if (const JobRows* rows = rows_of(change.note.job.job, "JobNoted")) {
    must(!is_terminal(rows->job.state), "a note of a job that had ended");
  }
}

void Disk::put(const JobForgotten& change) {
  const JobId id = change.what.job;
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) {
    must(false, "a job was forgotten that is not on disk");
    return;
  }
  JobRows& rows = found->second;
  must(is_terminal(rows.job.state), "a job was forgotten before its end");
  must(id != jobs_.rbegin()->first, "the newest job was forgotten: its number would come again");
  must(rows.is_forgotten == (change.what.step == ForgettingStep::Gone),
       "a job is hidden first, and then gone");
  rows.is_forgotten = true;
  rows.is_gone = change.what.step == ForgettingStep::Gone;
  for (const auto& [other, of] : jobs_) {
    const auto& depends_on = of.job.spec->depends_on;
    must(is_terminal(of.job.state) ||
             std::none_of(depends_on.begin(), depends_on.end(),
                          [&](const Dependency& on) { return on.job == change.what.uuid; }),
         "a job was forgotten that job " + std::to_string(other.value) + " depends on");
  }
}

std::vector<Forgetting> Disk::expired(WallTime ended_before) const {
  std::vector<Forgetting> found;
  for (const auto& [id, rows] : jobs_) {
    const Job& job = rows.job;
    if (job.stopped_at && *job.stopped_at < ended_before && !rows.is_gone) {
      const ForgettingStep step = rows.is_forgotten ? ForgettingStep::Gone : ForgettingStep::Hidden;
      found.push_back({id, job.uuid, *job.stopped_at, step});
    }
  }
  return found;
}

void Disk::put(const JobTagged& change) {
  const auto found = by_uuid_.find(change.job);
  if (found != by_uuid_.end()) {
    JobRows& rows = jobs_.at(found->second);
    JobSpec spec = *rows.job.spec;
    change_tags(spec.tags, change.change);
    rows.job.spec = std::make_shared<const JobSpec>(std::move(spec));
  }
}

void Disk::put(const JobAdded& change) {
  must(change.job.spec != nullptr, "a job was added without its spec");
  const bool is_new = jobs_.try_emplace(change.job.id, JobRows{.job = change.job}).second;
  must(is_new, "job " + std::to_string(change.job.id.value) + " was added twice");
  must(by_uuid_.try_emplace(change.job.uuid, change.job.id).second, "a job's uuid is used twice");
}

void Disk::put(const JobMoved& change) {
  if (JobRows* rows = rows_of(change.job.id, "JobMoved")) {
    const std::string name = "job " + std::to_string(change.job.id.value);
    must(!is_terminal(rows->job.state) || rows->job.state == change.job.state,
         name + " left its terminal state");
    must(is_terminal(change.job.state) == change.job.stopped_at.has_value(),
         name + " has a stop time exactly when it has ended");
    auto spec = rows->job.spec;
    rows->job = change.job;
    rows->job.spec = std::move(spec);
  }
}

void Disk::put(const JobReopened& change) {
  if (JobRows* rows = rows_of(change.job.id, "JobReopened")) {
    must(is_terminal(rows->job.state), "an array was reopened before its end");
    must(change.job.spec != nullptr, "an array was reopened without its spec");
    rows->job = change.job;
    rows->is_retired = false;
  }
}

void Disk::put(const ChildrenRerun& change) {
  JobRows* rows = rows_of(change.job, "ChildrenRerun");
  if (rows == nullptr) {
    return;
  }
  for (std::int32_t child = change.first; child <= change.last; ++child) {
    must(rows->end_of_child(child) == JobState::Failed,
         "child " + to_text(JobKey{change.job, child}) + " is run again and had not failed");
    if (const Attempt* latest = rows->latest(child)) {
      Attempt& attempt = rows->attempts.at({child, latest->key.number});
      attempt.is_final = false;
      attempt.is_rerun = true;
    }
  }
  std::vector<ChildrenEnded> left;
  for (const ChildrenEnded& run : rows->ended) {
    if (run.last < change.first || run.first > change.last) {
      left.push_back(run);
      continue;
    }
    ChildrenEnded part = run;
    part.last = change.first - 1;
    if (part.first <= part.last) {
      left.push_back(part);
    }
    part = run;
    part.first = change.last + 1;
    if (part.first <= part.last) {
      left.push_back(part);
    }
  }
  rows->ended = std::move(left);
}

void Disk::put(const ChildrenEnded& change) {
  if (JobRows* rows = rows_of(change.job, "ChildrenEnded")) {
    for (std::int32_t child = change.first; child <= change.last; ++child) {
      must(!rows->end_of_child(child),
           "child " + to_text(JobKey{change.job, child}) + " ended a second time, as one of a run");
    }
    must(is_terminal(change.state), "ChildrenEnded in a state that is no end");
    rows->ended.push_back(change);
  }
}

void Disk::put(const ArrayCounted& change) {
  rows_of(change.job, "ArrayCounted");
}

void Disk::put(const AttemptPut& change) {
  const Attempt& attempt = change.attempt;
  JobRows* rows = rows_of(attempt.key.job.job, "AttemptPut");
  if (rows == nullptr) {
    return;
  }
  const std::string name = "attempt " + to_text(attempt.key);
  const std::int32_t child = attempt.key.job.child;
  const auto [place, is_new] = rows->attempts.try_emplace({child, attempt.key.number}, attempt);
  if (is_new) {
    const auto end = rows->end_of_child(child);
    must(!end || attempt.is_final, name + " was made after the end of its job or child");
    must(place == rows->attempts.begin() || std::prev(place)->first.first != child ||
             std::prev(place)->second.state == AttemptState::Ended,
         name + " was made while the one before it had not ended");
    must(attempt.key.number <= rows->attempts_before(child) +
                                   static_cast<AttemptNumber>(rows->job.spec->retry.attempts),
         name + " is more than the retry strategy allows");
  } else {
    const Attempt& before = place->second;
    must(before.token == attempt.token && before.agent == attempt.agent,
         name + " changed its token or agent");
    must(before.state != AttemptState::Ended ||
             (attempt.state == AttemptState::Ended && before.end == attempt.end),
         name + " changed after its end");
    const bool is_put_back =
        before.state == AttemptState::Starting && attempt.state == AttemptState::Ahead;
    must(before.state <= attempt.state || is_put_back, name + " went back to an earlier state");
    place->second = attempt;
  }
  must((attempt.state == AttemptState::Ended) == attempt.end.has_value(),
       name + " has an end exactly when it has ended");
  if (attempt.end) {
    live_.erase(attempt.key);
  } else {
    live_.insert(attempt.key);
  }
}

void Disk::put(const AttemptGone& change) {
  if (JobRows* rows = rows_of(change.key.job.job, "AttemptGone")) {
    const Attempt* attempt = rows->find(change.key);
    const std::string name = "attempt " + to_text(change.key);
    must(attempt != nullptr, name + " was taken back but is not there");
    must(attempt == nullptr || attempt->state == AttemptState::Ahead ||
             attempt->state == AttemptState::Starting,
         name + " was taken back after it began");
    rows->attempts.erase({change.key.job.child, change.key.number});
    live_.erase(change.key);
  }
}

void Disk::put(const AgentPut& change) {
  agents_[change.agent.id] = change.agent;
}

void Disk::put(const SessionGranted& change) {
  must(session_ < change.session, "sessions must only grow (F2)");
  session_ = change.session;
}

void Disk::put(const JobRetired& change) {
  if (JobRows* rows = rows_of(change.job, "JobRetired")) {
    must(is_terminal(rows->job.state), "a job was retired before its end");
    rows->is_retired = true;
  }
}

std::vector<Change> Disk::load() const {
  std::vector<Change> changes;
  for (const auto& [name, environment] : environments_) {
    changes.emplace_back(EnvironmentPut{environment});
  }
  for (const auto& [name, queue] : queues_) {
    changes.emplace_back(QueuePut{queue});
  }
  for (const auto& [name, definition] : definitions_) {
    changes.emplace_back(DefinitionPut{definition});
  }
  for (const auto& [key, entry] : catalogue_) {
    changes.emplace_back(EntryPut{entry});
  }
  for (const auto& [id, agent] : agents_) {
    changes.emplace_back(AgentPut{agent});
  }
  for (const auto& [key, used] : shares_) {
    changes.emplace_back(used);
  }
  if (!session_.is_none()) {
    changes.emplace_back(SessionGranted{session_});
  }
  if (!jobs_.empty() && is_terminal(jobs_.rbegin()->second.job.state)) {
    changes.emplace_back(JobRetired{jobs_.rbegin()->first});  // Its number is not given again.
  }
  std::set<JobId> wanted;
  for (const auto& [id, rows] : jobs_) {
    if (!is_terminal(rows.job.state)) {
      wanted.insert(id);
      for (const Dependency& dependency : rows.job.spec->depends_on) {
        const JobRows* other = find(dependency.job);
        if (other != nullptr && !other->is_forgotten && binds(rows.job, other->job)) {
          wanted.insert(other->job.id);
        }
      }
    }
  }
  for (const JobId id : wanted) {
    const JobRows& rows = jobs_.at(id);
    changes.emplace_back(JobAdded{rows.job});
    changes.insert(changes.end(), rows.ended.begin(), rows.ended.end());
    for (const auto& [key, attempt] : rows.attempts) {
      changes.emplace_back(AttemptPut{attempt});
    }
  }
  return changes;
}

const JobRows* Disk::find(JobId job) const {
  const auto found = jobs_.find(job);
  return found == jobs_.end() ? nullptr : &found->second;
}

const JobRows* Disk::find(const Uuid& uuid) const {
  const auto found = by_uuid_.find(uuid);
  return found == by_uuid_.end() ? nullptr : find(found->second);
}

const Attempt* Disk::find(const AttemptKey& key) const {
  const JobRows* rows = find(key.job.job);
  return rows == nullptr ? nullptr : rows->find(key);
}

std::optional<EndedArray> Disk::ended_array(const Uuid& uuid) const {
  const JobRows* rows = find(uuid);
  if (rows == nullptr || rows->is_forgotten || !is_terminal(rows->job.state)) {
    return std::nullopt;
  }
  Array children(rows->job.spec->array_size);
  for (std::int32_t child = 0; child < children.size(); ++child) {
    if (const Attempt* latest = rows->latest(child)) {
      children.count_attempt(child, static_cast<std::uint8_t>(latest->key.number));
    }
    const bool has_succeeded = rows->end_of_child(child) == JobState::Succeeded;
    children.move(child, has_succeeded ? ChildState::Succeeded : ChildState::Failed);
  }
  return EndedArray{rows->job, std::make_shared<const Array>(std::move(children))};
}

std::optional<JobState> Disk::state_of(const Uuid& uuid, std::int32_t child) const {
  const JobRows* rows = find(uuid);
  if (rows == nullptr || rows->is_forgotten) {
    return std::nullopt;
  }
  if (child == kNoChild) {
    return rows->job.state;
  }
  if (child < 0 || child >= rows->job.spec->array_size) {
    return std::nullopt;
  }
  return rows->end_of_child(child).value_or(JobState::Runnable);
}

}  // namespace dray::sim
