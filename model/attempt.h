#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/instant.h"

namespace dray {

enum class AttemptState : std::uint8_t {
  Ahead,     ///< Given to an agent ahead of free room (prefill); not yet begun, may be retracted.
  Starting,  ///< Room is reserved, the order is out.
  Running,   ///< The agent has begun it.
  Ended,     ///< Confirmed dead: the agent said so, or its lease or boot proved it.
};

/// How an attempt ended.
enum class Outcome : std::uint8_t {
  Succeeded,     ///< Exit code 0.
  Failed,        ///< Exit code other than 0.
  Killed,        ///< By a signal that was not ours.
  TimedOut,      ///< attemptDurationSeconds ran out.
  OutOfMemory,   ///< The kernel killed it for its memory limit.
  LaunchFailed,  ///< Never ran: no such program, no right, no image.
  Lost,          ///< Its agent, supervisor or machine went away.
  Stopped,       ///< We were asked to (terminate), or its order was withdrawn.
};

/// What an attempt used, measured by its control group where there is one.
struct Usage {
  std::int64_t cpu_ms = 0;           ///< User and system time of all its processes.
  std::int64_t memory_peak_kib = 0;  ///< Largest memory use of the group.
  bool operator==(const Usage&) const = default;
};

/// How one container of a pod ended.
struct ContainerEnd {
  std::string name;
  bool has_begun = false;
  std::optional<std::int32_t> exit_code;  ///< As AttemptEnd's; absent when it never ran.
  std::string reason;                     ///< At most 255 bytes; empty when there is none.
  bool operator==(const ContainerEnd&) const = default;
};

/// How an attempt ended, with everything that is told about it.
struct AttemptEnd {
  Outcome outcome = Outcome::Lost;
  /// As AWS shows it: the process's code, or 128 + signal. Absent when it never ran or was lost.
  std::optional<std::int32_t> exit_code;
  std::string reason;         ///< container.reason, at most 255 bytes; empty when there is none.
  std::string status_reason;  ///< statusReason of the attempt.
  Usage usage;
  std::vector<ContainerEnd> containers;  ///< Of a pod, in its order; empty when it was lost.
  bool operator==(const AttemptEnd&) const = default;
};

/// One run of a job or child. The row is written before the order to start leaves (F1).
struct Attempt {
  AttemptKey key;
  AttemptToken token;
  AgentId agent;
  AttemptState state = AttemptState::Starting;
  WallTime ordered_at;
  std::optional<WallTime> started_at;  ///< Set from Running on.
  std::optional<WallTime> stopped_at;  ///< Set exactly when Ended.
  std::optional<AttemptEnd> end;       ///< Set exactly when Ended.
  /// Of a node of a multi-node job: room is kept for it, but it is ordered only when the main node
  /// runs. Its agent does not know of it.
  bool is_held = false;
  bool stop_requested = false;  ///< A stop was ordered; `stop_reason` says why.
  std::string stop_reason;
  bool is_final = false;  ///< Its end ended the job or child: no retry follows.
  bool is_rerun = false;  ///< The child had failed and is run again: attempts count from here.
  bool operator==(const Attempt&) const = default;
};

}  // namespace dray
