#include "scheduler/core/waiting_line.h"

#include <algorithm>

namespace dray {

Standing standing_of(const State& state, const RequestClass& request_class, const JobKey& job) {
  const auto queue = state.queues().find(request_class.key.queue);
  const std::int64_t priority = queue == state.queues().end() ? 0 : queue->second.priority;
  return {-priority, job};
}

WaitingLine::WaitingLine(ClassId id, const RequestClass& request_class)
    : id_(id), class_(&request_class), job_(request_class.waiting.begin()) {
  enter_job();
}

void WaitingLine::enter_job() {
  if (job_ != class_->waiting.end()) {
    run_ = job_->second.runs().begin();
    child_ = run_->first;
  }
}

JobRun WaitingLine::take(std::int64_t most, const std::optional<JobKey>& limit) {
  std::int64_t last = std::min<std::int64_t>(run_->second, child_ + most - 1);
  if (limit && limit->job == job_->first) {
    last = std::min<std::int64_t>(last, std::max(child_, limit->child - 1));
  }
  const JobRun taken{job_->first, child_, static_cast<std::int32_t>(last)};
  child_ = taken.last + 1;
  if (child_ > run_->second) {
    ++run_;
    if (run_ == job_->second.runs().end()) {
      ++job_;
      enter_job();
    } else {
      child_ = run_->first;
    }
  }
  return taken;
}

}  // namespace dray
