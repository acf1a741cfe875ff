#include <utility>

#include "scheduler/core/explain.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/turn.h"

namespace dray {
namespace {

AgentView::State standing(const State& state, const AgentEntry& entry, Instant now) {
  if (!entry.link.is_connected) {
    return AgentView::State::Disconnected;
  }
  if (is_silent(state, entry, now)) {
    return AgentView::State::Silent;
  }
  return entry.agent.is_draining ? AgentView::State::Draining : AgentView::State::Ready;
}

}  // namespace

void take(Turn& turn, const ExplanationAsked& event) {
  Explanations explanations;
  for (const auto& [uuid, child] : event.jobs) {
    const JobEntry* entry = turn.state().find_job(uuid);
    const bool has_child =
        entry != nullptr && entry->array && child >= 0 && child < entry->array->size();
    if (entry != nullptr && (child == kNoChild || has_child)) {
      explanations.jobs.push_back(explain(turn.state(), *entry, child, turn.now()));
    }
  }
  turn.reply(std::move(explanations));
}

void take(Turn& turn, const AgentsAsked&) {
  Agents agents;
  for (const auto& [id, entry] : turn.state().agents()) {
    AgentView view{.agent = entry.agent,
                   .state = standing(turn.state(), entry, turn.now()),
                   .reserved = entry.reserved,
                   .attempts_live = static_cast<std::uint32_t>(entry.live.size()),
                   .attempts_ahead = static_cast<std::uint32_t>(entry.ahead.size())};
    if (entry.link.last_heard) {
      view.silent_for = turn.now() - *entry.link.last_heard;
    }
    agents.agents.push_back(std::move(view));
  }
  turn.reply(std::move(agents));
}

void take(Turn& turn, const AgentAttemptsAsked& event) {
  const AgentEntry* agent = turn.state().find_agent(event.name);
  if (agent == nullptr) {
    turn.refuse(ErrorCode::NotFound, "There is no agent of this name: " + event.name + ".");
    return;
  }
  AgentAttempts found;
  for (const JobKey& key : agent->live) {
    const Attempt& attempt = turn.state().find_attempt(key)->attempt;
    const JobEntry& entry = *turn.state().find_job(key.job);
    const Resources request = State::request_of(entry, key.child);
    found.attempts.push_back({.key = attempt.key,
                              .uuid = entry.job.uuid,
                              .name = entry.job.spec->name,
                              .queue = entry.job.spec->queue,
                              .state = attempt.state,
                              .started_at = attempt.started_at,
                              .request = request});
  }
  turn.reply(std::move(found));
}

}  // namespace dray
