#include "model/time_limit.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "model/check.h"

namespace dray {

std::string_view code_of(BlockReason reason) {
  switch (reason) {
    case BlockReason::NoEnvironment:
      return "ACTION_REQUIRED";
    case BlockReason::EnvironmentMax:
      return "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE";
    case BlockReason::Requirement:
      return "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT";
    case BlockReason::Capacity:
      return "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY";
  }
  check_failed("a BlockReason", __FILE__, __LINE__);
}

std::optional<BlockReason> parse_limit_code(std::string_view code) {
  for (const BlockReason reason :
       {BlockReason::EnvironmentMax, BlockReason::Requirement, BlockReason::Capacity}) {
    if (code_of(reason) == code) {
      return reason;
    }
  }
  return std::nullopt;
}

std::string time_limits_text(const std::vector<TimeLimit>& limits) {
  std::string text;
  for (const TimeLimit& limit : limits) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit.after);
    text += code_of(limit.reason);
    text += ' ' + std::to_string(seconds.count()) + '\n';
  }
  return text;
}

std::optional<std::vector<TimeLimit>> parse_time_limits(std::string_view text) {
  std::vector<TimeLimit> limits;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::optional<BlockReason> reason = parse_limit_code(line.substr(0, blank));
    const std::string_view digits = line.substr(std::min(blank + 1, line.size()));
    std::int64_t seconds = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (!reason || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
      return std::nullopt;
    }
    limits.push_back({*reason, std::chrono::seconds(seconds)});
  }
  return limits;
}

}  // namespace dray
