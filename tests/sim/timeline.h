#pragma once
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "model/instant.h"

namespace dray::sim {

/// Virtual time: what is planned, in order of time, and of planning where times are equal.
class Timeline {
 public:
  [[nodiscard]] Instant now() const { return now_; }
  void at(Instant when, std::function<void()> what);
  void in(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  /// Does the next thing that is due by `end`; false when there is none, and then it is `end`.
  bool run_next(Instant end);

 private:
  struct Planned {
    Instant when;
    std::uint64_t number = 0;
    std::function<void()> what;
    bool operator<(const Planned& other) const {
      return when != other.when ? when > other.when : number > other.number;
    }
  };
  Instant now_;
  std::uint64_t planned_ = 0;
  std::priority_queue<Planned> queue_;
};

/// A machine's CLOCK_BOOTTIME: begins somewhere, and runs a little fast or slow.
class LocalClock {
 public:
  LocalClock() = default;
  LocalClock(Duration offset, std::int64_t drift_ppm) : offset_(offset), drift_ppm_(drift_ppm) {}
  [[nodiscard]] Instant local(Instant world) const {
    const std::int64_t us = world.since_boot.count();
    return {Duration(us + us * drift_ppm_ / 1'000'000) + offset_};
  }
  /// The first moment of the world at which the clock shows `local` or more.
  [[nodiscard]] Instant world(Instant local_time) const {
    const std::int64_t us = (local_time.since_boot - offset_).count();
    Instant guess{Duration(us - us * drift_ppm_ / 1'000'000)};
    while (local(guess) < local_time) {
      guess = guess + Duration(1 + (local_time - local(guess)).count());
    }
    return guess;
  }

 private:
  Duration offset_{};
  std::int64_t drift_ppm_ = 0;
};

}  // namespace dray::sim
