#pragma once
#include <optional>

#include "model/attempt.h"
#include "model/job.h"

/// The life of jobs and attempts: every legal move. Turn CHECKs each change against it.
///
///   job       PENDING --> RUNNABLE --> STARTING --> RUNNING --> SUCCEEDED, FAILED
///             Any step may be skipped when several facts come at once. RUNNABLE again: after a
///             failed attempt that is retried, or when an order to start is taken back. FAILED from
///             everywhere: cancel, terminate, a failed dependency. An array's parent is PENDING
///             until its children have ended.
///   attempt   (new) --> AHEAD <--> STARTING --> RUNNING --> ENDED
///             AHEAD: waits at the agent; holds no room. STARTING: room is reserved. Back to AHEAD
///             when the agent turns out to have begun another one first.
namespace dray {

[[nodiscard]] bool may_move(JobState from, JobState to);
/// `from`: nothing when the attempt is new.
[[nodiscard]] bool may_move(std::optional<AttemptState> from, AttemptState to);

}  // namespace dray
