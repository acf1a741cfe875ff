#pragma once
#include <map>
#include <string>
#include <vector>

#include "scheduler/core/state.h"
#include "scheduler/core/waiting_line.h"

/// Which waiting jobs go to which agents. Decided on classes of equal requests, not on jobs (D3): a
/// pass looks once at every class that waits, and at an agent only when it could be the one.
///
/// Classes are taken in the order of dispatch of their heads (Standing): priority, how far waiting
/// has raised them, age; those of a fair-share queue job by job in its own order, from where its
/// oldest job stands. A class takes the agent with the smallest leftover, in the order of its
/// queue's environments. The first class of an environment that finds no room, though it would on
/// an empty agent, gets one agent kept for it, so that what stands behind it cannot starve it;
/// there start only those who delay it not (backfill). A strict queue starts nothing behind what
/// finds no room. Then agents that are full are given work ahead, and what stands badly in an
/// agent's line is taken back.
namespace dray {

struct Placement {
  AgentId agent;
  JobRun jobs;
  bool is_ahead = false;
};

struct Plan {
  std::vector<Placement> placements;  ///< In this order, which is the order of starting.
  std::map<AgentId, std::vector<JobKey>> retractions;
  std::map<std::string, Reservation> reservations;
};

/// Reads the State and decides; changes nothing.
Plan plan_placements(const State& state, Instant now);

}  // namespace dray
