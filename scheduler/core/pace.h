#pragma once
#include <algorithm>
#include <cstdint>

#include "model/instant.h"

namespace dray {

/// How fast an agent ends attempts, counted in windows of time. Volatile.
class Pace {
 public:
  void note_end(Instant now) {
    look(now);
    ++current_;
  }
  /// Lets time pass without an end.
  void look(Instant now) {
    const Duration passed = now - began_;
    if (passed < kWindow) {
      return;
    }
    before_ = passed < 2 * kWindow ? current_ : 0;
    current_ = 0;
    began_ = now;
  }
  /// Ends in a window of late: the larger of the present one and the one before it.
  [[nodiscard]] std::uint32_t ends_a_window() const { return std::max(before_, current_); }

 private:
  /// Long beside the round trip of an order and its end, with all the fsyncs in it.
  static constexpr Duration kWindow = std::chrono::milliseconds(250);
  Instant began_;
  std::uint32_t current_ = 0;
  std::uint32_t before_ = 0;
};

}  // namespace dray
