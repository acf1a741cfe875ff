#include <algorithm>
#include <iterator>
#include <memory>
#include <variant>

#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {
namespace {
bool is_active(ChildState state) {
  return !is_waiting(state) && !is_terminal(state);
}
}  // namespace

void apply(State& state, const Change& change, Instant now) {
  std::visit(Applier(state, now), change);
}

void Applier::operator()(const EnvironmentPut& change) {
  state_.environments_[change.environment.name] = change.environment;
}

void Applier::operator()(const EnvironmentGone& change) {
  state_.environments_.erase(change.name);
}

void Applier::operator()(const QueuePut& change) {
  JobQueue& queue = state_.queues_[change.queue.name];
  const bool has_other_names = queue.limits.by_name != change.queue.limits.by_name;
  queue = change.queue;
  if (has_other_names) {
    sort_classes(queue.name);
  }
}

void Applier::operator()(const QueueGone& change) {
  state_.queues_.erase(change.name);
}

void Applier::operator()(const DefinitionPut& change) {
  const JobDefinition& definition = change.definition;
  state_.definitions_[definition.name][definition.revision] = definition;
}

void Applier::operator()(const AgentPut& change) {
  const Agent& agent = change.agent;
  const auto [found, is_new] = state_.agents_.try_emplace(agent.id);
  AgentEntry& entry = found->second;
  if (is_new) {
    // A restart of the scheduler restarts all leases (F5).
    entry.link.lease_end = now_ + state_.settings_.lease + state_.settings_.lease_margin;
  }
  state_.sessions_.erase(entry.agent.session);
  state_.sessions_[agent.session] = agent.id;
  state_.agent_ids_[agent.name] = agent.id;
  entry.agent = agent;
}

void Applier::operator()(const SessionGranted& change) {
  state_.last_session_ = std::max(state_.last_session_, change.session);
}

void Applier::operator()(const AccessKeyPut& change) {
  state_.access_keys_[change.key.id] = change.key;
}

void Applier::operator()(const AccessKeyGone& change) {
  state_.access_keys_.erase(change.id);
}

void Applier::operator()(const InvocationKept& change) {
  state_.invocations.keep(change.invocation.key, {change.invocation.body, change.uuid, change.name},
                          now_);
}

void Applier::operator()(const EntryPut& change) {
  state_.catalogue_[change.entry.key] = change.entry;
}

void Applier::operator()(const EntryGone& change) {
  state_.catalogue_.erase(change.key);
}

void Applier::operator()(const JobTagged& change) {
  JobEntry* entry = find(change.job);
  if (entry != nullptr) {
    JobSpec spec = *entry->job.spec;
    change_tags(spec.tags, change.change);
    entry->job.spec = std::make_shared<const JobSpec>(std::move(spec));
  }
}

JobEntry& Applier::entry_of(JobId id) {
  const auto found = state_.jobs_.find(id);
  CHECK(found != state_.jobs_.end());
  return found->second;
}

JobEntry* Applier::find(const Uuid& uuid) {
  const auto found = state_.job_ids_.find(uuid);
  return found == state_.job_ids_.end() ? nullptr : &state_.jobs_.at(found->second);
}

void Applier::operator()(const JobAdded& change) {
  const Job& job = change.job;
  CHECK(job.spec != nullptr);
  const auto [found, is_new] = state_.jobs_.try_emplace(job.id);
  CHECK(is_new);
  state_.last_job_ = std::max(state_.last_job_, job.id);
  state_.job_ids_[job.uuid] = job.id;
  JobEntry& entry = found->second;
  entry.job = job;
  // Ages of different lives of the scheduler are of different clocks.
  entry.submitted = now_ - change.age;
  if (found != state_.jobs_.begin()) {
    entry.submitted = std::max(entry.submitted, std::prev(found)->second.submitted);
  }
  if (job.spec->child_count() > 0) {
    entry.array.emplace(job.spec->child_count());
  }
  if (is_terminal(job.state)) {
    return;
  }
  if (entry.has_children()) {
    state_.uncounted_arrays_.insert(job.id);
  }
  join_class(entry);
  depend(entry);
  if (entry.has_children()) {
    release(entry, 0, entry.array->size() - 1);
  } else {
    refresh_waiting(entry);
  }
}

void Applier::operator()(const JobMoved& change) {
  JobEntry& entry = entry_of(change.job.id);
  const bool had_ended = is_terminal(entry.job.state);
  const ChildRuns were_held = std::move(entry.job.held_children);
  const bool has_other_priority = entry.job.priority != change.job.priority;
  std::shared_ptr<const JobSpec> spec = std::move(entry.job.spec);
  entry.job = change.job;
  entry.job.spec = std::move(spec);
  if (has_other_priority && !entry.request_class.is_none()) {
    change_class(entry);
  }
  if (had_ended || !is_terminal(entry.job.state)) {
    if (!entry.has_children() && !had_ended) {
      refresh_waiting(entry);
    }
    if (entry.job.held_children != were_held) {
      follow_holds(entry, were_held);
    }
    admit(entry);
    return;
  }
  if (!entry.has_children()) {
    unwait(entry, kNoChild, kNoChild);
  }
  leave_class(entry);
  undepend(entry);
  tell_end(entry, kNoChild, entry.job.state == JobState::Succeeded);
}

void Applier::operator()(const JobReopened& change) {
  const Job& job = change.job;
  CHECK(job.spec != nullptr && !is_terminal(job.state));
  JobEntry& entry = state_.jobs_[job.id];
  CHECK(entry.request_class.is_none());
  state_.job_ids_[job.uuid] = job.id;
  // Nothing is left of before: those who depended on it were told of its first end.
  if (!entry.dependents.empty()) {
    state_.named_only_[job.uuid] += static_cast<std::uint32_t>(entry.dependents.size());
  }
  entry = JobEntry{};
  entry.job = job;
  const auto younger = state_.jobs_.upper_bound(job.id);
  entry.submitted =
      younger == state_.jobs_.end() ? now_ : std::min(now_, younger->second.submitted);
  entry.array = *change.children;
  state_.uncounted_arrays_.insert(job.id);
  join_class(entry);
  depend(entry);
}

void Applier::operator()(const ChildrenRerun& change) {
  JobEntry& entry = entry_of(change.job);
  for (std::int32_t child = change.first; child <= change.last; ++child) {
    entry.array->revive(child);
  }
  state_.uncounted_arrays_.insert(entry.job.id);
  release(entry, change.first, change.last);
}

void Applier::operator()(const JobRetired& change) {
  state_.last_job_ = std::max(state_.last_job_, change.job);
  const auto found = state_.jobs_.find(change.job);
  if (found == state_.jobs_.end()) {
    return;
  }
  const JobEntry& entry = found->second;
  CHECK(is_terminal(entry.job.state) && entry.dependents.empty());
  state_.job_ids_.erase(entry.job.uuid);
  state_.uncounted_arrays_.erase(change.job);
  state_.jobs_.erase(found);
}

void Applier::operator()(const ChildrenEnded& change) {
  JobEntry& entry = entry_of(change.job);
  CHECK(is_terminal(change.state));
  const bool has_succeeded = change.state == JobState::Succeeded;
  unwait(entry, change.first, change.last);
  for (std::int32_t child = change.first; child <= change.last; ++child) {
    move_child(entry, child, has_succeeded ? ChildState::Succeeded : ChildState::Failed);
  }
}

void Applier::operator()(const ArrayCounted& change) {
  state_.uncounted_arrays_.erase(change.job);
}

void Applier::refresh_waiting(JobEntry& entry) {
  const bool waits = entry.job.state == JobState::Runnable && !entry.job.is_held &&
                     !state_.attempts_.contains({entry.job.id, kNoChild});
  if (waits) {
    wait(entry, kNoChild, kNoChild);
  } else {
    unwait(entry, kNoChild, kNoChild);
  }
}

void Applier::move_child(JobEntry& entry, std::int32_t child, ChildState to) {
  const ChildState from = entry.array->state(child);
  if (from == to) {
    return;
  }
  entry.array->move(child, to);
  if (entry.is_gang()) {
    return;  // Its nodes neither wait nor are waited for one by one.
  }
  if (!is_terminal(entry.job.state)) {
    state_.uncounted_arrays_.insert(entry.job.id);
  }
  entry.active += is_active(to) ? 1U : 0U;
  entry.active -= is_active(from) ? 1U : 0U;
  if (from == ChildState::Runnable) {
    unwait(entry, child, child);
  }
  if (to == ChildState::Runnable) {
    wait(entry, child, child);
  }
  admit(entry);
  if (is_terminal(to)) {
    shrink(entry, child);
    tell_end(entry, child, to == ChildState::Succeeded);
  }
}

}  // namespace dray
