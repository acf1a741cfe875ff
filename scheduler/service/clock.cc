#include "scheduler/service/clock.h"

#include <ctime>

#include "model/check.h"

namespace dray {

Instant Clock::now() {
  timespec at{};
  CHECK(::clock_gettime(CLOCK_BOOTTIME, &at) == 0);
  return {std::chrono::seconds(at.tv_sec) + Duration(at.tv_nsec / 1000)};
}

WallTime Clock::wall() {
  timespec at{};
  CHECK(::clock_gettime(CLOCK_REALTIME, &at) == 0);
  not_before({std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000});
  return {last_ms_.load()};
}

void Clock::not_before(WallTime at) {
  std::int64_t last = last_ms_.load();
  while (last < at.epoch_ms && !last_ms_.compare_exchange_weak(last, at.epoch_ms)) {
  }
}

}  // namespace dray
