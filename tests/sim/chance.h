#pragma once
#include <cstdint>
#include <random>

#include "model/attempt.h"
#include "model/instant.h"

namespace dray::sim {

/// All chance of one run, from one seed. The reductions are our own: those of the standard library
/// may differ between compilers, and a seed must mean the same run everywhere.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t bits() { return engine_(); }
  /// From 0 to `bound` - 1; `bound` is at least 1.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  /// From `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  Duration between(Duration low, Duration high) {
    return Duration(between(low.count(), high.count()));
  }
  bool per_mille(std::uint64_t rate) { return rate > 0 && below(1000) < rate; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  AttemptToken token() {
    const std::uint64_t high = bits();
    return {high, bits()};
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace dray::sim
