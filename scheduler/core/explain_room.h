#pragma once
#include "model/explanation.h"
#include "scheduler/core/state.h"

namespace dray {

/// Why the runnable job or child that `out.key` names has no room: what each agent of its queue is
/// short of, its place in the order of dispatch, and one sentence.
void explain_room(const State& state, const JobEntry& entry, Instant now, Explanation& out);

}  // namespace dray
