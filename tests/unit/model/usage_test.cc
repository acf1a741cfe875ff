#include "model/usage.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

using std::chrono::seconds;

UsageMeasure measure(std::int64_t mib, std::int64_t cpu_ms, Duration run = seconds(10)) {
  return {{cpu_ms, mib * 1024}, run};
}

TEST(Usage, SaysNothingOfNothing) {
  const UsageAdvice advice = advise({});
  EXPECT_EQ(advice.attempts, 0U);
  EXPECT_FALSE(advice.memory_mib);
  EXPECT_FALSE(advice.suggested_memory_mib);
  EXPECT_FALSE(advice.suggested_milli_vcpus);
}

TEST(Usage, SuggestsTheNinetyFifthPercentileAndAFifth) {
  std::vector<UsageMeasure> measures;
  for (std::int64_t i = 1; i <= 100; ++i) {
    measures.push_back(measure(i * 10, i * 100));
  }
  const UsageAdvice advice = advise(measures);
  EXPECT_EQ(advice.attempts, 100U);
  EXPECT_EQ(advice.memory_mib->median, 500);
  EXPECT_EQ(advice.memory_mib->p95, 950);
  EXPECT_EQ(advice.memory_mib->most, 1000);
  EXPECT_EQ(advice.suggested_memory_mib, 1152);  // 1140, by 16.
  EXPECT_EQ(advice.milli_vcpus->median, 500);
  EXPECT_EQ(advice.milli_vcpus->p95, 950);
  EXPECT_EQ(advice.suggested_milli_vcpus, 1250);  // 1140, by 250.
}

TEST(Usage, RoundsUpAndNeverSuggestsNothing) {
  const UsageAdvice advice = advise({{{0, 1}, seconds(1)}});
  EXPECT_EQ(advice.memory_mib->most, 1);
  EXPECT_EQ(advice.suggested_memory_mib, 16);
  EXPECT_EQ(advice.suggested_milli_vcpus, 250);
}

TEST(Usage, OfTheCpuNeedsRunsThatAreLongEnough) {
  const UsageAdvice advice = advise({measure(100, 4, std::chrono::milliseconds(5))});
  EXPECT_TRUE(advice.memory_mib);
  EXPECT_FALSE(advice.milli_vcpus);
  EXPECT_FALSE(advice.suggested_milli_vcpus);
}

TEST(Usage, CountsWhatHadTooLittleMemory) {
  UsageMeasure short_of = measure(64, 100);
  short_of.is_out_of_memory = true;
  EXPECT_EQ(advise({short_of, measure(10, 1)}).out_of_memory, 1U);
}

}  // namespace
}  // namespace dray
