#include <utility>

#include "scheduler/core/turn.h"

/// Retention. The disk says what ended before a moment; what still lives keeps what it needs.
namespace dray {
namespace {

/// The newest job stays whatever its age: its number tells a restart where to count on.
bool may_be_forgotten(const State& state, const Forgetting& job, WallTime ended_before) {
  return job.stopped_at < ended_before && job.job < state.last_job() && !state.is_needed(job.uuid);
}

}  // namespace

void take(Turn& turn, const JobsExpired& event) {
  JobsLeft left;
  for (const Forgetting& job : event.jobs) {
    if (may_be_forgotten(turn.state(), job, event.ended_before)) {
      left.jobs.push_back(job.job);
      turn.put(JobForgotten{job});
    }
  }
  turn.reply(std::move(left));
}

}  // namespace dray
