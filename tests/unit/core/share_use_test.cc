#include "scheduler/core/share_use.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "scheduler/core/shares.h"

namespace dray {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr double kUnit = 1 << ShareUse::kFractionBits;

double vcpus_of(const ShareUse& use) {
  return static_cast<double>(use.vcpus) / kUnit / 1000;
}

TEST(ShareUse, IsHalfAfterAHalfLife) {
  const Resources held{8000, 4096, 2};
  const ShareUse use = grown({}, held, seconds(600), seconds(600));
  EXPECT_NEAR(vcpus_of(use), 4.0, 1e-9);
  EXPECT_NEAR(static_cast<double>(use.memory) / kUnit, 2048.0, 1e-6);
  EXPECT_NEAR(static_cast<double>(use.gpus) / kUnit, 1.0, 1e-6);
  const ShareUse later = grown(use, {}, seconds(1200), seconds(600));
  EXPECT_NEAR(vcpus_of(later), 1.0, 1e-9);
}

TEST(ShareUse, IsNothingAfterVeryLong) {
  const ShareUse use = grown({}, {1'000'000, 0, 0}, hours(1), seconds(1));
  EXPECT_EQ(grown(use, {}, hours(1), seconds(1)), ShareUse{});
  EXPECT_EQ(grown({}, {}, hours(1), seconds(1)), ShareUse{});
}

/// The same numbers everywhere: they decide what is dispatched.
TEST(ShareUse, IsTheSameWithEveryCompiler) {
  const ShareUse use = grown({}, {12'345, 67'890, 3}, microseconds(123'456'789), seconds(604'800));
  EXPECT_EQ(use.vcpus, 468844585);
  EXPECT_EQ(use.memory, 2578360380);
  EXPECT_EQ(use.gpus, 113936);
}

TEST(ShareUse, FollowsTheFormula) {
  std::mt19937_64 chance(7);
  for (int i = 0; i < 2000; ++i) {
    const auto half_life = seconds(1 + chance() % 604'800);
    const auto time = microseconds(chance() % (10 * microseconds(half_life).count()));
    const Resources held{static_cast<std::int64_t>(chance() % 1'000'000), 0, 0};
    const ShareUse before{static_cast<std::int64_t>(chance() % (1ULL << 48)), 0, 0};
    const double left = std::exp2(-static_cast<double>(time.count()) /
                                  static_cast<double>(microseconds(half_life).count()));
    const double expected = static_cast<double>(before.vcpus) * left +
                            static_cast<double>(held.milli_vcpus) * kUnit * (1 - left);
    EXPECT_NEAR(static_cast<double>(grown(before, held, time, half_life).vcpus), expected,
                2 + expected * 1e-12);
  }
}

TEST(ShareUse, IsTheSameInManySmallSteps) {
  const Resources held{4000, 0, 0};
  ShareUse stepped;
  for (int i = 0; i < 100'000; ++i) {
    stepped = grown(stepped, held, microseconds(1700), seconds(604'800));
  }
  const ShareUse whole = grown({}, held, microseconds(170'000'000), seconds(604'800));
  EXPECT_NEAR(vcpus_of(stepped), vcpus_of(whole), 1e-6);
}

TEST(ShareUse, HasNoOverflow) {
  const Resources most{1'000'000'000'000, 1'000'000'000'000, 1'000'000'000'000};
  const ShareUse use = grown({}, most, hours(10'000), seconds(1));
  EXPECT_GT(use.vcpus, 0);
  EXPECT_GT(weighted(use, most, {1, 1, 1}, 9'999'999), weighted(use, {}, {most}, 1));
}

TEST(ShareUse, WeighsTheDominantResource) {
  const Resources capacity{10'000, 10'000, 0};
  EXPECT_EQ(weighted({}, {5000, 1000, 0}, capacity, 10'000),
            weighted({}, {1000, 5000, 7}, capacity, 10'000));
  EXPECT_EQ(weighted({}, {5000, 0, 0}, capacity, 5'000),
            weighted({}, {2500, 0, 0}, capacity, 10'000));
}

TEST(ShareWeights, AreOfTheShareElseOfItsLongestPrefix) {
  const FairShare policy{.shares = {{"A*", 2}, {"ABC*", 3}, {"ABCD", 4}, {"*", 5}}};
  EXPECT_EQ(share_weight(policy, "ABCD"), 4);
  EXPECT_EQ(share_weight(policy, "ABCX"), 3);
  EXPECT_EQ(share_weight(policy, "ABC"), 3);
  EXPECT_EQ(share_weight(policy, "AB"), 2);
  EXPECT_EQ(share_weight(policy, "B"), 5);
  EXPECT_EQ(share_weight({}, "B"), ShareWeight::kOne);
}

}  // namespace
}  // namespace dray
