#pragma once
#include <string_view>

#include "scheduler/core/turn.h"

/// How jobs end without an attempt deciding it, and what follows from any end: dependents run or
/// fail, array parents end, jobs that nothing needs any more are forgotten.
namespace dray {

/// Why something ended that did not run.
struct EndCause {
  std::string_view reason;
  bool is_cancelled = false;
  bool is_terminated = false;
};

/// A live single job without an attempt fails.
void fail_job(Turn& turn, JobId id, const EndCause& cause);
/// Of the children first..last those that wait at the scheduler fail, run by run.
void fail_children(Turn& turn, JobId id, std::int32_t first, std::int32_t last,
                   const EndCause& cause);
/// A job with a dependency of this type on what has ended otherwise: it fails as a whole.
void fail_dependent(Turn& turn, JobId id, DependencyType type);
/// Draws every consequence of the turn's ends. A list, not a recursion: chains may be long.
void settle(Turn& turn);

}  // namespace dray
