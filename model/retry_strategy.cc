#include "model/retry_strategy.h"

#include <algorithm>
#include <string_view>

namespace dray {
namespace {

/// Equal, or a prefix when the pattern ends in '*'. Case sensitive (contract, appendix C).
bool matches(std::string_view pattern, std::string_view text) {
  if (!pattern.empty() && pattern.back() == '*') {
    return text.starts_with(pattern.substr(0, pattern.size() - 1));
  }
  return pattern == text;
}

/// An attempt without an exit code matches only "*".
bool exit_code_matches(std::string_view pattern, std::optional<std::int32_t> exit_code) {
  if (!exit_code) {
    return pattern == "*";
  }
  return matches(pattern, std::to_string(*exit_code));
}

bool applies(const EvaluateOnExit& rule, const EndOfAttempt& end) {
  return (rule.on_exit_code.empty() || exit_code_matches(rule.on_exit_code, end.exit_code)) &&
         (rule.on_reason.empty() || matches(rule.on_reason, end.reason)) &&
         (rule.on_status_reason.empty() || matches(rule.on_status_reason, end.status_reason));
}

}  // namespace

bool says_retry(const RetryStrategy& strategy, const EndOfAttempt& end) {
  for (const EvaluateOnExit& rule : strategy.rules) {
    if (applies(rule, end)) {
      return rule.retry;
    }
  }
  return true;
}

std::int64_t grown_memory(const RetryStrategy& strategy, std::int64_t memory_mib) {
  if (!strategy.memory_growth) {
    return memory_mib;
  }
  const MemoryGrowth& growth = *strategy.memory_growth;
  const std::int64_t more = (memory_mib * growth.factor_percent + 99) / 100;
  return std::max(memory_mib, std::min(more, growth.ceiling_mib));
}

}  // namespace dray
