#include "scheduler/core/older_jobs.h"

#include <algorithm>

#include "scheduler/core/sentences.h"
#include "scheduler/core/shares.h"

namespace dray {

OlderJobs::OlderJobs(const State& state, const JobEntry& entry, const Explanation& out, Instant now)
    : state_(state),
      own_class_(state.class_of(entry, out.key.child)),
      own_class_id_(State::class_id_of(entry, out.key.child)),
      now_(now),
      own_(standing_of(state, own_class_, out.key, now)),
      position_(out.position),
      runs_left_(state) {
  const auto queue = state.queues().find(own_class_.key.queue);
  is_strict_ = queue != state.queues().end() && queue->second.order == DispatchOrder::FifoStrict;
  const bool is_limited = runs_left_.is_used_up(own_class_);
  for (const auto& [id, other] : state.classes()) {
    // Those that wait for the limits that it waits for itself come before it too.
    const bool may_run =
        !runs_left_.is_used_up(other) || (is_limited && other.key.queue == own_class_.key.queue);
    if (other.waiting.empty() || !is_before(other)) {
      continue;
    }
    is_behind_in_queue_ |= is_strict_ && other.key.queue == own_class_.key.queue;
    if (may_run && may_start(other)) {
      classes_.push_back(&other);
    }
  }
  for (const auto& [id, agent] : state.agents()) {
    for (const auto& [ahead, count] : agent.ahead_by_class) {
      is_behind_in_queue_ |=
          is_strict_ && state.classes().at(ahead).key.queue == own_class_.key.queue;
    }
  }
  if (entry.kept_back.has(out.key.child) && entry.kept_back.count_below(out.key.child) > 0) {
    classes_.push_back(&own_class_);  // Siblings come to stand in line before it.
  }
}

/// In a fair-share queue the order is not one of age: only the position tells.
bool OlderJobs::is_before(const RequestClass& other) const {
  if (is_fair(own_class_) && other.key.queue == own_class_.key.queue) {
    return position_ != 1;
  }
  return standing_of(state_, other, other.head(), now_) < own_;
}

/// What lacks a consumable resource lets others pass, unless they lack the same.
bool OlderJobs::may_start(const RequestClass& other) const {
  return std::all_of(other.key.consumables.begin(), other.key.consumables.end(),
                     [this](const auto& need) {
                       return need.second <= state_.consumable_left(need.first) ||
                              own_class_.key.consumables.contains(need.first);
                     });
}

/// Nodes of gangs that leave an agent which drains are placed before all that waits.
bool OlderJobs::are_moving(const std::string& environment) const {
  for (const auto& [job, count] : state_.held_nodes()) {
    const auto& all = state_.attempts();
    for (auto at = all.lower_bound({job, 0}); at != all.end() && at->first.job == job; ++at) {
      const Agent& agent = state_.find_agent(at->second.attempt.agent)->agent;
      if (at->second.attempt.is_held && agent.is_draining && agent.environment == environment) {
        return true;
      }
    }
  }
  return false;
}

/// Where something else than that agent's room may run short too, an older job that starts on
/// another agent takes it.
bool OlderJobs::share_more(const RequestClass& other, const std::string& environment) const {
  const auto found = state_.environments().find(environment);
  const bool has_cap = found != state_.environments().end() && found->second.vcpus_max;
  const bool is_limited = other.key.queue == own_class_.key.queue && runs_left_.of(other);
  const auto& needs = other.key.consumables;
  return has_cap || is_limited || std::any_of(needs.begin(), needs.end(), [this](const auto& need) {
           return own_class_.key.consumables.contains(need.first);
         });
}

bool OlderJobs::compete_for(const std::string& environment, const Resources& whole) const {
  const auto fits = [](const RequestClass& other, const Resources& room) {
    const auto& nodes = other.key.nodes;
    return nodes.empty() ? other.key.request.fits_in(room)
                         : std::any_of(nodes.begin(), nodes.end(), [&](const NodeShape& shape) {
                             return shape.request.fits_in(room);
                           });
  };
  const auto fits_somewhere = [&](const RequestClass& other) {
    return std::any_of(state_.agents().begin(), state_.agents().end(), [&](const auto& agent) {
      return agent.second.agent.environment == environment && fits(other, agent.second.whole());
    });
  };
  return is_behind_in_queue_ || are_moving(environment) ||
         std::any_of(classes_.begin(), classes_.end(), [&](const RequestClass* other) {
           const auto queue = state_.queues().find(other->key.queue);
           if (queue == state_.queues().end()) {
             return false;
           }
           const auto& names = queue->second.environments;
           return std::find(names.begin(), names.end(), environment) != names.end() &&
                  (fits(*other, whole) ||
                   (share_more(*other, environment) && fits_somewhere(*other)));
         });
}

bool OlderJobs::keep(const AgentEntry& agent) const {
  const auto kept = state_.reservations.find(agent.agent.environment);
  return kept != state_.reservations.end() && kept->second.request_class != own_class_id_ &&
         (kept->second.is_of_all() || kept->second.agent == agent.agent.id ||
          kept->second.gang_agents.contains(agent.agent.id));
}

std::string OlderJobs::text() const {
  if (count() == 1 && classes_.size() == 1 && !classes_.front()->waiting.empty()) {
    const JobKey head = classes_.front()->head();
    const Job& job = state_.find_job(head.job)->job;
    return job.spec->queue == own_class_.key.queue
               ? "job " + job_text(job, head.child) + " before it"
               : "the job of another queue before it";
  }
  return count() == 0   ? "the jobs before it"
         : count() == 1 ? "the job before it"
                        : "the " + counted(count(), "job") + " before it";
}

}  // namespace dray
