#pragma once
#include <variant>

#include "agent/core/supervisor_messages.h"
#include "model/link_messages.h"

/// All that can happen to an agent. Its link, its supervisor and the clock make events.
namespace dray::agent {

struct LinkUp {};
struct LinkDown {};
struct Heard {
  SchedulerMessage message;
};
/// A supervisor is there, a new one or the one of an earlier agent, and this is what it holds.
struct SupervisorUp {
  supervisor::Snapshot snapshot;
};
/// The connection to it broke: it died, or will be found alive.
struct SupervisorDown {};
struct SupervisorTold {
  std::variant<supervisor::Began, supervisor::Ended> fact;
};
/// The scheduler has every byte of an ended attempt's log.
struct LogStored {
  AttemptKey key;
};
/// Ends every batch: facts leave, leases are asked for.
struct Ticked {};

using Event = std::variant<LinkUp, LinkDown, Heard, SupervisorUp, SupervisorDown, SupervisorTold,
                           LogStored, Ticked>;

}  // namespace dray::agent
