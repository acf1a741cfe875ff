#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "scheduler/core/attempts.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/placement.h"
#include "scheduler/core/start_orders.h"
#include "scheduler/core/time_limits.h"
#include "scheduler/core/turn.h"

namespace dray {
namespace {

using Orders = std::map<AgentId, StartAttempts>;

/// The spec of an array goes before the first start that names it, once a session.
void send_spec(Turn& turn, const JobEntry& entry, const AgentEntry& agent, StartAttempts& order) {
  const auto sent = entry.sent_to.find(agent.agent.id);
  if (entry.array && sent != entry.sent_to.end() && sent->second == agent.agent.session) {
    return;
  }
  order.jobs.push_back(job_to_run(turn.state(), entry, agent));
  turn.volatile_state().mark_sent(entry.job.id, agent.agent.id, agent.agent.session);
}

/// The agent's order as it is by now leaves, and the next begins anew.
void flush(Turn& turn, AgentId agent, Orders& orders) {
  const auto order = orders.find(agent);
  if (order != orders.end()) {
    turn.order(agent, std::move(order->second));
    orders.erase(order);
  }
}

/// The spec with the memory that this child asks for by now.
std::shared_ptr<const JobSpec> grown_spec(const JobEntry& entry, std::int32_t child) {
  JobSpec spec = *entry.job.spec;
  spec.container.request = State::request_of(entry, child);
  return std::make_shared<const JobSpec>(std::move(spec));
}

/// A job or a run of children gets attempts on that agent: rows now, the order after the commit
/// (F1).
void start(Turn& turn, const Placement& placement, Orders& orders) {
  const JobRun& run = placement.jobs;
  const JobEntry& entry = *turn.state().find_job(run.job);
  const AgentEntry& agent = *turn.state().find_agent(placement.agent);
  // Those that ask for more memory have an order of their own, whose spec says so; an array's usual
  // spec comes again before the next start that names it.
  const bool has_grown = entry.grown.contains(run.first);
  if (has_grown) {
    flush(turn, placement.agent, orders);
    turn.volatile_state().forget_sent(run.job, placement.agent);
  }
  StartAttempts& order = orders[placement.agent];
  order.session = agent.agent.session;
  send_spec(turn, entry, agent, order);
  if (has_grown) {
    order.jobs.back().spec = grown_spec(entry, run.first);
  }
  for (std::int32_t child = run.first; child <= run.last; ++child) {
    Attempt attempt;
    const AttemptNumber made = entry.array ? entry.array->attempts(child) : entry.job.attempts_made;
    attempt.key = {{run.job, child}, made + 1};
    attempt.token = turn.next_token();
    attempt.agent = placement.agent;
    attempt.state = placement.is_ahead ? AttemptState::Ahead : AttemptState::Starting;
    attempt.ordered_at = turn.at();
    order.starts.push_back({attempt.key, attempt.token, placement.is_ahead});
    turn.put(AttemptPut{std::move(attempt)});
    if (!entry.array && !placement.is_ahead) {
      Job job = entry.job;
      job.state = JobState::Starting;
      turn.put(JobMoved{std::move(job)});
    }
  }
  if (has_grown) {
    flush(turn, placement.agent, orders);
    turn.volatile_state().forget_sent(run.job, placement.agent);
  }
}

void place(Turn& turn) {
  Plan plan = plan_placements(turn.state(), turn.now());
  turn.volatile_state().reservations = std::move(plan.reservations);
  for (const auto& [agent, keys] : plan.retractions) {
    retract_attempts(turn, agent, keys);
  }
  Orders orders;
  for (const Placement& placement : plan.placements) {
    const JobRun& run = placement.jobs;
    if (turn.state().find_job(run.job)->is_gang()) {
      start_node(turn, {run.job, run.first}, placement.agent);
    } else {
      start(turn, placement, orders);
    }
  }
  for (auto& [agent, order] : orders) {
    turn.order(agent, std::move(order));
  }
}

void count_arrays(Turn& turn) {
  const std::set<JobId> uncounted = turn.state().uncounted_arrays();
  for (const JobId id : uncounted) {
    const JobEntry& entry = *turn.state().find_job(id);
    turn.put(ArrayCounted{id, entry.array->counts(), turn.at()});
  }
}

}  // namespace

/// Ends every batch: drop what is overdue, start what can start, say when to look again.
void take(Turn& turn, const Ticked&) {
  turn.volatile_state().invocations.forget_old(turn.now());
  expire_leases(turn);
  settle(turn);
  leave_draining_agents(turn);
  order_held_nodes(turn);
  place(turn);
  enforce_time_limits(turn);
  count_arrays(turn);
  wake_for_leases(turn);
}

}  // namespace dray
