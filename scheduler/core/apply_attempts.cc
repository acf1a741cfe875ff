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

/// Of a child without an attempt. A node waits with its gang, not by itself.
ChildState waiting_state(const JobEntry& entry) {
  return entry.is_gang() ? ChildState::Pending : ChildState::Runnable;
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
    const LiveAttempt* live = state_.find_attempt(key);  // Recovery tells of ends alone.
    const std::optional<Instant> began = live == nullptr ? std::nullopt : live->began;
    end_attempt(entry, attempt);
    const bool is_whole = !entry.is_gang() || key.child == entry.job.spec->main_node;
    if (began && is_whole && has_succeeded(attempt) && !entry.request_class.is_none()) {
      learn_run_time(entry, now_ - *began);
    }
    return;
  }
  occupy(attempt);
  if (LiveAttempt& live = state_.attempts_.at(key);
      attempt.state == AttemptState::Running && !live.began) {
    live.began = now_ - change.age;
  }
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
    move_child(entry, key.child, waiting_state(entry));
  } else {
    refresh_waiting(entry);
  }
}

/// The jobs of a definition that wait already keep what was known when they came; the others of
/// this array learn with it.
void Applier::learn_run_time(JobEntry& entry, Duration run) {
  state_.run_times.note(entry.job.spec->definition, run);
  change_class(entry);
}

void Applier::end_attempt(JobEntry& entry, const Attempt& attempt) {
  const JobKey& key = attempt.key.job;
  CHECK(attempt.end.has_value());
  state_.attempts_.erase(key);
  if (!key.is_child()) {
    grow(entry, attempt);
    refresh_waiting(entry);
    return;
  }
  entry.array->count_attempt(key.child, static_cast<std::uint8_t>(attempt.key.number));
  if (is_terminal(entry.array->state(key.child))) {
    return;  // Recovery: it ended later without an attempt, and that was told first.
  }
  if (attempt.is_rerun) {
    // Recovery: it waits again for whatever a new child would wait for.
    entry.array->count_from(key.child, static_cast<std::uint8_t>(attempt.key.number));
    move_child(entry, key.child, ChildState::Pending);
    shrink(entry, key.child);
    release(entry, key.child, key.child);
  } else if (!attempt.is_final) {
    grow(entry, attempt);
    move_child(entry, key.child, waiting_state(entry));
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
  book_consumables(*entry_of(key.job).job.spec, key, 1);
  count_held(attempt, true);
  count_active(key, true);
  if (attempt.state == AttemptState::Ahead) {
    if (live.ahead_order == 0) {
      live.ahead_order = ++state_.last_ahead_order_;
    }
    const ClassId request_class = State::class_id_of(entry_of(key.job), key.child);
    agent->second.ahead.emplace(live.ahead_order,
                                InLine{key, request_class, entry_of(key.job).submitted});
    ++agent->second.ahead_by_class[request_class];
  } else {
    live.is_retracting = false;
    agent->second.live.insert(key);
    const JobEntry& entry = entry_of(key.job);
    const Resources request = State::request_of(entry, key.child);
    agent->second.reserved += request;
    if (ShareEntry* share = share_of(*entry.job.spec); share != nullptr) {
      share->held += request;
    }
  }
}

void Applier::count_held(const Attempt& attempt, bool is_new) {
  if (!attempt.is_held) {
    return;
  }
  std::uint32_t& count = state_.held_nodes_[attempt.key.job.job];
  if (is_new) {
    ++count;
  } else if (--count == 0) {
    state_.held_nodes_.erase(attempt.key.job.job);
  }
}

/// A gang is there as a whole from its first attempt to its last.
bool Applier::is_another_node_there(const JobKey& key) const {
  for (auto at = state_.attempts_.lower_bound({key.job, 0});
       at != state_.attempts_.end() && at->first.job == key.job; ++at) {
    if (at->first != key) {
      return true;
    }
  }
  return false;
}

void Applier::count_active(const JobKey& key, bool is_new) {
  const JobEntry& entry = entry_of(key.job);
  if (entry.is_gang() && is_another_node_there(key)) {
    return;
  }
  std::uint32_t& active = state_.classes_.at(State::class_id_of(entry, key.child)).active;
  is_new ? ++active : --active;
}

/// Also of what is put back in line: it keeps what it holds until it ends or is withdrawn. What all
/// nodes of a gang take is booked once, from its first attempt to the death of its last node.
void Applier::book_consumables(const JobSpec& spec, const JobKey& key, std::int64_t sign) {
  if (spec.consumables.empty() || (spec.is_multi_node() && is_another_node_there(key))) {
    return;
  }
  for (const ConsumableNeed& need : spec.consumables) {
    std::int64_t& in_use = state_.consumables_in_use_[need.name];
    in_use += sign * need.quantity;
    CHECK(in_use >= 0);
    if (in_use == 0) {
      state_.consumables_in_use_.erase(need.name);
    }
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
  book_consumables(*entry_of(key.job).job.spec, key, -1);
  count_held(live.attempt, false);
  count_active(key, false);
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
    const JobEntry& entry = entry_of(key.job);
    const Resources request = State::request_of(entry, key.child);
    agent.reserved -= request;
    if (ShareEntry* share = share_of(*entry.job.spec); share != nullptr) {
      share->held -= request;
    }
  }
}

}  // namespace dray
