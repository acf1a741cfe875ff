#include <utility>
#include <vector>

#include "scheduler/core/attempts.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/pools.h"

/// Nodes that have not begun leave an agent that drains: what it stands in line with there comes
/// back, and what is held goes to another agent of the environment. Where none has room, all of the
/// gang starts over unless its main node runs: then the node waits for room elsewhere.
namespace dray {
namespace {

/// In line there, and its agent knows of it.
void take_back_lines(Turn& turn) {
  std::vector<std::pair<AgentId, std::vector<JobKey>>> lines;
  for (const auto& [id, agent] : turn.state().agents()) {
    if (!agent.agent.is_draining || agent.ahead.empty()) {
      continue;
    }
    std::vector<JobKey> keys;
    for (const auto& [order, key] : agent.ahead) {
      const Attempt& attempt = turn.state().find_attempt(key)->attempt;
      if (turn.state().find_job(key.job)->is_gang() && !attempt.is_held &&
          !attempt.stop_requested) {
        keys.push_back(key);
      }
    }
    if (!keys.empty()) {
      lines.emplace_back(id, std::move(keys));
    }
  }
  for (const auto& [id, keys] : lines) {
    retract_attempts(turn, id, keys);
  }
}

/// The held nodes that stand on an agent that drains.
std::vector<Attempt> nodes_to_move(const State& state) {
  std::vector<Attempt> nodes;
  for (const auto& [job, count] : state.held_nodes()) {
    const auto& all = state.attempts();
    for (auto at = all.lower_bound({job, 0}); at != all.end() && at->first.job == job; ++at) {
      const Attempt& attempt = at->second.attempt;
      if (attempt.is_held && !attempt.stop_requested &&
          state.find_agent(attempt.agent)->agent.is_draining) {
        nodes.push_back(attempt);
      }
    }
  }
  return nodes;
}

Asker asker_for(const State& state, const Attempt& node) {
  const JobEntry& entry = *state.find_job(node.key.job.job);
  return {State::class_id_of(entry, node.key.job.child),
          State::request_of(entry, node.key.job.child)};
}

/// Nobody has heard of the node: it is placed anew, and still held.
void move_node(Turn& turn, Attempt node, AgentId agent) {
  turn.put(AttemptGone{node.key});
  node.agent = agent;
  node.token = turn.next_token();
  node.state = AttemptState::Starting;
  node.ordered_at = turn.at();
  turn.put(AttemptPut{std::move(node)});
}

/// All of it again: nothing of this run has begun, as far as is known.
void start_over(Turn& turn, const LiveAttempt& main) {
  const AgentEntry& agent = *turn.state().find_agent(main.attempt.agent);
  if (!main.is_retracting && agent.link.is_connected) {
    const AttemptKey key = main.attempt.key;
    turn.order(agent.agent.id, RetractAttempts{agent.agent.session, {key}});
    turn.volatile_state().mark_retracting(key.job);
  }
}

}  // namespace

void leave_draining_agents(Turn& turn) {
  take_back_lines(turn);
  const std::vector<Attempt> nodes = nodes_to_move(turn.state());
  if (nodes.empty()) {
    return;
  }
  Pools pools(turn.state(), turn.now());
  for (const Attempt& node : nodes) {
    const JobEntry& entry = *turn.state().find_job(node.key.job.job);
    const LiveAttempt* main = turn.state().find_attempt({entry.job.id, entry.job.spec->main_node});
    Pool* pool = pools.find(turn.state().find_agent(node.agent)->agent.environment);
    const Asker asker = asker_for(turn.state(), node);
    const auto index = pool == nullptr ? std::nullopt : pools.find_open(*pool, asker);
    if (index) {
      move_node(turn, node, pools.room(*index).entry->agent.id);
      pools.use(*pool, *index, asker, 1);
    } else if (main != nullptr && main->attempt.state != AttemptState::Running) {
      start_over(turn, *main);
    }
  }
}

}  // namespace dray
