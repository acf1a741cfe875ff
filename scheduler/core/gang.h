#pragma once
#include "scheduler/core/turn.h"

/// Multi-node parallel jobs: gangs (AWS: user guide, multi-node-parallel-jobs). Room for all nodes
/// is taken at once, or none is. The main node is ordered first; the others are held until it runs,
/// because they are told its address. Its end is the job's: what still runs then is stopped, and
/// the job ends, or waits to run again, when every node is confirmed dead. The end of another node
/// does nothing by itself. All nodes of one run have the main node's attempt number.
namespace dray {

[[nodiscard]] bool is_main_node(const JobEntry& entry, const JobKey& key);

/// One node of a gang that was placed gets its attempt; the main node is ordered.
void start_node(Turn& turn, const JobKey& key, AgentId agent);

/// Nodes that have not begun leave agents that drain: for another agent of the environment, or with
/// the whole gang, which then waits for room again.
void leave_draining_agents(Turn& turn);

/// Orders nodes that are held and whose main node runs, where their agents are connected.
void order_held_nodes(Turn& turn);

/// Main nodes on this agent that have not begun and lack a node which can never come are called
/// back: the order to do so may have been lost.
void call_back_incomplete(Turn& turn, const AgentEntry& agent);

/// Forgets the nodes that are held: nothing of them has begun.
void drop_held_nodes(Turn& turn, JobId job);

/// `attempt` has ended, and is_final says whether a main node's end is the job's.
void conclude_node(Turn& turn, Attempt attempt);

/// It never began, though it may have been ordered.
void withdraw_node(Turn& turn, const Attempt& attempt);

}  // namespace dray
