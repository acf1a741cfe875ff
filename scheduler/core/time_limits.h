#pragma once
#include "scheduler/core/turn.h"

namespace dray {

/// Cancels what has stood blocked at the head of its queue for longer than the queue allows, and
/// asks to be woken for the next (AWS: jobStateTimeLimitActions; contract 3.2). A job that comes to
/// the head has its whole time before it, and so has one whose reason changed. The head's class is
/// asked once a pass for each queue that has limits: other queues cost nothing.
void enforce_time_limits(Turn& turn);

}  // namespace dray
