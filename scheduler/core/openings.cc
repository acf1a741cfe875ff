#include "scheduler/core/openings.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace dray {
namespace {

/// Nothing: unknown. Not rounded, other than for those who ask to go past: too late is wrong here.
std::optional<Instant> expected_end(const State& state, const JobKey& key, Instant now) {
  const JobSpec& spec = *state.find_job(key.job)->job.spec;
  const Instant began = state.find_attempt(key)->began.value_or(now);
  for (const std::optional<Duration>& run : {longest_run(spec, state.run_times), spec.timeout}) {
    if (run && began + *run > now) {
      return began + *run;
    }
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
