#pragma once
#include <vector>

#include "scheduler/core/placement.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/waiting_line.h"

namespace dray {

/// One pass of placement under way.
struct Pass {
  const State& state;
  Pools pools;
  Plan plan;
  RunsLeft runs_left;
  std::vector<WaitingLine> blocked;  ///< Classes that found no more room, most important first.
};

/// The pools of the queue's environments, in its order; those that exist.
std::vector<Pool*> pools_of(Pass& pass, const RequestClass& request_class);
/// Keeps room for a blocked class, where its first environment has nothing kept yet.
void reserve_room(Pass& pass, const WaitingLine& line);
/// Plans what is taken back because it stands wrongly in an agent's line.
void clear_lines(Pass& pass);
/// Plans what is given to agents ahead of room (D3).
void plan_lines(Pass& pass);

}  // namespace dray
