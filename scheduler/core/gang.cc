#include "scheduler/core/gang.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/texts.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/start_orders.h"
#include "scheduler/core/stops.h"
#include "scheduler/core/used_up.h"

namespace dray {
namespace {

/// Attempts of the job's nodes that have not ended.
std::vector<Attempt> live_nodes(const State& state, JobId job) {
  std::vector<Attempt> nodes;
  const auto& all = state.attempts();
  for (auto at = all.lower_bound({job, 0}); at != all.end() && at->first.job == job; ++at) {
    nodes.push_back(at->second.attempt);
  }
  return nodes;
}

JobKey main_of(const JobEntry& entry) {
  return {entry.job.id, entry.job.spec->main_node};
}

/// When no node lives any more: the job ends as its main node did, or runs again.
void end_when_over(Turn& turn, JobId id) {
  if (!live_nodes(turn.state(), id).empty()) {
    return;
  }
  const JobEntry& entry = *turn.state().find_job(id);
  const ChildState main = entry.array->state(entry.job.spec->main_node);
  Job job = entry.job;
  if (is_terminal(main)) {
    job.state = main == ChildState::Succeeded ? JobState::Succeeded : JobState::Failed;
  } else if (job.is_cancelled || job.is_terminated) {
    job.state = JobState::Failed;
  } else {
    job.state = JobState::Runnable;
    job.status_reason.clear();
  }
  if (is_terminal(job.state)) {
    job.stopped_at = turn.at();
  }
  if (job.started_at) {  // Its main node had begun in this run.
    use_up_consumables(turn, *entry.job.spec);
  }
  const JobState state = job.state;
  turn.put(JobMoved{std::move(job)});
  if (is_terminal(state)) {
    turn.note_ended({.job = id, .has_succeeded = state == JobState::Succeeded});
  }
}

/// A node can never come, and the main node has not begun, as far as is known: all of it again.
void call_back_main(Turn& turn, const LiveAttempt& main) {
  const AgentEntry& agent = *turn.state().find_agent(main.attempt.agent);
  if (agent.link.is_connected) {
    turn.order(agent.agent.id, RetractAttempts{agent.agent.session, {main.attempt.key}});
  }
}

/// An agent that has become too small for the node would give it back for ever. From one that
/// drains it moves to another.
bool may_come_again(const State& state, const JobEntry& entry, const Attempt& attempt) {
  const Resources& request = entry.job.spec->container_of(attempt.key.job.child).request;
  const AgentEntry& agent = *state.find_agent(attempt.agent);
  return agent.agent.is_draining || request.fits_in(agent.whole());
}

/// The main node never began: nothing of this run has.
void withdraw_main(Turn& turn, const Attempt& attempt) {
  const JobId id = attempt.key.job.job;
  drop_held_nodes(turn, id);
  const JobEntry& entry = *turn.state().find_job(id);
  if (attempt.stop_requested || entry.job.is_terminated) {
    const std::string reason =
        attempt.stop_requested ? attempt.stop_reason : entry.job.status_reason;
    fail_job(turn, id, {.reason = reason, .is_terminated = true});
    return;
  }
  Job job = entry.job;
  job.state = JobState::Runnable;
  turn.put(JobMoved{std::move(job)});
}

}  // namespace

bool is_main_node(const JobEntry& entry, const JobKey& key) {
  return entry.is_gang() && key.child == entry.job.spec->main_node;
}

void start_node(Turn& turn, const JobKey& key, AgentId agent_id) {
  const JobEntry& entry = *turn.state().find_job(key.job);
  const AgentEntry& agent = *turn.state().find_agent(agent_id);
  const bool is_main = is_main_node(entry, key);
  Attempt attempt;
  attempt.key = {key, entry.array->attempts(entry.job.spec->main_node) + 1U};
  attempt.token = turn.next_token();
  attempt.agent = agent_id;
  attempt.ordered_at = turn.at();
  attempt.is_held = !is_main;
  const StartAttempt start{attempt.key, attempt.token, false};
  turn.put(AttemptPut{std::move(attempt)});
  if (is_main) {
    turn.order(agent_id,
               StartAttempts{agent.agent.session,
                             {NodeOrders(turn.state(), entry).node_to_run(agent, key.child, {})},
                             {start}});
    Job job = entry.job;
    job.state = JobState::Starting;
    turn.put(JobMoved{std::move(job)});
  }
}

void order_held_nodes(Turn& turn) {
  const std::map<JobId, std::uint32_t> held = turn.state().held_nodes();
  for (const auto& [id, count] : held) {
    const JobEntry& entry = *turn.state().find_job(id);
    const LiveAttempt* main = turn.state().find_attempt(main_of(entry));
    if (main == nullptr || main->attempt.state != AttemptState::Running) {
      continue;
    }
    const std::string address = turn.state().find_agent(main->attempt.agent)->link.address;
    const NodeOrders orders(turn.state(), entry);
    for (Attempt& attempt : live_nodes(turn.state(), id)) {
      const AgentEntry& agent = *turn.state().find_agent(attempt.agent);
      if (!attempt.is_held || address.empty() || !agent.link.is_connected) {
        continue;  // After a restart: until the agents have said hello.
      }
      if (attempt.state == AttemptState::Ahead && agent.agent.is_draining) {
        continue;  // It gives back what stands in line there.
      }
      attempt.is_held = false;
      attempt.ordered_at = turn.at();
      const bool is_ahead = attempt.state == AttemptState::Ahead;
      turn.order(agent.agent.id,
                 StartAttempts{agent.agent.session,
                               {orders.node_to_run(agent, attempt.key.job.child, address)},
                               {{attempt.key, attempt.token, is_ahead}}});
      turn.put(AttemptPut{std::move(attempt)});
    }
  }
}

void call_back_incomplete(Turn& turn, const AgentEntry& agent) {
  for (const JobKey& key : keys_of(agent)) {
    const JobEntry& entry = *turn.state().find_job(key.job);
    const LiveAttempt& live = *turn.state().find_attempt(key);
    if (is_main_node(entry, key) && live.attempt.state != AttemptState::Running &&
        live_nodes(turn.state(), key.job).size() < static_cast<std::size_t>(entry.array->size())) {
      call_back_main(turn, live);
    }
  }
}

void drop_held_nodes(Turn& turn, JobId job) {
  for (const Attempt& attempt : live_nodes(turn.state(), job)) {
    if (attempt.is_held) {
      turn.put(AttemptGone{attempt.key});
    }
  }
}

void conclude_node(Turn& turn, Attempt attempt) {
  const JobKey key = attempt.key.job;
  const JobEntry& entry = *turn.state().find_job(key.job);
  attempt.is_held = false;
  if (is_main_node(entry, key)) {
    Job job = entry.job;
    job.attempts_made = attempt.key.number;
    job.started_at = attempt.started_at;
    job.status_reason = attempt.is_final ? attempt.end->status_reason : std::string();
    turn.put(AttemptPut{std::move(attempt)});
    turn.put(JobMoved{std::move(job)});
    drop_held_nodes(turn, key.job);
    const std::int32_t last = turn.state().find_job(key.job)->array->size() - 1;
    stop_attempts(turn, key.job, 0, last, {std::string(texts::kMainNodeEnded), true});
  } else {
    const LiveAttempt* main = turn.state().find_attempt(main_of(entry));
    if (main != nullptr && main->attempt.state != AttemptState::Running) {
      turn.put(AttemptGone{attempt.key});  // It was held: nobody knows of it.
      call_back_main(turn, *main);
    } else {
      attempt.is_final = false;
      turn.put(AttemptPut{std::move(attempt)});
    }
  }
  end_when_over(turn, key.job);
}

void withdraw_node(Turn& turn, const Attempt& attempt) {
  const JobId id = attempt.key.job.job;
  turn.put(AttemptGone{attempt.key});
  const JobEntry& entry = *turn.state().find_job(id);
  if (is_main_node(entry, attempt.key.job)) {
    withdraw_main(turn, attempt);
    return;
  }
  if (turn.state().find_attempt(main_of(entry)) == nullptr) {
    end_when_over(turn, id);
  } else if (!attempt.stop_requested && may_come_again(turn.state(), entry, attempt)) {
    Attempt again = attempt;  // The order was lost on its way: once more.
    again.token = turn.next_token();
    again.is_held = true;
    turn.put(AttemptPut{std::move(again)});
  }
}

}  // namespace dray
