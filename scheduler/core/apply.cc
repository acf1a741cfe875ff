#include <algorithm>
#include <memory>
#include <variant>

#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {

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
  state_.queues_[change.queue.name] = change.queue;
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
  if (job.spec->is_array()) {
    entry.array.emplace(job.spec->array_size);
  }
  if (is_terminal(job.state)) {
    return;
  }
  if (entry.array) {
    state_.uncounted_arrays_.insert(job.id);
  }
  join_class(entry);
  depend(entry);
  if (entry.array) {
    release(entry, 0, entry.array->size() - 1);
  } else {
    refresh_waiting(entry);
  }
}

void Applier::operator()(const JobMoved& change) {
  JobEntry& entry = entry_of(change.job.id);
  const bool had_ended = is_terminal(entry.job.state);
  std::shared_ptr<const JobSpec> spec = std::move(entry.job.spec);
  entry.job = change.job;
  entry.job.spec = std::move(spec);
  if (had_ended || !is_terminal(entry.job.state)) {
    if (!entry.array && !had_ended) {
      refresh_waiting(entry);
    }
    return;
  }
  if (!entry.array) {
    unwait(entry, kNoChild, kNoChild);
  }
  leave_class(entry);
  undepend(entry);
  if (entry.job.state == JobState::Succeeded) {
    tell_success(entry, kNoChild);
  }
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
  for (std::int32_t child = change.first; child <= change.last; ++child) {
    move_child(entry, child, has_succeeded ? ChildState::Succeeded : ChildState::Failed);
  }
}

void Applier::operator()(const ArrayCounted& change) {
  state_.uncounted_arrays_.erase(change.job);
}

void Applier::join_class(JobEntry& entry) {
  entry.request_class = join({entry.job.spec->queue, entry.job.spec->container.request});
}

ClassId Applier::join(const ClassKey& key) {
  const auto [found, is_new] = state_.class_ids_.try_emplace(key);
  if (is_new) {
    found->second = ClassId{++state_.last_class_.value};
    state_.classes_[found->second].key = key;
  }
  ++state_.classes_.at(found->second).jobs;
  return found->second;
}

void Applier::leave_class(JobEntry& entry) {
  leave(entry.request_class, entry.job.id);
  entry.request_class = {};
  for (const auto& [child, grown] : entry.grown) {
    leave(grown.request_class, entry.job.id);
  }
  entry.grown.clear();
}

void Applier::leave(ClassId id, JobId job) {
  RequestClass& request_class = state_.classes_.at(id);
  if (--request_class.jobs == 0) {
    CHECK(!request_class.waiting.contains(job));
    state_.class_ids_.erase(request_class.key);
    state_.classes_.erase(id);
  }
}

void Applier::grow(JobEntry& entry, std::int32_t child) {
  if (entry.request_class.is_none()) {
    return;  // Recovery replays an ended job's attempts.
  }
  const Resources before = State::request_of(entry, child);
  Resources request = before;
  request.memory_mib = grown_memory(entry.job.spec->retry, before.memory_mib);
  if (request == before) {
    return;
  }
  const ClassId old = State::class_id_of(entry, child);
  const auto waiting = state_.classes_.at(old).waiting.find(entry.job.id);
  const bool waits =
      waiting != state_.classes_.at(old).waiting.end() && waiting->second.has(child);
  if (waits) {
    unwait(entry, child, child);
  }
  const ClassId fresh = join({state_.classes_.at(old).key.queue, request});
  const auto [grown, is_first] = entry.grown.try_emplace(child);
  if (!is_first) {
    leave(old, entry.job.id);
  }
  grown->second = {request.memory_mib, fresh};
  if (waits) {
    wait(entry, child, child);
  }
}

/// Those that ask for more wait in classes of their own.
void Applier::wait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;  // Recovery replays an ended job's attempts: it waits for nothing.
  }
  auto grown = entry.grown.lower_bound(first);
  for (; grown != entry.grown.end() && grown->first <= last; ++grown) {
    if (first < grown->first) {
      wait_in(entry.request_class, entry.job.id, first, grown->first - 1);
    }
    wait_in(grown->second.request_class, entry.job.id, grown->first, grown->first);
    first = grown->first + 1;
  }
  if (first <= last) {
    wait_in(entry.request_class, entry.job.id, first, last);
  }
}

void Applier::unwait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;
  }
  unwait_in(entry.request_class, entry.job.id, first, last);
  for (auto grown = entry.grown.lower_bound(first);
       grown != entry.grown.end() && grown->first <= last; ++grown) {
    unwait_in(grown->second.request_class, entry.job.id, grown->first, grown->first);
  }
}

void Applier::wait_in(ClassId id, JobId job, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(id);
  ChildSet& waiting = request_class.waiting[job];
  request_class.waiting_count -= waiting.count();
  waiting.add(first, last);
  request_class.waiting_count += waiting.count();
}

void Applier::unwait_in(ClassId id, JobId job, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(id);
  const auto waiting = request_class.waiting.find(job);
  if (waiting == request_class.waiting.end()) {
    return;
  }
  request_class.waiting_count -= waiting->second.count();
  waiting->second.remove(first, last);
  request_class.waiting_count += waiting->second.count();
  if (waiting->second.is_empty()) {
    request_class.waiting.erase(waiting);
  }
}

void Applier::refresh_waiting(JobEntry& entry) {
  const bool waits =
      entry.job.state == JobState::Runnable && !state_.attempts_.contains({entry.job.id, kNoChild});
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
  if (!is_terminal(entry.job.state)) {
    state_.uncounted_arrays_.insert(entry.job.id);
  }
  if (from == ChildState::Runnable) {
    unwait(entry, child, child);
  }
  if (to == ChildState::Runnable) {
    wait(entry, child, child);
  }
  if (to == ChildState::Succeeded) {
    tell_success(entry, child);
  }
}

}  // namespace dray
