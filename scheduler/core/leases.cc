#include "scheduler/core/leases.h"

#include <string>

#include "model/texts.h"
#include "scheduler/core/attempts.h"

namespace dray {

bool is_silent(const State& state, const AgentEntry& entry, Instant now) {
  return !entry.link.is_connected || !entry.link.last_heard ||
         now - *entry.link.last_heard > state.settings().silent_after;
}

bool may_be_given(const State& state, const AgentEntry& entry, Instant now) {
  return !entry.agent.is_draining && !is_silent(state, entry, now);
}

std::vector<JobKey> keys_of(const AgentEntry& entry) {
  std::vector<JobKey> keys(entry.live.begin(), entry.live.end());
  for (const auto& [order, key] : entry.ahead) {
    keys.push_back(key);
  }
  return keys;
}

void renew_lease(Turn& turn, AgentId agent) {
  const Settings& settings = turn.state().settings();
  AgentLink& link = turn.volatile_state().link(agent);
  link.last_heard = turn.now();
  link.pace.look(turn.now());
  link.lease_end = turn.now() + settings.lease + settings.lease_margin;
}

void expire_leases(Turn& turn) {
  std::vector<AgentId> over;
  for (const auto& [id, entry] : turn.state().agents()) {
    if (entry.link.lease_end <= turn.now() && (entry.link.is_connected || entry.has_attempts())) {
      over.push_back(id);
    }
  }
  for (const AgentId id : over) {
    const AgentEntry& entry = *turn.state().find_agent(id);
    turn.volatile_state().link(id).is_connected = false;
    const std::string reason =
        std::string(texts::kHostLostPrefix) + " (agent " + entry.agent.name + ") terminated.";
    for (const JobKey& key : keys_of(entry)) {
      if (turn.state().find_attempt(key) != nullptr) {  // A node goes with its main node.
        lose_attempt(turn, key, reason);
      }
    }
  }
}

void wake_for_leases(Turn& turn) {
  for (const auto& [id, entry] : turn.state().agents()) {
    if (entry.link.is_connected || entry.has_attempts()) {
      turn.wake_at(entry.link.lease_end);
    }
  }
}

}  // namespace dray
