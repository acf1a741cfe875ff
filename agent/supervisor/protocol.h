#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "agent/core/supervisor_messages.h"
#include "agent/supervisor/launch_plan.h"

/// Agent <-> supervisor: frames on a Unix stream socket in the agent's data folder. Versioned apart
/// from the link to the scheduler: a supervisor outlives an upgrade of its agent.
///
/// Frame: u32 length of what follows (little endian), u8 kind, fields. A frame that cannot be one
/// ends the connection.
namespace dray::supervisor {

inline constexpr std::uint32_t kProtocol = 2;
inline constexpr std::size_t kFrameHead = 4;
inline constexpr std::size_t kFrameBytesMax = 16 * 1024 * 1024;

/// First from both sides.
struct Greeting {
  std::uint32_t protocol = kProtocol;
  std::string agent_name;
  bool operator==(const Greeting&) const = default;
};
/// A StartOrder with what to run, which says how long it takes to stop.
struct PlannedStart {
  StartOrder order;
  LaunchPlan plan;
  bool operator==(const PlannedStart&) const = default;
};
/// End every attempt at once, then the supervisor itself. For --shutdown.
struct ShutDown {
  bool operator==(const ShutDown&) const = default;
};
/// Its log file has become longer.
struct LogGrew {
  AttemptKey key;
  bool operator==(const LogGrew&) const = default;
};
/// What this supervisor cannot enforce here, for the operator; empty when it can do all.
struct Shortcomings {
  std::string containment;
  std::vector<std::string> sentences;
  bool operator==(const Shortcomings&) const = default;
};

/// A StartOrder travels as PlannedStart only.
using ToSupervisor = std::variant<Greeting, PlannedStart, Order, ShutDown>;
using ToAgent = std::variant<Greeting, Fact, LogGrew, Shortcomings>;

/// A whole frame, length included.
std::string encode(const ToSupervisor& message);
std::string encode(const ToAgent& message);
/// `body` is what stands behind the length. Nothing when it cannot be one.
std::optional<ToSupervisor> decode_to_supervisor(std::string_view body);
std::optional<ToAgent> decode_to_agent(std::string_view body);

/// Takes the first whole frame's body off `received`; nothing when there is none yet. `is_broken`
/// becomes true when the length cannot be one.
std::optional<std::string_view> take_frame(std::string_view& received, bool& is_broken);

}  // namespace dray::supervisor
