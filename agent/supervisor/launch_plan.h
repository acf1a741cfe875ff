#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/pod_state.h"
#include "agent/supervisor/engine_watch.h"
#include "model/bytes.h"

namespace dray::supervisor {

/// Behind the path of an attempt's scratch folder: where the volumes of its pod are, by number.
inline constexpr const char* kVolumes = ".volumes/";

/// What to execute, and as whom. Made by the agent's runner; the supervisor adds the control group,
/// the working folder and the pipes. Nothing in it is a shell's business.
struct LaunchPlan {
  /// Not empty: there is nothing to launch, and this is why (container.reason).
  std::string refusal;
  std::string program;                   ///< Absolute, or relative to the working folder.
  std::vector<std::string> arguments;    ///< argv, with the name as the user gave it first.
  std::vector<std::string> environment;  ///< NAME=value; nothing is added to it.
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  /// The program is a container engine, and this is how to watch it.
  std::optional<EngineWatch> engine;
  /// Of a pod, which is these programs and nothing of the above but a refusal: what order they
  /// have, and each one's plan, in the same order.
  std::vector<std::string> folders;  ///< Of one of them: volumes that must be there first.
  std::vector<pod::Member> members;
  std::vector<LaunchPlan> programs;
  bool operator==(const LaunchPlan&) const = default;
};

/// Nothing to launch, for this reason.
LaunchPlan refused_plan(std::string reason);

void write_plan(ByteWriter& out, const LaunchPlan& plan);
LaunchPlan read_plan(ByteReader& in);

}  // namespace dray::supervisor
