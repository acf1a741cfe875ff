#include "scheduler/core/state.h"

#include <algorithm>
#include <limits>

#include "model/check.h"

namespace dray {

Dependent dependent_of(const Job& job, std::uint32_t place) {
  const Dependency& on = job.spec->depends_on[place];
  return {on.type == DependencyType::NToN ? Dependent::kEachChild : on.child, job.id, place};
}

const JobEntry* State::find_job(JobId id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

const JobEntry* State::find_job(const Uuid& uuid) const {
  const auto found = job_ids_.find(uuid);
  return found == job_ids_.end() ? nullptr : find_job(found->second);
}

const AgentEntry* State::find_agent(AgentId id) const {
  const auto found = agents_.find(id);
  return found == agents_.end() ? nullptr : &found->second;
}

const AgentEntry* State::find_agent(const std::string& name) const {
  const auto found = agent_ids_.find(name);
  return found == agent_ids_.end() ? nullptr : find_agent(found->second);
}

const AgentEntry* State::find_agent(SessionId session) const {
  const auto found = sessions_.find(session);
  const AgentEntry* entry = found == sessions_.end() ? nullptr : find_agent(found->second);
  return entry != nullptr && entry->link.is_connected ? entry : nullptr;
}

bool State::is_needed(const Uuid& job) const {
  return job_ids_.contains(job) || named_only_.contains(job);
}

const LiveAttempt* State::find_attempt(const JobKey& job) const {
  const auto found = attempts_.find(job);
  return found == attempts_.end() ? nullptr : &found->second;
}

JobState State::state_of(const JobEntry& entry, std::int32_t child) const {
  return child == kNoChild ? entry.job.state : as_job_state(entry.array->state(child));
}

std::int64_t State::consumable_left(const std::string& name) const {
  const auto entry = catalogue_.find({ResourceKind::ConsumableResource, name});
  if (entry == catalogue_.end()) {
    return 0;
  }
  const auto used = consumables_in_use_.find(name);
  const std::int64_t in_use = used == consumables_in_use_.end() ? 0 : used->second;
  return std::max<std::int64_t>(0, entry->second.stock->total - in_use);
}

const RequestClass& State::class_of(const JobEntry& entry) const {
  return classes_.at(entry.request_class);
}

bool binds(const Job& dependent, const Job& needed) {
  return dependent.reopened_after.is_none() && needed.reopened_after < dependent.id;
}

std::uint64_t JobEntry::places() const {
  if (job.is_held) {
    return 0;
  }
  if (job.limits.running_max == 0) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  const auto most = static_cast<std::uint32_t>(job.limits.running_max);
  return most > active ? most - active : 0;
}

bool JobEntry::has_failed_enough() const {
  if (!has_children() || job.limits.failed_max == 0) {
    return false;
  }
  const std::uint32_t failed = array->counts()[static_cast<std::size_t>(JobState::Failed)];
  return failed >= job.limits.failed_before + static_cast<std::uint32_t>(job.limits.failed_max);
}

ClassId State::class_id_of(const JobEntry& entry, std::int32_t child) {
  const auto grown = entry.grown.find(child);
  return grown == entry.grown.end() ? entry.request_class : grown->second.request_class;
}

const RequestClass& State::class_of(const JobEntry& entry, std::int32_t child) const {
  return classes_.at(class_id_of(entry, child));
}

std::uint64_t State::in_line(const JobEntry& entry) const {
  const auto& lines = class_of(entry).waiting;
  const auto line = lines.find(entry.job.id);
  return (line == lines.end() ? 0 : line->second.count()) + entry.grown_in_line.count();
}

Resources State::request_of(const JobEntry& entry, std::int32_t child) {
  Resources request = entry.job.spec->container_of(child).request;
  if (const auto grown = entry.grown.find(child); grown != entry.grown.end()) {
    request.memory_mib = grown->second.memory_mib;
  }
  return request;
}

AgentLink& State::link(AgentId agent) {
  return agents_.at(agent).link;
}

void State::forget_retractions(AgentId agent) {
  for (const auto& [order, key] : agents_.at(agent).ahead) {
    attempts_.at(key).is_retracting = false;
  }
  for (const JobKey& key : agents_.at(agent).live) {
    attempts_.at(key).is_retracting = false;  // Main nodes that were called back.
  }
}

void State::mark_retracting(const JobKey& job) {
  attempts_.at(job).is_retracting = true;
}

void State::forget_sent(JobId job, AgentId agent) {
  jobs_.at(job).sent_to.erase(agent);
}

void State::mark_sent(JobId job, AgentId agent, SessionId session) {
  jobs_.at(job).sent_to[agent] = session;
}

void State::order_ahead(AgentId agent, const std::vector<JobKey>& order) {
  AgentEntry& entry = agents_.at(agent);
  std::map<std::uint64_t, InLine> before;
  before.swap(entry.ahead);
  const auto append = [&](const JobKey& key, LiveAttempt& live) {
    live.ahead_order = ++last_ahead_order_;
    entry.ahead.emplace(live.ahead_order, InLine{key, class_id_of(jobs_.at(key.job), key.child),
                                                 jobs_.at(key.job).submitted});
  };
  std::set<JobKey> placed;
  for (const JobKey& key : order) {
    const auto live = attempts_.find(key);
    if (live != attempts_.end() && live->second.attempt.agent == agent &&
        live->second.attempt.state == AttemptState::Ahead && placed.insert(key).second) {
      append(key, live->second);
    }
  }
  for (const auto& [place, key] : before) {
    if (!placed.contains(key)) {
      append(key, attempts_.at(key));
    }
  }
}

}  // namespace dray
