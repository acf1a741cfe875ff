#include "scheduler/core/state.h"

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

bool State::is_needed(const Uuid& job) const {
  return job_ids_.contains(job) || named_on_disk_.contains(job);
}

const LiveAttempt* State::find_attempt(const JobKey& job) const {
  const auto found = attempts_.find(job);
  return found == attempts_.end() ? nullptr : &found->second;
}

JobState State::state_of(const JobEntry& entry, std::int32_t child) const {
  return child == kNoChild ? entry.job.state : as_job_state(entry.array->state(child));
}

const RequestClass& State::class_of(const JobEntry& entry) const {
  return classes_.at(entry.request_class);
}

ClassId State::class_id_of(const JobEntry& entry, std::int32_t child) {
  const auto grown = entry.grown.find(child);
  return grown == entry.grown.end() ? entry.request_class : grown->second.request_class;
}

const RequestClass& State::class_of(const JobEntry& entry, std::int32_t child) const {
  return classes_.at(class_id_of(entry, child));
}

Resources State::request_of(const JobEntry& entry, std::int32_t child) {
  Resources request = entry.job.spec->container.request;
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
