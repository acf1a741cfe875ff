#include "model/time_limit.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(TimeLimitTexts, ComeBackFromTheirText) {
  const std::vector<TimeLimit> limits = {{BlockReason::Capacity, std::chrono::seconds(1)},
                                         {BlockReason::Requirement, std::chrono::seconds(86'400)}};
  EXPECT_EQ(parse_time_limits(time_limits_text(limits)), limits);
  EXPECT_EQ(parse_time_limits(""), std::vector<TimeLimit>{});
}

TEST(TimeLimitTexts, AreRefusedWhenBroken) {
  for (const char* text : {"x", "\n", "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
                           "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY 1x\n", "ACTION_REQUIRED 5\n"}) {
    EXPECT_FALSE(parse_time_limits(text)) << text;
  }
}

}  // namespace
}  // namespace dray
