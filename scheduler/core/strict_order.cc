#include "scheduler/core/strict_order.h"

#include <optional>

#include "scheduler/core/run_limits.h"

namespace dray {
namespace {

/// The oldest that waits, of those that the queue's own limits let start.
std::optional<JobKey> oldest_waiting(const State& state, const std::string& queue,
                                     std::int32_t priority) {
  const RunsLeft runs_left(state);
  std::optional<JobKey> oldest;
  for (const auto& [id, request_class] : state.classes()) {
    const bool may_start = !request_class.waiting.empty() && !runs_left.is_used_up(request_class);
    if (may_start && request_class.key.queue == queue && request_class.key.priority >= priority &&
        (!oldest || request_class.head() < *oldest)) {
      oldest = request_class.head();
    }
  }
  return oldest;
}

}  // namespace

void compare_strict_queues(const State& before, const State& after,
                           std::vector<std::string>& breaches) {
  for (const auto& [key, live] : after.attempts()) {
    const JobEntry& entry = *after.find_job(key.job);
    const auto queue = after.queues().find(entry.job.spec->queue);
    const LiveAttempt* was = before.find_attempt(key);
    const bool is_new = was == nullptr || was->attempt.key != live.attempt.key;
    if (!is_new || queue == after.queues().end() ||
        queue->second.order != DispatchOrder::FifoStrict || entry.is_gang()) {
      continue;
    }
    const std::int32_t priority = after.class_of(entry, key.child).key.priority;
    const auto oldest = oldest_waiting(after, queue->first, priority);
    if (oldest && *oldest < key) {
      breaches.push_back("queue " + queue->first + " is strict and started job " +
                         std::to_string(key.job.value) + " before an older one, " +
                         std::to_string(oldest->job.value));
    }
  }
}

}  // namespace dray
