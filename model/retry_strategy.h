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

/// AWS: attempts 1-10, at most 6 rules (API reference, RetryStrategy).
struct RetryStrategy {
  std::int32_t attempts = 1;
  std::vector<EvaluateOnExit> rules;
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

}  // namespace dray
