#include "scheduler/core/waiting_line.h"

#include <algorithm>

#include "scheduler/core/ageing.h"
#include "scheduler/core/shares.h"

namespace dray {

namespace {

/// AWS: schedulingPriority 0 to 9999.
constexpr std::int64_t kJobPriorities = 10'000;

std::int64_t below_top(const JobQueue* queue, const RequestClass& request_class) {
  const std::int64_t own = is_fair(request_class) ? 0 : request_class.key.priority;
  return -((queue == nullptr ? 0 : queue->priority) * kJobPriorities + own);
}

const JobQueue* queue_of(const State& state, const RequestClass& request_class) {
  const auto queue = state.queues().find(request_class.key.queue);
  return queue == state.queues().end() ? nullptr : &queue->second;
}

}  // namespace

std::int64_t below_top(const State& state, const RequestClass& request_class) {
  return below_top(queue_of(state, request_class), request_class);
}

Standing standing_of(const State& state, const RequestClass& request_class, const JobKey& job,
                     Instant submitted, Instant now) {
  const JobQueue* queue = queue_of(state, request_class);
  Standing standing{below_top(queue, request_class), 0, job};
  const Duration waited = now - submitted;
  if (queue != nullptr && queue->order == DispatchOrder::FifoStrict) {
    standing.below_risen = -steps_risen(waited, {}, {});  // All alike, so as not to change places.
  } else {
    const ClassKey& key = request_class.key;
    standing.below_risen = -steps_risen(waited, key.expected, key.together());
  }
  return standing;
}

Standing standing_of(const State& state, const RequestClass& request_class, const JobKey& job,
                     Instant now) {
  const auto first = request_class.waiting.begin();
  const bool is_first = first != request_class.waiting.end() && first->first == job.job;
  const Instant submitted = is_first ? first->second.submitted : state.find_job(job.job)->submitted;
  return standing_of(state, request_class, job, submitted, now);
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
  if (end_ && end_->job == job_->first) {
    last = std::min<std::int64_t>(last, std::max(child_, end_->child - 1));
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
