#include <gtest/gtest.h>

#include "tests/support/desk.h"

/// jobStateTimeLimitActions beside their scenarios (tests/scenario/time_limit*.txt).
namespace dray {
namespace {

JobQueue limited(const std::string& name, Duration after) {
  return {.name = name,
          .priority = 1,
          .environments = {"ce"},
          .time_limits = {{BlockReason::Requirement, after}}};
}

TEST(TimeLimits, ShorterThanAwsHasThemAreRefusedWhenStrict) {
  for (const bool is_strict : {false, true}) {
    Desk desk({.compat_strict = is_strict});
    desk.set_up();
    const auto is_taken = [&desk](std::string name, Duration after) {
      return std::holds_alternative<Done>(desk.take(QueueCreated{limited(std::move(name), after)}));
    };
    EXPECT_TRUE(is_taken("ten", std::chrono::minutes(10)));
    EXPECT_EQ(is_taken("nine", std::chrono::minutes(9)), !is_strict);
    const auto updated = desk.take(QueueUpdated{
        {.name = "ten", .time_limits = {{{BlockReason::Capacity, std::chrono::minutes(9)}}}}});
    EXPECT_EQ(std::holds_alternative<Done>(updated), !is_strict);
  }
}

TEST(TimeLimits, WakeNobodyForQueuesWithoutThem) {
  Desk desk;
  desk.set_up();
  desk.put(Desk::submission("huge", {64'000, 512, 0}));
  EXPECT_FALSE(desk.decisions.back().wake_at);
  desk.take(QueueUpdated{
      {.name = "q", .time_limits = {{{BlockReason::Capacity, std::chrono::minutes(10)}}}}});
  EXPECT_EQ(desk.decisions.back().wake_at, desk.now + std::chrono::minutes(10));
}

TEST(TimeLimits, BeginAnewWithTheScheduler) {
  Desk desk;
  desk.set_up();
  desk.take(QueueUpdated{
      {.name = "q", .time_limits = {{{BlockReason::Capacity, std::chrono::minutes(10)}}}}});
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.now = desk.now + std::chrono::minutes(9);
  desk.restart();
  desk.tick();
  desk.pass(std::chrono::minutes(9));
  EXPECT_EQ(desk.state_of(uuid), JobState::Runnable);
  desk.pass(std::chrono::minutes(1));
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_TRUE(desk.job(uuid).is_cancelled);
  EXPECT_EQ(desk.complaints, std::vector<std::string>{});
}

TEST(TimeLimits, AskOneClassAQueueHoweverManyWait) {
  Desk desk;
  desk.inspects = false;
  desk.set_up();
  desk.take(QueueUpdated{
      {.name = "q", .time_limits = {{{BlockReason::Capacity, std::chrono::minutes(10)}}}}});
  Submission array = Desk::submission("array");
  array.array_size = 10'000;
  const Uuid uuid = desk.put(array);
  desk.pass(std::chrono::minutes(10));
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  std::size_t rows = 0;
  for (const Decision& decision : desk.decisions) {
    rows += decision.changes.size();
  }
  EXPECT_LT(rows, 10U) << "the waiting children go as one run";
}

}  // namespace
}  // namespace dray
