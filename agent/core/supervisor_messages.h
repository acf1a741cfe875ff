#pragma once
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "model/attempt.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/resources.h"

/// What agent and supervisor say to each other, as values. Both live on one machine and boot, so
/// Instants mean the same in both. agent/supervisor/protocol gives them bytes.
namespace dray::supervisor {

// ---- agent -> supervisor ------------------------------------------------------------------------

/// Begin this attempt as soon as it is first in line and fits. What to run travels beside it (the
/// launch plan) and is not the core's business. Doubled ones are harmless (F7).
struct StartOrder {
  AttemptKey key;
  AttemptToken token;
  Resources request;
  std::optional<Duration> timeout;  ///< From when it began.
  Duration stop_time{};             ///< How long it takes to end; a grace is no shorter.
  bool operator==(const StartOrder&) const = default;
};
[[nodiscard]] inline StartOrder order_to_start(const AttemptKey& key, const AttemptToken& token,
                                               const JobSpec& spec) {
  return {.key = key,
          .token = token,
          .request = spec.container.request,
          .timeout = spec.timeout,
          .stop_time = stop_time_of(spec.pod)};
}
/// Give back what has not begun; what has begun runs on.
struct RetractOrder {
  std::vector<AttemptKey> attempts;
  bool operator==(const RetractOrder&) const = default;
};
/// SIGTERM, grace, then the whole group dies. No grace: it dies at once.
struct StopOrder {
  std::vector<AttemptKey> attempts;
  Duration grace{};
  bool operator==(const StopOrder&) const = default;
};
/// Attempts may live until then. The last one said counts, even when it is earlier (F5, F6).
struct LeaseOrder {
  Instant until;
  bool operator==(const LeaseOrder&) const = default;
};
/// What all attempts together may ask for.
struct CapacityOrder {
  Resources capacity;
  bool operator==(const CapacityOrder&) const = default;
};
/// The scheduler has these ends on disk; their logs may still be on the way.
struct AcknowledgeOrder {
  std::vector<AttemptKey> attempts;
  bool operator==(const AcknowledgeOrder&) const = default;
};
/// Nothing of these ended attempts is needed any more: record and log go.
struct ForgetOrder {
  std::vector<AttemptKey> attempts;
  bool operator==(const ForgetOrder&) const = default;
};

using Order = std::variant<StartOrder, RetractOrder, StopOrder, LeaseOrder, CapacityOrder,
                           AcknowledgeOrder, ForgetOrder>;

// ---- supervisor -> agent ------------------------------------------------------------------------

/// Not ended yet.
struct LiveAttempt {
  AttemptKey key;
  AttemptToken token;
  std::optional<Instant> began_at;  ///< Nothing while it waits for room.
  bool operator==(const LiveAttempt&) const = default;
};

/// An exit record: kept on disk until forgotten.
struct EndedAttempt {
  AttemptKey key;
  AttemptToken token;
  std::optional<Instant> began_at;  ///< Nothing when it never ran.
  Instant ended_at;
  bool was_retracted = false;
  bool is_acknowledged = false;  ///< The end is with the scheduler; only the log is waited for.
  std::uint64_t log_size = 0;    ///< Bytes of its log file; 0: there is none.
  AttemptEnd end;
  bool operator==(const EndedAttempt&) const = default;
};

/// All that is held: the first thing an agent is told when it connects.
struct Snapshot {
  std::vector<LiveAttempt> live;
  std::vector<EndedAttempt> ended;
  bool operator==(const Snapshot&) const = default;
};
struct Began {
  AttemptKey key;
  AttemptToken token;
  Instant at;
  bool operator==(const Began&) const = default;
};
struct Ended {
  EndedAttempt attempt;
  bool operator==(const Ended&) const = default;
};

using Fact = std::variant<Snapshot, Began, Ended>;

}  // namespace dray::supervisor
