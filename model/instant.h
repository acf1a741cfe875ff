#pragma once
#include <chrono>
#include <compare>
#include <cstdint>

namespace dray {

using Duration = std::chrono::microseconds;

/// A moment on CLOCK_BOOTTIME, as a value. Decides; is never stored. Deliberately not a clock:
/// nothing here can ask what time it is.
struct Instant {
  Duration since_boot{};
  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant at, Duration by) { return {at.since_boot + by}; }
  friend Instant operator-(Instant at, Duration by) { return {at.since_boot - by}; }
  friend Duration operator-(Instant late, Instant early) {
    return late.since_boot - early.since_boot;
  }
};

/// A moment for people and rows: milliseconds since 1970, UTC (AWS: timestamps are epoch ms).
/// Stored and shown, never decides.
struct WallTime {
  std::int64_t epoch_ms = 0;
  auto operator<=>(const WallTime&) const = default;
};

}  // namespace dray
