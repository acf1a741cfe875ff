#include "agent/supervisor/clock.h"

#include <ctime>

namespace dray::supervisor {
namespace {

std::chrono::nanoseconds read(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

Instant read_clock() {
  return {std::chrono::duration_cast<Duration>(read(CLOCK_BOOTTIME))};
}

WallTime read_wall_clock() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(read(CLOCK_REALTIME)).count()};
}

}  // namespace dray::supervisor
