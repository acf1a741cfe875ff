#include "scheduler/core/leases.h"
#include "scheduler/core/turn.h"

namespace dray {

/// A session that is not the agent's present one is not answered (F2).
void take(Turn& turn, const AgentAskedLease& event) {
  const AgentEntry* entry = turn.state().find_agent(event.lease.session);
  if (entry == nullptr) {
    return;
  }
  renew_lease(turn, entry->agent.id);
  turn.order(entry->agent.id,
             LeaseGranted{event.lease.session, event.lease.number, turn.state().settings().lease});
}

void take(Turn& turn, const AgentDisconnected& event) {
  const AgentEntry* entry = turn.state().find_agent(event.session);
  if (entry != nullptr) {
    turn.volatile_state().link(entry->agent.id).is_connected = false;
  }
}

}  // namespace dray
