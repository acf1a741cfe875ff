#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {
namespace {

ChildState child_state(AttemptState state) {
  switch (state) {
    case AttemptState::Ahead:
      return ChildState::Ahead;
    case AttemptState::Starting:
      return ChildState::Starting;
    case AttemptState::Running:
      return ChildState::Running;
    case AttemptState::Ended:
      break;
  }
  check_failed("a live attempt", __FILE__, __LINE__);
}

bool has_succeeded(const Attempt& attempt) {
  return attempt.end->outcome == Outcome::Succeeded && !attempt.stop_requested;
}

}  // namespace

void Applier::operator()(const AttemptPut& change) {
  const Attempt& attempt = change.attempt;
  const JobKey& key = attempt.key.job;
  JobEntry& entry = entry_of(key.job);
  CHECK(key.is_child() == entry.array.has_value());
  vacate(key);
  if (attempt.state == AttemptState::Ended) {
    end_attempt(entry, attempt);
    return;
  }
  occupy(attempt);
  if (key.is_child()) {
    move_child(entry, key.child, child_state(attempt.state));
  } else {
    refresh_waiting(entry);
  }
}

void Applier::operator()(const AttemptGone& change) {
  const JobKey& key = change.key.job;
  const LiveAttempt* live = state_.find_attempt(key);
  CHECK(live != nullptr && live->attempt.key == change.key);
  vacate(key);
  state_.attempts_.erase(key);
  JobEntry& entry = entry_of(key.job);
  if (key.is_child()) {
    move_child(entry, key.child, ChildState::Runnable);
  } else {
    refresh_waiting(entry);
  }
}

void Applier::end_attempt(JobEntry& entry, const Attempt& attempt) {
  const JobKey& key = attempt.key.job;
  CHECK(attempt.end.has_value());
  state_.attempts_.erase(key);
  if (!attempt.is_final && attempt.end->outcome == Outcome::OutOfMemory) {
    grow(entry, key.child);
  }
  if (!key.is_child()) {
    refresh_waiting(entry);
    return;
  }
  entry.array->count_attempt(key.child, static_cast<std::uint8_t>(attempt.key.number));
  if (is_terminal(entry.array->state(key.child))) {
    return;  // Recovery: it ended later without an attempt, and that was told first.
  }
  if (!attempt.is_final) {
    move_child(entry, key.child, ChildState::Runnable);
  } else {
    move_child(entry, key.child,
               has_succeeded(attempt) ? ChildState::Succeeded : ChildState::Failed);
  }
}

void Applier::occupy(const Attempt& attempt) {
  const JobKey& key = attempt.key.job;
  const auto agent = state_.agents_.find(attempt.agent);
  CHECK(agent != state_.agents_.end());
  LiveAttempt& live = state_.attempts_[key];
  live.attempt = attempt;
  if (attempt.state == AttemptState::Ahead) {
    if (live.ahead_order == 0) {
      live.ahead_order = ++state_.last_ahead_order_;
    }
    agent->second.ahead.emplace(live.ahead_order, key);
    ++agent->second.ahead_by_class[State::class_id_of(entry_of(key.job), key.child)];
  } else {
    live.is_retracting = false;
    agent->second.live.insert(key);
    agent->second.reserved += State::request_of(entry_of(key.job), key.child);
  }
}

/// Takes what the attempt occupies now from its agent; its order among those given ahead stays.
void Applier::vacate(const JobKey& key) {
  const auto found = state_.attempts_.find(key);
  if (found == state_.attempts_.end()) {
    return;
  }
  const LiveAttempt& live = found->second;
  AgentEntry& agent = state_.agents_.at(live.attempt.agent);
  if (live.attempt.state == AttemptState::Ahead) {
    agent.ahead.erase(live.ahead_order);
    const auto by_class =
        agent.ahead_by_class.find(State::class_id_of(entry_of(key.job), key.child));
    CHECK(by_class != agent.ahead_by_class.end());
    if (--by_class->second == 0) {
      agent.ahead_by_class.erase(by_class);
    }
  } else {
    agent.live.erase(key);
    agent.reserved -= State::request_of(entry_of(key.job), key.child);
  }
}

}  // namespace dray
