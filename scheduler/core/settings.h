#pragma once
#include <cstdint>

#include "model/instant.h"

namespace dray {

/// What the operator may choose about the core. Constant for the life of a State.
struct Settings {
  Duration lease = std::chrono::minutes(30);  ///< How long an agent may hold on unheard (F5).
  Duration lease_margin = std::chrono::seconds(30);  ///< The scheduler waits this much longer (F5).
  Duration renew_every = std::chrono::seconds(5);    ///< How often agents ask for their lease.
  Duration silent_after = std::chrono::seconds(15);  ///< Unheard this long: nothing new goes there.
  Duration grace = std::chrono::seconds(30);         ///< From SIGTERM to the end of the group.
  Duration timeout_min = std::chrono::seconds(60);   ///< AWS: attemptDurationSeconds at least 60.
  /// Work given ahead to one agent (D3): twice what it runs, or what it ends in a quarter of a
  /// second, within these bounds.
  std::uint32_t ahead_min = 2;
  std::uint32_t ahead_max = 256;
  std::int32_t array_size_max = 1'000'000;
  std::size_t dependencies_max = 10'000;
  /// AWS's own limits: arrays to 10,000, 20 dependencies.
  bool compat_strict = false;
};

}  // namespace dray
