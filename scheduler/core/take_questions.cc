#include <map>
#include <string>
#include <utility>

#include "scheduler/core/blocked.h"
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
      explanations.jobs.push_back(explain(turn.state(), *entry, child, {turn.now(), turn.at()}));
    }
  }
  turn.reply(std::move(explanations));
}

/// Classes are asked once each: a page of ListJobs has a thousand jobs and few classes.
void take(Turn& turn, const WaitReasonsAsked& event) {
  const State& state = turn.state();
  WaitReasons reasons;
  std::map<ClassId, std::string> by_class;
  for (const auto& [uuid, child] : event.jobs) {
    const JobEntry* entry = state.find_job(uuid);
    if (entry == nullptr || entry->request_class.is_none()) {
      continue;
    }
    const ClassId id = State::class_id_of(*entry, child);
    const RequestClass& request_class = state.classes().at(id);
    const auto waiting = request_class.waiting.find(entry->job.id);
    if (waiting == request_class.waiting.end() || !waiting->second.has(child)) {
      continue;
    }
    const auto [text, is_new] = by_class.try_emplace(id);
    if (const auto reason = is_new ? why_blocked(state, request_class, turn.now()) : std::nullopt) {
      text->second = blocked_text(state, request_class, *reason);
    }
    if (!text->second.empty()) {
      reasons.jobs.emplace_back(JobKey{entry->job.id, child}, text->second);
    }
  }
  turn.reply(std::move(reasons));
}

void take(Turn& turn, const ConsumablesAsked&) {
  turn.reply(ConsumablesInUse{turn.state().consumables_in_use()});
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
                              .job = name_of_job(entry.job, key.child),
                              .name = entry.job.spec->name,
                              .queue = entry.job.spec->queue,
                              .state = attempt.state,
                              .started_at = attempt.started_at,
                              .request = request});
  }
  turn.reply(std::move(found));
}

}  // namespace dray
