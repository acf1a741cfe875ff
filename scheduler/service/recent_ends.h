#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "model/attempt.h"
#include "model/queries.h"

namespace dray {

/// A job or child that failed; the rest is on disk.
struct RecentFailure {
  JobName job;
  AttemptNumber attempt = 0;
};

/// What ended lately, in memory only: how much in steps of ten seconds over half an hour, and the
/// latest failures. Any thread.
class RecentEnds {
 public:
  static constexpr std::int32_t kStepSeconds = 10;
  static constexpr std::size_t kSteps = 180;
  static constexpr std::size_t kFailuresMax = 10;

  void note_ended(bool has_succeeded, std::uint32_t count, WallTime now);
  void note_failure(const RecentFailure& failure);
  /// Steps up to the present one, oldest first.
  [[nodiscard]] Throughput throughput(WallTime now) const;
  /// The newest first.
  [[nodiscard]] std::vector<RecentFailure> failures() const;

 private:
  struct Step {
    std::int64_t number = -1;  ///< Since 1970.
    std::uint32_t succeeded = 0;
    std::uint32_t failed = 0;
  };
  mutable std::mutex mutex_;
  std::array<Step, kSteps> steps_;
  std::deque<RecentFailure> failures_;
};

}  // namespace dray
