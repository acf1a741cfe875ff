#include "scheduler/core/recovery.h"

#include <variant>

#include "scheduler/core/state.h"

namespace dray {
namespace {

Duration age_of(WallTime at, WallTime now) {
  const std::chrono::milliseconds passed(now.epoch_ms - at.epoch_ms);
  return passed.count() > 0 ? Duration(passed) : Duration{};
}

}  // namespace

void recover(State& state, const Change& row, Instant now, WallTime wall) {
  Change aged = row;
  if (auto* used = std::get_if<ShareUsed>(&aged)) {
    used->age = age_of(used->at, wall);
  } else if (auto* added = std::get_if<JobAdded>(&aged)) {
    added->age = age_of(added->job.created_at, wall);
  } else if (auto* put = std::get_if<AttemptPut>(&aged);
             put != nullptr && put->attempt.started_at) {
    put->age = age_of(*put->attempt.started_at, wall);
  }
  apply(state, aged, now);
}

}  // namespace dray
