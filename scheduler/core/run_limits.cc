#include "scheduler/core/run_limits.h"

#include <algorithm>

namespace dray {

RunsLeft::RunsLeft(const State& state) {
  for (const auto& [name, queue] : state.queues()) {
    if (queue.limits.running_max > 0) {
      left_[{name, ""}] = queue.limits.running_max;
    }
    for (const auto& [job, running_max] : queue.limits.by_name) {
      left_[{name, job}] = running_max;
    }
  }
  if (!left_.empty()) {
    for (const auto& [id, request_class] : state.classes()) {
      use(request_class, request_class.active);
    }
  }
}

std::optional<std::int64_t> RunsLeft::of(const RequestClass& request_class) const {
  std::optional<std::int64_t> least;
  if (left_.empty()) {
    return least;
  }
  const ClassKey& key = request_class.key;
  for (const std::string& name : {std::string(), key.limited_name}) {
    if (const auto left = left_.find({key.queue, name}); left != left_.end()) {
      least = std::min(least.value_or(left->second), left->second);
    }
  }
  return least;
}

/// A limit that was lowered below what runs has nothing left.
void RunsLeft::use(const RequestClass& request_class, std::int64_t jobs) {
  if (left_.empty()) {
    return;
  }
  const ClassKey& key = request_class.key;
  const auto take = [&](const std::string& name) {
    if (const auto left = left_.find({key.queue, name}); left != left_.end()) {
      left->second = std::max<std::int64_t>(left->second - jobs, 0);
    }
  };
  take("");
  if (!key.limited_name.empty()) {
    take(key.limited_name);
  }
}

}  // namespace dray
