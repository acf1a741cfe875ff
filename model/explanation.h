#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/resources.h"

namespace dray {

/// Why a job that is not running is not running: one code.
enum class WaitCode : std::uint8_t {
  NotWaiting,            ///< It runs or has ended.
  WaitsForDependencies,  ///< Jobs it depends on have not ended.
  WaitsForChildren,      ///< An array parent: its children run or wait.
  NoEnvironment,         ///< Its queue names no enabled compute environment.
  NoAgent,               ///< No agent has joined the queue's environments.
  TooBig,                ///< No joined agent is big enough, even empty.
  EnvironmentCap,        ///< maxvCpus of the environments is in use, or smaller than the request.
  AgentsSilent,          ///< Agents that could take it have not been heard lately.
  AgentsBusy,            ///< It waits for room: every agent that could take it is full.
  ConsumablesInUse,      ///< There is less left of a consumable resource than it takes.
  Reserved,              ///< Room there is, kept for an older or more important blocked job.
  HeldForShares,         ///< The queue runs all it may: the rest is for shares not active yet.
  BehindOthers,          ///< Others stand before it in the order of dispatch.
  GivenAhead,            ///< Sent to an agent, which begins it as soon as it has room.
  Starting,              ///< Ordered; the agent has not said that it began.
  ArrayLimit,            ///< As many children of its array run as may at once.
  QueueLimit,            ///< As many jobs of its queue, or of its name, run as may at once.
  Held,                  ///< Somebody holds it: it starts when it is released.
};

/// One agent and what it lacks for this job.
struct AgentVerdict {
  enum class Word : std::uint8_t { Fits, Busy, TooSmall, Silent, Draining, Capped, Reserved };
  std::string agent;
  std::string environment;
  Word word = Word::Fits;
  Resources capacity;
  Resources free;
  Resources short_of;  ///< What is missing in `free` (Busy) or in `capacity` (TooSmall).
  bool operator==(const AgentVerdict&) const = default;
};

/// `explain` as data: the same in API, CLI and page.
struct Explanation {
  JobKey key;
  WaitCode code = WaitCode::NotWaiting;
  std::string sentence;  ///< One plain sentence with a full stop.
  /// What DescribeJobs shows as statusReason while the job is RUNNABLE; empty when AWS has no text.
  std::string status_reason;
  std::vector<AgentVerdict> agents;  ///< Every agent of the queue's environments, by name.
  std::vector<Uuid> blockers;        ///< Unfinished dependencies, or the job a reservation is for.
  std::uint64_t position = 0;  ///< Place in the order of dispatch of all queues, from 1; 0: none,
                               ///< or too far behind in a fair-share queue to count.
  /// What would make it start: each sentence goes on from "It would start if" and is enough for
  /// itself. The most useful first, at most five; none when it runs, starts or has ended.
  std::vector<std::string> would_start_if;
};

}  // namespace dray
