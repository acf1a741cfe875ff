#pragma once
#include <atomic>
#include <cstdint>

#include "model/instant.h"

namespace dray {

/// The real clocks. Any thread.
class Clock {
 public:
  /// CLOCK_BOOTTIME: counts while the machine sleeps, and no one can set it.
  [[nodiscard]] static Instant now();
  /// The time people read; never earlier than what was told before.
  [[nodiscard]] WallTime wall();
  /// Nothing earlier than `at` is told from now on: rows of an earlier life say it was that late.
  void not_before(WallTime at);

 private:
  std::atomic<std::int64_t> last_ms_{0};
};

}  // namespace dray
