#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/instant.h"

namespace dray {

/// Why a waiting job can be given to no agent at all, whatever ends (AWS user guide,
/// job_stuck_in_runnable).
enum class BlockReason : std::uint8_t {
  NoEnvironment,   ///< ACTION_REQUIRED: its queue names no enabled environment.
  EnvironmentMax,  ///< It asks for more than maxvCpus of every environment.
  Requirement,     ///< It asks for more than any agent has, even empty.
  Capacity,        ///< No agent has joined, or those large enough are silent or draining.
};
/// AWS's code: "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT".
std::string_view code_of(BlockReason reason);
/// Of those that a queue may name in a time limit; nothing for any other word.
std::optional<BlockReason> parse_limit_code(std::string_view code);

/// The job at the head of a queue is cancelled once it has been blocked there for that reason that
/// long (AWS: jobStateTimeLimitActions).
struct TimeLimit {
  BlockReason reason = BlockReason::Capacity;
  Duration after{};
  bool operator==(const TimeLimit&) const = default;
};

/// As the store keeps them: a line `CODE SECONDS` each.
std::string time_limits_text(const std::vector<TimeLimit>& limits);
/// Nothing when the text is none of those.
std::optional<std::vector<TimeLimit>> parse_time_limits(std::string_view text);

}  // namespace dray
