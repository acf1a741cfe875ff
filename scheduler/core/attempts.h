#pragma once
#include <string_view>

#include "scheduler/core/turn.h"

/// The life of attempts after they were ordered. Keys that are passed name live attempts.
namespace dray {

/// The agent has begun it, `age` ago. Nothing happens when its agent cannot have room for it by the
/// ledger, even with every attempt that was only believed to start put back in line: such an agent
/// counts wrongly, and its capacity is not to be exceeded because it says so.
void begin_attempt(Turn& turn, const JobKey& key, Duration age);

/// The agent says it has ended: the job ends, or runs again by its retry strategy.
void finish_attempt(Turn& turn, const JobKey& key, const AttemptFinished& told);

/// Its agent is gone with it (F5, new boot): as an end with Outcome::Lost.
void lose_attempt(Turn& turn, const JobKey& key, std::string_view status_reason);

/// It never began: no attempt was made. The job waits again, or ends when a stop was asked.
void withdraw_attempt(Turn& turn, const JobKey& key);

/// Those given ahead that now have room start, first in, first out, each as soon as the first of
/// them fits: exactly as the agent's supervisor does on its own.
void promote_ahead(Turn& turn, AgentId agent);

/// The agent says it has `told`: attempts that have not begun go back in line until the rest fits.
/// Returns the capacity to believe in: where begun attempts hold more, it is what they hold.
Resources shrink(Turn& turn, AgentId agent, const Resources& told);
/// Of begun attempts that hold more than the agent told one has ended: believe in less.
void shrink_further(Turn& turn, AgentId agent);

/// Tells the agent, when it is connected, to give back what it has not begun.
void retract_attempts(Turn& turn, AgentId agent, const std::vector<JobKey>& keys);

}  // namespace dray
