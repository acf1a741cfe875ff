#include "scheduler/core/time_limits.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/texts.h"
#include "scheduler/core/blocked.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/waiting_line.h"

namespace dray {
namespace {

/// The first waiting job of a queue in the order of dispatch. What the queue itself lets not run
/// now does not stand there.
std::optional<std::pair<Standing, const RequestClass*>> head_of(const State& state,
                                                                const std::string& queue,
                                                                Instant now) {
  const RunsLeft runs_left(state);
  std::optional<std::pair<Standing, const RequestClass*>> first;
  for (const auto& [id, request_class] : state.classes()) {
    if (request_class.key.queue == queue && !request_class.waiting.empty() &&
        !runs_left.is_used_up(request_class)) {
      const Standing standing = standing_of(state, request_class, request_class.head(), now);
      if (!first || standing < first->first) {
        first.emplace(standing, &request_class);
      }
    }
  }
  return first;
}

std::optional<Duration> limit_of(const JobQueue& queue, BlockReason reason) {
  std::optional<Duration> shortest;
  for (const TimeLimit& limit : queue.time_limits) {
    if (limit.reason == reason) {
      shortest = std::min(shortest.value_or(limit.after), limit.after);
    }
  }
  return shortest;
}

/// The waiting children of an array ask for the same and have stood there as long: they go as one.
void cancel(Turn& turn, const JobKey& key, BlockReason reason) {
  const std::string text = std::string(texts::kTimeLimitPrefix) + std::string(code_of(reason));
  const EndCause cause{.reason = text, .is_cancelled = true};
  const JobEntry& entry = *turn.state().find_job(key.job);
  if (entry.has_children()) {
    fail_children(turn, key.job, 0, entry.array->size() - 1, cause);
  } else {
    fail_job(turn, key.job, cause);
  }
  settle(turn);
}

/// The earliest time at which an agent that is not heard again falls silent: nothing else happens
/// then.
void wake_for_silence(Turn& turn) {
  const Duration after = turn.state().settings().silent_after;
  for (const auto& [id, entry] : turn.state().agents()) {
    if (!is_silent(turn.state(), entry, turn.now())) {
      turn.wake_at(*entry.link.last_heard + after + Duration(1));
    }
  }
}

/// True when the head was cancelled and another may stand there.
bool enforce(Turn& turn, const JobQueue& queue) {
  auto& heads = turn.volatile_state().blocked_heads;
  const auto head = head_of(turn.state(), queue.name, turn.now());
  const auto reason = head ? why_blocked(turn.state(), *head->second, turn.now()) : std::nullopt;
  const auto limit = reason ? limit_of(queue, *reason) : std::nullopt;
  if (!limit) {
    heads.erase(queue.name);
    if (head && !reason && limit_of(queue, BlockReason::Capacity)) {
      wake_for_silence(turn);
    }
    return false;
  }
  const JobKey key = head->first.job;
  BlockedHead& stands = heads[queue.name];
  if (stands.job != key || stands.reason != *reason) {
    stands = {key, *reason, turn.now()};
  }
  const Instant over = stands.since + *limit;
  if (turn.now() < over) {
    turn.wake_at(over);
    return false;
  }
  heads.erase(queue.name);
  cancel(turn, key, *reason);
  return true;
}

}  // namespace

void enforce_time_limits(Turn& turn) {
  for (const auto& [name, queue] : turn.state().queues()) {
    while (!queue.time_limits.empty() && enforce(turn, queue)) {
    }
  }
}

}  // namespace dray
