#include "scheduler/core/openings.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace dray {
namespace {

/// Nothing: unknown.
std::optional<Instant> expected_end(const State& state, const JobKey& key, Instant now) {
  const LiveAttempt& live = *state.find_attempt(key);
  const JobEntry& entry = *state.find_job(key.job);
  const Duration expected = state.class_of(entry, key.child).key.expected;
  const Instant began = live.began.value_or(now);
  if (expected > Duration{} && began + expected > now) {
    return began + expected;
  }
  const std::optional<Duration>& timeout = entry.job.spec->timeout;
  if (timeout && began + *timeout > now) {
    return began + *timeout;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Opening> opening_of(const State& state, const Room& room, const Resources& request,
                                  Instant now) {
  std::vector<std::pair<Instant, Resources>> ends;
  for (const JobKey& key : room.entry->live) {
    if (const auto end = expected_end(state, key, now)) {
      ends.emplace_back(*end, State::request_of(*state.find_job(key.job), key.child));
    }
  }
  std::sort(ends.begin(), ends.end());
  Opening opening{now, room.free};
  for (const auto& [end, held] : ends) {
    if (request.fits_in(opening.spare)) {
      break;
    }
    opening.at = end;
    opening.spare += held;
  }
  if (!request.fits_in(opening.spare)) {
    return std::nullopt;
  }
  opening.spare -= request;
  return opening;
}

}  // namespace dray
