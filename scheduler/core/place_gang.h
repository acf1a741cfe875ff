#pragma once
#include "scheduler/core/pass.h"

/// Gangs: all nodes of a multi-node job find room at once, or none is placed.
namespace dray {

enum class Seating : std::uint8_t {
  Now,        ///< What is free, on agents that take new work.
  WhenEmpty,  ///< As if nothing ran on them.
  Ever,       ///< Also on agents that are silent or drain.
};

/// Rooms for as many of the nodes as there are seats for in this pool, in the order of the nodes.
/// Nodes go to machines of their own while there are some, and share them otherwise. `liked` agents
/// are taken first.
std::vector<std::size_t> seat_nodes(const Pools& pools, const Pool& pool,
                                    const std::vector<NodeShape>& nodes, ClassId request_class,
                                    Seating seating, const std::set<AgentId>& liked = {});

/// Starts the line's first gang, which stays in it, in its queue's first environment with room for
/// all nodes. False when there is none.
bool place_gang(Pass& pass, const WaitingLine& line);
/// Keeps enough agents for the line's first gang in the first environment that could ever run it.
void reserve_for_gang(Pass& pass, const WaitingLine& line);

}  // namespace dray
