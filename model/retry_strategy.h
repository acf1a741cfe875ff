#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dray {

/// One rule of a retry strategy (AWS: EvaluateOnExit). Patterns may end in '*'; empty = not given.
struct EvaluateOnExit {
  bool retry = false;  ///< AWS: action RETRY or EXIT.
  std::string on_status_reason;
  std::string on_reason;
  std::string on_exit_code;
  bool operator==(const EvaluateOnExit&) const = default;
};

/// Dray's own: after an attempt that ended because its memory was too small, the next one asks for
/// more.
struct MemoryGrowth {
  std::int32_t factor_percent = 200;  ///< 101-1000: of what the attempt had.
  std::int64_t ceiling_mib = 0;       ///< Never more than this.
  bool operator==(const MemoryGrowth&) const = default;
};

/// AWS: attempts 1-10, at most 6 rules (API reference, RetryStrategy).
struct RetryStrategy {
  std::int32_t attempts = 1;
  std::vector<EvaluateOnExit> rules;
  std::optional<MemoryGrowth> memory_growth{};
  bool operator==(const RetryStrategy&) const = default;
};

/// How an attempt looked at its end, for the rules.
struct EndOfAttempt {
  std::optional<std::int32_t> exit_code;
  std::string reason;         ///< container.reason
  std::string status_reason;  ///< statusReason of the attempt
};

/// Whether the strategy says "again" after a failed attempt, were attempts left: the first rule all
/// of whose conditions match decides; no match means yes (AWS user guide, job_retries).
bool says_retry(const RetryStrategy& strategy, const EndOfAttempt& end);

/// What the next attempt asks for after one with `memory_mib` had too little; the same when it may
/// not grow.
std::int64_t grown_memory(const RetryStrategy& strategy, std::int64_t memory_mib);

}  // namespace dray
