#include <algorithm>
#include <memory>
#include <variant>

#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {
namespace {
/// More than there are children of any array.
constexpr std::uint64_t kJobsMax = 1'000'000'000;

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
  std::shared_ptr<const JobSpec> spec = std::move(entry.job.spec);
  entry.job = change.job;
  entry.job.spec = std::move(spec);
  if (had_ended || !is_terminal(entry.job.state)) {
    if (!entry.has_children() && !had_ended) {
      refresh_waiting(entry);
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

void Applier::join_class(JobEntry& entry) {
  join_share(*entry.job.spec);
  put_into_class(entry);
}

void Applier::put_into_class(JobEntry& entry) {
  const JobSpec& spec = *entry.job.spec;
  const bool is_fair = !spec.share_identifier.empty();
  ClassKey key{.queue = spec.queue,
               .request = spec.container.request,
               .share = spec.share_identifier,
               .priority = is_fair ? spec.scheduling_priority : 0};
  for (const ConsumableNeed& need : spec.consumables) {
    key.consumables[need.name] += need.quantity;
  }
  for (const NodeRange& range : spec.nodes) {
    key.nodes.push_back({range.last - range.first + 1, range.container.request});
  }
  const auto queue = state_.queues_.find(spec.queue);
  if (queue != state_.queues_.end() && queue->second.limits.by_name.contains(spec.name)) {
    key.limited_name = spec.name;
  }
  const auto [found, is_new] = state_.class_ids_.try_emplace(key);
  if (is_new) {
    found->second = ClassId{++state_.last_class_.value};
    state_.classes_[found->second].key = key;
  }
  entry.request_class = found->second;
  ++state_.classes_.at(found->second).jobs;
}

/// Jobs whose name has got a limit, or lost it, go into another class with all that is theirs.
void Applier::sort_classes(const std::string& queue) {
  for (auto& [id, entry] : state_.jobs_) {
    if (entry.request_class.is_none() || entry.job.spec->queue != queue) {
      continue;
    }
    const ClassId before = entry.request_class;
    RequestClass& old = state_.classes_.at(before);
    put_into_class(entry);
    RequestClass& now = state_.classes_.at(entry.request_class);
    if (auto line = old.waiting.extract(id)) {
      old.waiting_count -= line.mapped().count();
      now.waiting_count += line.mapped().count();
      now.waiting.insert(std::move(line));
    }
    std::uint32_t active = 0;
    for (auto at = state_.attempts_.lower_bound({id, kNoChild});
         at != state_.attempts_.end() && at->first.job == id; ++at) {
      active = entry.is_gang() ? 1 : active + 1;
      if (at->second.attempt.state == AttemptState::Ahead) {
        auto& by_class = state_.agents_.at(at->second.attempt.agent).ahead_by_class;
        if (--by_class.at(before) == 0) {
          by_class.erase(before);
        }
        ++by_class[entry.request_class];
      }
    }
    old.active -= active;
    now.active += active;
    drop_from_class(before);
  }
}

void Applier::drop_from_class(ClassId id) {
  RequestClass& request_class = state_.classes_.at(id);
  if (--request_class.jobs == 0) {
    state_.class_ids_.erase(request_class.key);
    state_.classes_.erase(id);
  }
}

void Applier::leave_class(JobEntry& entry) {
  const RequestClass& request_class = state_.classes_.at(entry.request_class);
  CHECK(!request_class.waiting.contains(entry.job.id));
  leave_share({request_class.key.queue, request_class.key.share});
  drop_from_class(entry.request_class);
  entry.request_class = {};
}

void Applier::wait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;  // Recovery replays an ended job's attempts: it waits for nothing.
  }
  if (!entry.kept_back.is_empty() && entry.kept_back.front() < first) {
    entry.kept_back.add(first, last);
  } else {
    stand_in_line(entry, first, last);
  }
  admit(entry);
}

void Applier::unwait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;
  }
  entry.kept_back.remove(first, last);
  leave_line(entry, first, last);
}

void Applier::admit(JobEntry& entry) {
  const std::uint64_t places = entry.places();
  const bool is_free = entry.kept_back.is_empty() && places >= kJobsMax;
  if (!entry.has_children() || entry.request_class.is_none() || is_free) {
    return;
  }
  const auto& lines = state_.classes_.at(entry.request_class).waiting;
  const auto in_line = [&] {
    const auto line = lines.find(entry.job.id);
    return line == lines.end() ? nullptr : &line->second;
  };
  for (const ChildSet* line = in_line(); line != nullptr && line->count() > places;
       line = in_line()) {
    const auto [first, last] = *line->runs().rbegin();
    const auto more = static_cast<std::int64_t>(std::min(line->count() - places, kJobsMax));
    const auto from = static_cast<std::int32_t>(std::max<std::int64_t>(first, last - more + 1));
    leave_line(entry, from, last);
    entry.kept_back.add(from, last);
  }
  for (std::uint64_t standing = in_line() == nullptr ? 0 : in_line()->count();
       standing < places && !entry.kept_back.is_empty(); standing = in_line()->count()) {
    const auto [first, last] = *entry.kept_back.runs().begin();
    const auto left = static_cast<std::int64_t>(std::min(places - standing, kJobsMax));
    const auto to = static_cast<std::int32_t>(std::min<std::int64_t>(last, first + left - 1));
    entry.kept_back.remove(first, to);
    stand_in_line(entry, first, to);
  }
}

void Applier::stand_in_line(JobEntry& entry, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(entry.request_class);
  ChildSet& waiting = request_class.waiting[entry.job.id];
  request_class.waiting_count -= waiting.count();
  waiting.add(first, last);
  request_class.waiting_count += waiting.count();
}

void Applier::leave_line(JobEntry& entry, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(entry.request_class);
  const auto waiting = request_class.waiting.find(entry.job.id);
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
    tell_end(entry, child, to == ChildState::Succeeded);
  }
}

}  // namespace dray
