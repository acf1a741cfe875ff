#include "scheduler/core/state.h"

#include <algorithm>

#include "model/check.h"

namespace dray {

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

AgentLink& State::link(AgentId agent) {
  return agents_.at(agent).link;
}

void State::forget_retractions(AgentId agent) {
  for (const auto& [order, key] : agents_.at(agent).ahead) {
    attempts_.at(key).is_retracting = false;
  }
}

void State::mark_retracting(const JobKey& job) {
  attempts_.at(job).is_retracting = true;
}

void State::mark_sent(JobId job, AgentId agent, SessionId session) {
  jobs_.at(job).sent_to[agent] = session;
}

void State::order_ahead(AgentId agent, const std::vector<JobKey>& order) {
  AgentEntry& entry = agents_.at(agent);
  std::map<std::uint64_t, JobKey> before;
  before.swap(entry.ahead);
  const auto append = [&](const JobKey& key, LiveAttempt& live) {
    live.ahead_order = ++last_ahead_order_;
    entry.ahead.emplace(live.ahead_order, key);
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
