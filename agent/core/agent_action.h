#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/supervisor_messages.h"
#include "model/link_messages.h"

/// What an agent makes of one event: done in this order.
namespace dray::agent {

/// Durable before anything after it is done (F4).
struct StoreSequence {
  std::uint64_t sequence = 0;
  bool operator==(const StoreSequence&) const = default;
};
/// To the scheduler, on the link as it is now.
struct Say {
  AgentMessage message;
};
/// Close the connection; the link comes up again by itself, with back-off.
struct DropLink {
  bool operator==(const DropLink&) const = default;
};
/// Find the supervisor, or start one when there is none. Answered by SupervisorUp.
struct CallSupervisor {
  bool operator==(const CallSupervisor&) const = default;
};
struct TellSupervisor {
  supervisor::Order order;
};
/// A StartOrder, with what to run: the runner makes a launch plan of it.
struct TellStart {
  supervisor::StartOrder order;
  std::shared_ptr<const JobToRun> job;
};
/// A log that grows from now on.
struct ShipLog {
  AttemptKey key;
  AttemptToken token;
  bool operator==(const ShipLog&) const = default;
};
/// Its log will not grow beyond `size`. Answered by LogStored.
struct EndLog {
  AttemptKey key;
  AttemptToken token;
  std::uint64_t size = 0;
  bool operator==(const EndLog&) const = default;
};
/// Nobody wants this log any more.
struct DropLog {
  AttemptKey key;
  bool operator==(const DropLog&) const = default;
};
/// For the operator: a session was granted.
struct Registered {
  SessionId session;
  bool operator==(const Registered&) const = default;
};
/// For the operator: the scheduler does not want us, and why.
struct Refused {
  std::string reason;
  bool operator==(const Refused&) const = default;
};

using Action = std::variant<StoreSequence, Say, DropLink, CallSupervisor, TellSupervisor, TellStart,
                            ShipLog, EndLog, DropLog, Registered, Refused>;

struct Decision {
  std::vector<Action> actions;
  std::optional<Instant> wake_at;  ///< When to tick if nothing else happens. Only Ticked sets it.
};

}  // namespace dray::agent
