#include "model/retry_strategy.h"

#include <gtest/gtest.h>

#include "model/attempt.h"
#include "model/job.h"

namespace dray {
namespace {

RetryStrategy with(std::vector<EvaluateOnExit> rules) {
  return {.attempts = 3, .rules = std::move(rules)};
}

TEST(RetryStrategy, WithoutRulesAlwaysSaysRetry) {
  EXPECT_TRUE(says_retry({.attempts = 2}, {.exit_code = 1}));
}

TEST(RetryStrategy, TakesTheFirstRuleThatMatches) {
  const auto strategy =
      with({{.retry = true, .on_exit_code = "1*"}, {.retry = false, .on_exit_code = "*"}});
  EXPECT_TRUE(says_retry(strategy, {.exit_code = 137}));
  EXPECT_FALSE(says_retry(strategy, {.exit_code = 2}));
}

TEST(RetryStrategy, RetriesWhenNoRuleMatches) {
  EXPECT_TRUE(says_retry(with({{.retry = false, .on_exit_code = "42"}}), {.exit_code = 1}));
}

TEST(RetryStrategy, NeedsAllConditionsOfARule) {
  const auto strategy =
      with({{.retry = false, .on_reason = "OutOfMemory*", .on_exit_code = "137"}});
  EXPECT_FALSE(says_retry(strategy, {.exit_code = 137, .reason = "OutOfMemoryError: x"}));
  EXPECT_TRUE(says_retry(strategy, {.exit_code = 137, .reason = ""}));
}

// AWS's own sample: retry lost hosts, give up on everything else.
TEST(RetryStrategy, StarMatchesAnAbsentReason) {
  const auto strategy =
      with({{.retry = true, .on_status_reason = "Host EC2*"}, {.retry = false, .on_reason = "*"}});
  EXPECT_TRUE(says_retry(strategy, {.status_reason = "Host EC2 (instance i-1) terminated."}));
  EXPECT_FALSE(says_retry(strategy, {.exit_code = 1, .status_reason = "Essential container"}));
}

TEST(RetryStrategy, AnAttemptWithoutExitCodeMatchesOnlyStar) {
  EXPECT_TRUE(says_retry(with({{.retry = false, .on_exit_code = "1*"}}), {}));
  EXPECT_FALSE(says_retry(with({{.retry = false, .on_exit_code = "*"}}), {}));
}

TEST(RetryStrategy, GrowsMemoryUpToItsCeilingAndNeverShrinksIt) {
  RetryStrategy strategy{.attempts = 3};
  EXPECT_EQ(grown_memory(strategy, 512), 512);
  strategy.memory_growth = MemoryGrowth{150, 1000};
  EXPECT_EQ(grown_memory(strategy, 512), 768);
  EXPECT_EQ(grown_memory(strategy, 3), 5);
  EXPECT_EQ(grown_memory(strategy, 768), 1000);
  EXPECT_EQ(grown_memory(strategy, 1000), 1000);
  EXPECT_EQ(grown_memory(strategy, 2000), 2000);
}

TEST(RetryStrategy, MemoryGrowsAfterTooLittleAndARerunBeginsAnew) {
  JobSpec spec;
  spec.container.request.memory_mib = 100;
  spec.retry = {.attempts = 5, .memory_growth = MemoryGrowth{200, 1000}};
  Attempt ended;
  EXPECT_EQ(memory_after(spec, 100, ended), 100);
  ended.end.emplace().outcome = Outcome::Failed;
  EXPECT_EQ(memory_after(spec, 200, ended), 200);
  ended.end->outcome = Outcome::OutOfMemory;
  EXPECT_EQ(memory_after(spec, 200, ended), 400);
  ended.is_final = true;
  EXPECT_EQ(memory_after(spec, 200, ended), 200);
  ended.is_final = false;
  ended.is_rerun = true;
  EXPECT_EQ(memory_after(spec, 400, ended), 100);
}

}  // namespace
}  // namespace dray
