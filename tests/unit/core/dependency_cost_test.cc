#include <gtest/gtest.h>

#include "model/texts.h"
#include "tests/support/desk.h"

/// Dependencies cost what they are many, and not the square of it: counted, not timed
/// (tests/bench/dependency_bench times the same).
namespace dray {
namespace {

class DependencyCost : public testing::Test {
 protected:
  DependencyCost() {
    desk.inspects = false;
    desk.set_up();
    desk.join("a1", {10'000'000, 10'000'000, 0});
  }
  Uuid put(const std::string& name, std::int32_t size, std::vector<Dependency> depends_on) {
    Submission it = Desk::submission(name);
    it.array_size = size;
    it.depends_on = std::move(depends_on);
    return desk.put(it);
  }
  /// All that is held ends in one message, as the agent of a large machine would tell it.
  void end_all(Outcome outcome) {
    DeskAgent& agent = desk.agents.at("a1");
    std::vector<std::variant<AttemptBegan, AttemptFinished>> facts;
    for (const DeskAgent::Held& held : agent.held) {
      AttemptFinished end{.key = held.start.key, .token = held.start.token, .had_begun = true};
      end.end = {.outcome = outcome, .exit_code = outcome == Outcome::Succeeded ? 0 : 1};
      facts.emplace_back(end);
    }
    agent.held.clear();
    desk.say("a1", std::move(facts));
  }
  std::uint64_t read() const { return desk.state.dependencies_read; }

  Desk desk;
};

constexpr std::int32_t kMany = 10'000;
constexpr std::uint64_t kOnce = 10'000;

TEST_F(DependencyCost, OfAnNToNPairIsLinear) {
  const Uuid first = put("first", kMany, {});
  const Uuid second = put("second", kMany, {{first, kNoChild, DependencyType::NToN}});
  end_all(Outcome::Succeeded);
  end_all(Outcome::Succeeded);
  EXPECT_EQ(desk.state_of(second), JobState::Succeeded);
  EXPECT_GE(read(), kOnce);
  EXPECT_LE(read(), 8 * kOnce);
}

TEST_F(DependencyCost, OfAnNToNPairThatFailsIsLinear) {
  const Uuid first = put("first", kMany, {});
  const Uuid second = put("second", kMany, {{first, kNoChild, DependencyType::NToN}});
  end_all(Outcome::Failed);
  EXPECT_EQ(desk.state_of(second), JobState::Failed);
  EXPECT_GE(read(), kOnce);
  EXPECT_LE(read(), 8 * kOnce);
}

TEST_F(DependencyCost, OfAJobThatNeedsManyIsLinear) {
  std::vector<Dependency> all;
  for (std::int32_t i = 0; i < 3000; ++i) {
    all.push_back({put("needed", 0, {}), kNoChild});
  }
  const Uuid last = put("last", 0, all);
  const Uuid array = put("array", 2, all);
  end_all(Outcome::Succeeded);
  EXPECT_EQ(desk.state_of(last), JobState::Starting);
  end_all(Outcome::Succeeded);
  EXPECT_EQ(desk.state_of(array), JobState::Succeeded);
  EXPECT_TRUE(desk.state.jobs().empty());
  EXPECT_GE(read(), 3000U);
  EXPECT_LE(read(), 2 * 8 * 3000U);
}

TEST_F(DependencyCost, OfAJobThatNeedsManyWhichFailIsLinear) {
  std::vector<Dependency> all;
  for (std::int32_t i = 0; i < 3000; ++i) {
    all.push_back({put("needed", 0, {}), kNoChild});
  }
  const Uuid last = put("last", 0, all);
  end_all(Outcome::Failed);
  EXPECT_EQ(desk.reason_of(last), texts::kDependentJobFailed);
  EXPECT_TRUE(desk.state.jobs().empty());
  EXPECT_GE(read(), 3000U);
  EXPECT_LE(read(), 8 * 3000U);
}

TEST_F(DependencyCost, OfManyJobsThatNeedOneChildEachIsLinear) {
  const Uuid first = put("first", 3000, {});
  Uuid last;
  for (std::int32_t child = 0; child < 3000; ++child) {
    last = put("next", 0, {{first, child}});
  }
  end_all(Outcome::Succeeded);
  EXPECT_EQ(desk.state_of(last), JobState::Starting);
  EXPECT_GE(read(), 3000U);
  EXPECT_LE(read(), 8 * 3000U);
}

}  // namespace
}  // namespace dray
