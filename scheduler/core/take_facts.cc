#include <variant>

#include "scheduler/core/attempts.h"
#include "scheduler/core/turn.h"

namespace dray {
namespace {

/// F8: only the current attempt, by number and token, of the agent that was given it.
bool is_current(const Turn& turn, const AgentEntry& agent, const AttemptKey& key,
                const AttemptToken& token) {
  const LiveAttempt* live = turn.state().find_attempt(key.job);
  return live != nullptr && live->attempt.key == key && live->attempt.token == token &&
         live->attempt.agent == agent.agent.id;
}

}  // namespace

/// Facts of another session than the agent's present one are dropped (F2). Every end is
/// acknowledged, also one that is not taken: it will never matter (F8).
void take(Turn& turn, const AgentToldFacts& event) {
  const AgentEntry* agent = turn.state().find_agent(event.facts.session);
  if (agent == nullptr) {
    return;
  }
  const AgentId id = agent->agent.id;
  turn.volatile_state().link(id).last_heard = turn.now();
  AcknowledgeEnds acknowledge{event.facts.session, {}};
  for (const auto& fact : event.facts.facts) {
    if (const auto* began = std::get_if<AttemptBegan>(&fact)) {
      if (is_current(turn, *agent, began->key, began->token)) {
        begin_attempt(turn, began->key.job, began->age);
      }
      continue;
    }
    const auto& finished = std::get<AttemptFinished>(fact);
    acknowledge.attempts.push_back(finished.key);
    if (is_current(turn, *agent, finished.key, finished.token)) {
      turn.volatile_state().link(id).pace.note_end(turn.now());
      finish_attempt(turn, finished.key.job, finished);
      shrink_further(turn, id);
      promote_ahead(turn, id);
    }
  }
  if (!acknowledge.attempts.empty()) {
    turn.order(id, std::move(acknowledge));
  }
}

}  // namespace dray
