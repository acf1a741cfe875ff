#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "model/ids.h"
#include "model/instant.h"

/// How jobs that ended long ago leave the disk, in steps so small that nothing has to wait for
/// them.
namespace dray {

enum class ForgettingStep : std::uint8_t {
  Hidden,   ///< It is not found any more. Its log may go now.
  Thinned,  ///< Rows of its first children go.
  Gone,     ///< All its rows go, the job's own last.
};

/// One step for one job that has ended.
struct Forgetting {
  JobId job;
  Uuid uuid;
  WallTime stopped_at;
  ForgettingStep step = ForgettingStep::Hidden;
  std::int32_t before_child = 0;  ///< Thinned: of the children before this one.
  bool operator==(const Forgetting&) const = default;
};

/// What stands next for the oldest jobs, as the disk knows it; whether it may be done is decided by
/// the core, which knows what lives.
struct ExpiredJobs {
  std::vector<Forgetting> jobs;  ///< By number.
  std::optional<JobId> next;     ///< Where to look on; absent: nothing older is left.
};

}  // namespace dray
