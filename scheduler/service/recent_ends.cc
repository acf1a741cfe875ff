#include "scheduler/service/recent_ends.h"

namespace dray {
namespace {

std::int64_t step_of(WallTime at) {
  return at.epoch_ms / (1000 * RecentEnds::kStepSeconds);
}

}  // namespace

void RecentEnds::note_ended(bool has_succeeded, std::uint32_t count, WallTime now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t number = step_of(now);
  Step& step = steps_[static_cast<std::size_t>(number) % kSteps];
  if (step.number != number) {
    step = {.number = number};
  }
  (has_succeeded ? step.succeeded : step.failed) += count;
}

void RecentEnds::note_failure(const RecentFailure& failure) {
  const std::lock_guard lock(mutex_);
  failures_.push_front(failure);
  if (failures_.size() > kFailuresMax) {
    failures_.pop_back();
  }
}

Throughput RecentEnds::throughput(WallTime now) const {
  const std::lock_guard lock(mutex_);
  Throughput found{.step_seconds = kStepSeconds};
  const std::int64_t last = step_of(now);
  const std::int64_t first = last - static_cast<std::int64_t>(kSteps) + 1;
  found.from.epoch_ms = first * 1000 * kStepSeconds;
  for (std::int64_t number = first; number <= last; ++number) {
    const Step& step = steps_[static_cast<std::size_t>(number) % kSteps];
    found.succeeded.push_back(step.number == number ? step.succeeded : 0);
    found.failed.push_back(step.number == number ? step.failed : 0);
  }
  return found;
}

std::vector<RecentFailure> RecentEnds::failures() const {
  const std::lock_guard lock(mutex_);
  return {failures_.begin(), failures_.end()};
}

}  // namespace dray
