#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scheduler/core/placement.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/stocks.h"
#include "scheduler/core/waiting_line.h"

namespace dray {

/// One pass of placement under way.
struct Pass {
  const State& state;
  Instant now;
  Pools pools;
  Stocks stocks;
  RunsLeft runs_left;
  Plan plan;
  std::vector<WaitingLine> blocked;  ///< Classes that found no more room, most important first.
  std::set<ClassId> held;            ///< Blocked ones that could not start if lines gave way.
  std::set<ClassId> clearing;        ///< Classes that lines give way to: they start there next.
  std::set<std::string> closed;      ///< Strict queues whose next job finds no room.
  /// Of strict queues, the classes that stand in agents' lines: what comes first in them.
  std::map<std::string, std::set<ClassId>> first_of_strict;
};

/// An agent's room that a class may take, and its pool; nothing when there is none.
struct Place {
  Pool* pool = nullptr;
  std::optional<std::size_t> room;
};
/// In the first of the pools that has one.
Place find_place(Pass& pass, const std::vector<Pool*>& pools, const WaitingLine& line);
/// The pools of the queue's environments, in its order; those that exist.
std::vector<Pool*> pools_of(Pass& pass, const RequestClass& request_class);
/// Looks for what waits for room at the head of agents' lines.
void find_line_heads(Pass& pass);
/// Keeps room for a blocked class, where its first environment has nothing kept yet.
void reserve_room(Pass& pass, const WaitingLine& line);
/// Keeps its agent for what is first in line, where nothing is kept for somebody before it.
void reserve_for_line_heads(Pass& pass);
/// Plans what is taken back because it stands wrongly in an agent's line.
void clear_lines(Pass& pass);
/// Plans what is given to agents ahead of room (D3).
void plan_lines(Pass& pass);

}  // namespace dray
