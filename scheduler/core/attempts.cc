#include "scheduler/core/attempts.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/texts.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/take_back.h"
#include "scheduler/core/used_up.h"

namespace dray {
namespace {

constexpr std::size_t kReasonBytesMax = 255;  // AWS: container.reason

Resources request_of(const Turn& turn, const JobKey& key) {
  return State::request_of(*turn.state().find_job(key.job), key.child);
}

JobState job_state(AttemptState state) {
  switch (state) {
    case AttemptState::Ahead:
      return JobState::Runnable;
    case AttemptState::Starting:
      return JobState::Starting;
    case AttemptState::Running:
      return JobState::Running;
    case AttemptState::Ended:
      break;
  }
  check_failed("a live attempt", __FILE__, __LINE__);
}

/// Moves a live attempt, and a single job with it; children follow their attempts by themselves.
void move_attempt(Turn& turn, Attempt attempt) {
  const JobEntry& entry = *turn.state().find_job(attempt.key.job.job);
  const bool is_single = !entry.array || is_main_node(entry, attempt.key.job);
  Job job = is_single ? entry.job : Job{};
  job.state = entry.is_gang() && attempt.state == AttemptState::Ahead ? JobState::Starting
                                                                      : job_state(attempt.state);
  if (attempt.state == AttemptState::Running) {
    job.started_at = attempt.started_at;
    job.attempts_made = attempt.key.number;
  }
  turn.put(AttemptPut{std::move(attempt)});
  if (is_single) {
    turn.put(JobMoved{std::move(job)});
  }
}

/// What the agent's begun attempts hold: no order can take it back.
Resources running_on(const Turn& turn, const AgentEntry& entry) {
  Resources running;
  for (const JobKey& key : entry.live) {
    if (turn.state().find_attempt(key)->attempt.state == AttemptState::Running) {
      running += request_of(turn, key);
    }
  }
  return running;
}

/// Puts attempts that are believed to start back in line, newest first, until at most `room` is
/// reserved; what runs fits in `room`.
void reserve_at_most(Turn& turn, const AgentEntry& entry, const Resources& room) {
  std::vector<std::pair<std::uint64_t, JobKey>> starting;
  for (const JobKey& key : entry.live) {
    const LiveAttempt& live = *turn.state().find_attempt(key);
    if (live.attempt.state == AttemptState::Starting) {
      starting.emplace_back(live.ahead_order, key);
    }
  }
  std::sort(starting.begin(), starting.end());
  while (!entry.reserved.fits_in(room)) {
    CHECK(!starting.empty());
    Attempt attempt = turn.state().find_attempt(starting.back().second)->attempt;
    starting.pop_back();
    attempt.state = AttemptState::Ahead;
    move_attempt(turn, std::move(attempt));
  }
  take_back_held(turn, entry);
}

bool make_room(Turn& turn, AgentId agent, const Resources& request) {
  const AgentEntry& entry = *turn.state().find_agent(agent);
  const Resources& capacity = entry.agent.capacity;
  if (request.fits_in(entry.free())) {
    return true;
  }
  if (!(running_on(turn, entry) + request).fits_in(capacity)) {
    return false;
  }
  reserve_at_most(turn, entry, capacity - request);
  return true;
}

std::string_view status_reason_of(const Attempt& attempt) {
  switch (attempt.end->outcome) {
    case Outcome::TimedOut:
      return texts::kTimeout;
    case Outcome::LaunchFailed:
      return texts::kTaskFailedToStart;
    case Outcome::Succeeded:
    case Outcome::Failed:
    case Outcome::Killed:
    case Outcome::OutOfMemory:
    case Outcome::Lost:
    case Outcome::Stopped:
      return texts::kEssentialContainerExited;
  }
  return texts::kEssentialContainerExited;
}

void complete_texts(const Turn& turn, Attempt& attempt) {
  AttemptEnd& end = *attempt.end;
  if (attempt.stop_requested) {
    end.status_reason = attempt.stop_reason;
  } else if (end.status_reason.empty() && end.outcome == Outcome::Lost) {
    end.status_reason = std::string(texts::kHostLostPrefix) + " (agent " +
                        turn.state().find_agent(attempt.agent)->agent.name + ") terminated.";
  } else if (end.status_reason.empty()) {
    end.status_reason = status_reason_of(attempt);
  }
  if (end.outcome == Outcome::OutOfMemory && end.reason.empty()) {
    end.reason = texts::kOutOfMemory;
  }
  if (end.reason.size() > kReasonBytesMax) {
    end.reason.resize(kReasonBytesMax);
  }
}

/// A cancelled array starts nothing again, also where its children were left to run; nor does one
/// that has failed enough.
bool is_unwanted(const Attempt& attempt, const JobEntry& entry) {
  return attempt.stop_requested || entry.job.is_cancelled || entry.job.is_terminated ||
         entry.has_failed_enough();
}

/// AWS: never after cancel, terminate or timeout; else while attempts are left and the rules agree.
bool is_retried(const Attempt& attempt, const JobEntry& entry) {
  const AttemptEnd& end = *attempt.end;
  const AttemptNumber before =
      entry.has_children() ? entry.array->attempts_before(attempt.key.job.child) : AttemptNumber{0};
  const RetryStrategy& retry = entry.job.spec->retry;
  return !is_unwanted(attempt, entry) && end.outcome != Outcome::Succeeded &&
         end.outcome != Outcome::TimedOut &&
         attempt.key.number < before + static_cast<AttemptNumber>(retry.attempts) &&
         says_retry(retry, {end.exit_code, end.reason, end.status_reason});
}

/// `attempt` has ended and says how: the row, and what it means for its job or child.
void conclude(Turn& turn, Attempt attempt) {
  complete_texts(turn, attempt);
  const JobKey key = attempt.key.job;
  const JobEntry& entry = *turn.state().find_job(key.job);
  attempt.is_final = !is_retried(attempt, entry);
  const bool is_final = attempt.is_final;
  const bool is_gang = entry.is_gang();
  const bool has_succeeded = attempt.end->outcome == Outcome::Succeeded && !attempt.stop_requested;
  if (attempt.started_at && !is_gang) {  // A gang holds them until its last node is dead.
    use_up_consumables(turn, *entry.job.spec);
  }
  if (is_gang) {
    conclude_node(turn, std::move(attempt));
  } else if (!entry.array) {
    Job job = entry.job;
    job.attempts_made = attempt.key.number;
    job.started_at = attempt.started_at;
    job.state = JobState::Runnable;
    job.status_reason.clear();
    if (is_final) {
      job.state = has_succeeded ? JobState::Succeeded : JobState::Failed;
      job.stopped_at = attempt.stopped_at;
      job.status_reason = attempt.end->status_reason;
    }
    turn.put(AttemptPut{std::move(attempt)});
    turn.put(JobMoved{std::move(job)});
  } else {
    turn.put(AttemptPut{std::move(attempt)});
  }
  if (is_final && !is_gang) {
    turn.note_ended({key.job, key.child, key.child, has_succeeded});
  }
}

}  // namespace

void begin_attempt(Turn& turn, const JobKey& key, Duration age) {
  Attempt attempt = turn.state().find_attempt(key)->attempt;
  if (attempt.state == AttemptState::Running) {
    return;
  }
  if (attempt.state == AttemptState::Ahead &&
      !make_room(turn, attempt.agent, request_of(turn, key))) {
    return;
  }
  attempt.state = AttemptState::Running;
  attempt.started_at = turn.before(age);
  move_attempt(turn, std::move(attempt));
}

void finish_attempt(Turn& turn, const JobKey& key, const AttemptFinished& told) {
  Attempt attempt = turn.state().find_attempt(key)->attempt;
  const bool never_ran =
      told.was_retracted || (!told.had_begun && told.end.outcome == Outcome::Stopped);
  if (never_ran && attempt.state != AttemptState::Running) {
    withdraw_attempt(turn, key);
    return;
  }
  attempt.state = AttemptState::Ended;
  attempt.stopped_at = turn.before(told.ended_age);
  if (told.had_begun && !attempt.started_at) {
    attempt.started_at = turn.before(told.began_age);
  }
  if (told.had_begun) {
    // Beginning and end may have travelled unequally long; how long it ran, the agent's clock
    // knows.
    const std::int64_t ran_ms =
        std::chrono::ceil<std::chrono::milliseconds>(told.began_age - told.ended_age).count();
    attempt.stopped_at->epoch_ms =
        std::max(attempt.stopped_at->epoch_ms, attempt.started_at->epoch_ms + ran_ms);
  }
  attempt.end = told.end;
  conclude(turn, std::move(attempt));
}

void lose_attempt(Turn& turn, const JobKey& key, std::string_view status_reason) {
  Attempt attempt = turn.state().find_attempt(key)->attempt;
  attempt.state = AttemptState::Ended;
  attempt.stopped_at = turn.at();
  attempt.end = AttemptEnd{.outcome = Outcome::Lost, .status_reason = std::string(status_reason)};
  conclude(turn, std::move(attempt));
}

void withdraw_attempt(Turn& turn, const JobKey& key) {
  const Attempt attempt = turn.state().find_attempt(key)->attempt;
  const JobEntry& entry = *turn.state().find_job(key.job);
  if (entry.is_gang()) {
    withdraw_node(turn, attempt);
    return;
  }
  turn.put(AttemptGone{attempt.key});
  if (is_unwanted(attempt, entry)) {
    const bool is_cancelled = entry.job.is_cancelled && !entry.job.is_terminated;
    const bool is_by_user = entry.job.is_cancelled || entry.job.is_terminated ||
                            (attempt.stop_requested && !entry.has_failed_enough());
    const std::string reason =
        attempt.stop_requested ? attempt.stop_reason : entry.job.status_reason;
    const EndCause cause{.reason = reason,
                         .is_cancelled = is_by_user && is_cancelled,
                         .is_terminated = is_by_user && !is_cancelled};
    if (entry.array) {
      fail_children(turn, key.job, key.child, key.child, cause);
    } else {
      fail_job(turn, key.job, cause);
    }
  } else if (entry.job.state == JobState::Starting) {
    Job job = entry.job;
    job.state = JobState::Runnable;
    turn.put(JobMoved{std::move(job)});
  }
}

void promote_ahead(Turn& turn, AgentId agent) {
  const AgentEntry& entry = *turn.state().find_agent(agent);
  for (auto next = entry.ahead.begin(); next != entry.ahead.end();) {
    const JobKey key = next->second;
    ++next;
    const LiveAttempt& live = *turn.state().find_attempt(key);
    if (live.is_retracting || live.attempt.stop_requested || live.attempt.is_held) {
      continue;  // The agent will give it back; if it began meanwhile, it says so.
    }
    if (!request_of(turn, key).fits_in(entry.free())) {
      return;
    }
    Attempt attempt = live.attempt;
    attempt.state = AttemptState::Starting;
    move_attempt(turn, std::move(attempt));
  }
}

Resources shrink(Turn& turn, AgentId agent, const Resources& told) {
  const AgentEntry& entry = *turn.state().find_agent(agent);
  if (entry.reserved.fits_in(told)) {
    return told;
  }
  const Resources running = running_on(turn, entry);
  const Resources capacity{.milli_vcpus = std::max(told.milli_vcpus, running.milli_vcpus),
                           .memory_mib = std::max(told.memory_mib, running.memory_mib),
                           .gpus = std::max(told.gpus, running.gpus)};
  reserve_at_most(turn, entry, capacity);
  return capacity;
}

void shrink_further(Turn& turn, AgentId agent) {
  const AgentEntry& entry = *turn.state().find_agent(agent);
  if (entry.whole() == entry.agent.capacity) {
    return;
  }
  Agent smaller = entry.agent;
  smaller.capacity = shrink(turn, agent, entry.whole());
  if (smaller.capacity != entry.agent.capacity) {
    turn.put(AgentPut{std::move(smaller)});
  }
}

void retract_attempts(Turn& turn, AgentId agent, const std::vector<JobKey>& keys) {
  const AgentEntry& entry = *turn.state().find_agent(agent);
  if (!entry.link.is_connected) {
    return;
  }
  RetractAttempts order{entry.agent.session, {}};
  for (const JobKey& key : keys) {
    const LiveAttempt* live = turn.state().find_attempt(key);
    if (live != nullptr && live->attempt.state == AttemptState::Ahead && !live->is_retracting) {
      order.attempts.push_back(live->attempt.key);
      turn.volatile_state().mark_retracting(key);
    }
  }
  if (!order.attempts.empty()) {
    turn.order(agent, std::move(order));
  }
}

}  // namespace dray
