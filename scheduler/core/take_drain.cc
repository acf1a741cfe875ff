#include <utility>

#include "scheduler/core/turn.h"

namespace dray {

/// What was given ahead is taken back by the tick that ends the batch.
void take(Turn& turn, const AgentDrained& event) {
  const AgentEntry* entry = turn.state().find_agent(event.name);
  if (entry == nullptr) {
    turn.refuse(ErrorCode::NotFound, "Agent " + event.name + " does not exist");
    return;
  }
  Agent agent = entry->agent;
  agent.is_draining = event.drain;
  turn.put(AgentPut{std::move(agent)});
  turn.reply(Done{});
}

}  // namespace dray
