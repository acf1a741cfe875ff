#include "scheduler/core/placement.h"

#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

class Placing : public testing::Test {
 protected:
  Placing() { desk.set_up(); }
  void TearDown() override { EXPECT_EQ(desk.complaints, std::vector<std::string>{}); }
  Uuid put(Resources request, const std::string& queue = "q") {
    Submission it = Desk::submission("j", request);
    it.queue = queue;
    return desk.put(it);
  }
  std::uint32_t ahead_on(const std::string& name) const {
    return static_cast<std::uint32_t>(desk.state.find_agent(name)->ahead.size());
  }
  Desk desk;
};

TEST_F(Placing, PrefersTheAgentWithTheSmallestLeftover) {
  desk.join("large", {16'000, 32'768, 0});
  desk.join("small", {2000, 2048, 0});
  desk.join("middle", {4000, 8192, 0});
  EXPECT_EQ(desk.place_of(put({1000, 512, 0})), "small");
  EXPECT_EQ(desk.place_of(put({2000, 512, 0})), "middle");
}

TEST_F(Placing, LeavesGpusToThoseWhoAskForThem) {
  desk.join("gpus", {2000, 2048, 4});
  desk.join("plain", {64'000, 65'536, 0});
  EXPECT_EQ(desk.place_of(put({1000, 512, 0})), "plain");
  EXPECT_EQ(desk.place_of(put({1000, 512, 1})), "gpus");
}

TEST_F(Placing, GoesByAgeAmongQueuesOfOnePriority) {
  desk.add_queue("other", 1);
  desk.join("a1", {1000, 1024, 0});
  put({1000, 512, 0});
  desk.take(AgentDrained{"a1", true});
  const Uuid first = put({1000, 512, 0}, "other");
  const Uuid second = put({1000, 512, 0}, "q");
  desk.take(AgentDrained{"a1", false});
  desk.begin_all("a1");
  desk.end_first("a1");
  EXPECT_EQ(desk.state_of(first), JobState::Starting);
  EXPECT_NE(desk.state_of(second), JobState::Starting);
}

TEST_F(Placing, GivesAheadTwiceWhatRunsButNotTooMuch) {
  desk.join("a1", {4000, 4096, 0});
  Submission it = Desk::submission("array");
  it.array_size = 100;
  desk.put(it);
  EXPECT_EQ(desk.state.find_agent("a1")->live.size(), 4U);
  EXPECT_EQ(ahead_on("a1"), 8U);
  EXPECT_EQ(desk.state.find_agent("a1")->free(), (Resources{0, 2048, 0}));
}

TEST_F(Placing, GivesAheadWhatAnAgentEndsWhileAnOrderTravels) {
  desk.join("a1", {1000, 1024, 0});
  Submission it = Desk::submission("array");
  it.array_size = 100;
  desk.put(it);
  EXPECT_EQ(ahead_on("a1"), 2U);
  for (int i = 0; i < 20; ++i) {
    desk.begin_all("a1");
    EXPECT_TRUE(desk.end_first("a1"));
  }
  EXPECT_EQ(ahead_on("a1"), 20U);
  // It has become slow: what it has is not taken back, but not made up either.
  desk.pass(std::chrono::seconds(1));
  desk.begin_all("a1");
  EXPECT_TRUE(desk.end_first("a1"));
  EXPECT_EQ(ahead_on("a1"), 19U);
}

// Counted twice, its place would be given to nobody.
TEST_F(Placing, TakesNobodyBackTwiceInAPass) {
  desk.add_queue("urgent", 9);
  desk.join("a1", {1000, 4096, 0});
  put({1000, 512, 0});
  put({1000, 512, 0});
  put({1000, 512, 0});
  desk.begin_all("a1");
  ASSERT_EQ(ahead_on("a1"), 2U);
  for (const std::int64_t memory : {256, 128}) {
    Submission it = Desk::submission("j", {1000, memory, 0});
    it.queue = "urgent";
    desk.take_alone(JobSubmitted{{7, static_cast<std::uint64_t>(memory)}, it, {}});
  }
  const Plan plan = plan_placements(desk.state, desk.now);
  ASSERT_EQ(plan.retractions.size(), 1U);
  EXPECT_EQ(plan.retractions.begin()->second.size(), 2U);
  EXPECT_EQ(plan.placements.size(), 1U) << "the place is kept for the older of the two";
}

TEST_F(Placing, StartsWhatWasGivenAheadWithoutAnotherOrder) {
  desk.join("a1", {1000, 4096, 0});
  put({1000, 512, 0});
  const Uuid next = put({1000, 512, 0});
  desk.begin_all("a1");
  desk.end_first("a1");
  EXPECT_EQ(desk.state_of(next), JobState::Starting);
  for (const SchedulerMessage& order : desk.orders_to("a1")) {
    EXPECT_FALSE(std::holds_alternative<StartAttempts>(order));
  }
}

// The capacity of a pool with a cap is not to be had by standing in line there.
TEST_F(Placing, GivesNothingAheadWhereOnlyTheCapHoldsJobsBack) {
  desk.add_environment("capped", 1);
  desk.add_queue("c", 1, {"capped"});
  desk.join("a1", {4000, 4096, 0}, "capped");
  put({1000, 512, 0}, "c");
  put({1000, 512, 0}, "c");
  EXPECT_EQ(ahead_on("a1"), 0U);
}

TEST_F(Placing, KeepsTheSameAgentForABlockedJobFromPassToPass) {
  desk.join("a1", {4000, 8192, 0});
  desk.join("a2", {4000, 8192, 0});
  for (int i = 0; i < 8; ++i) {
    put({1000, 512, 0});
  }
  desk.begin_all("a1");
  desk.begin_all("a2");
  const Uuid large = put({4000, 512, 0});
  const std::string place = desk.place_of(large);
  EXPECT_FALSE(place.empty());
  for (int i = 0; i < 40; ++i) {
    put({1000, 512, 0});
  }
  // Only `place` empties: the large job must get it, whatever came later.
  for (int i = 0; i < 4; ++i) {
    desk.renew("a1");
    desk.renew("a2");
    EXPECT_TRUE(desk.end_first(place));
  }
  EXPECT_EQ(desk.state_of(large), JobState::Starting);
}

TEST_F(Placing, DoesNotHoldUpOthersForAJobThatNoAgentCouldRun) {
  desk.join("a1", {1000, 1024, 0});
  put({8000, 512, 0});
  EXPECT_EQ(desk.place_of(put({1000, 512, 0})), "a1");
  EXPECT_TRUE(desk.state.reservations.empty());
}

TEST_F(Placing, KeepsTheCapForABlockedJob) {
  desk.add_environment("capped", 4);
  desk.add_queue("c", 1, {"capped"});
  desk.join("a1", {16'000, 16'384, 0}, "capped");
  put({3000, 512, 0}, "c");
  const Uuid large = put({4000, 512, 0}, "c");
  const Uuid small = put({1000, 512, 0}, "c");
  EXPECT_EQ(desk.place_of(small), "") << "it would delay the large one";
  desk.begin_all("a1");
  desk.end_first("a1");
  EXPECT_EQ(desk.place_of(large), "a1");
}

TEST_F(Placing, TellsThePlaceInTheOrderOfDispatch) {
  desk.add_queue("urgent", 9);
  const Uuid low = put({1000, 512, 0});
  const Uuid high = put({2000, 512, 0}, "urgent");
  Submission it = Desk::submission("array");
  it.array_size = 10;
  const Uuid array = desk.put(it);
  const Reply reply = desk.take(ExplanationAsked{{{low, -1}, {high, -1}, {array, 4}}});
  const auto& jobs = std::get<Explanations>(reply).jobs;
  ASSERT_EQ(jobs.size(), 3U);
  EXPECT_EQ(jobs[0].position, 2U);
  EXPECT_EQ(jobs[1].position, 1U);
  EXPECT_EQ(jobs[2].position, 7U);
}

TEST_F(Placing, GivesAVerdictForEachAgentByName) {
  desk.join("busy", {2000, 4096, 0});
  put({2000, 512, 0});
  desk.join("tiny", {500, 256, 0});
  const Uuid waits = put({2000, 8192, 0});
  const Uuid ahead = put({2000, 512, 0});
  const Reply reply = desk.take(ExplanationAsked{{{waits, -1}, {ahead, -1}}});
  const auto& jobs = std::get<Explanations>(reply).jobs;
  ASSERT_EQ(jobs[0].agents.size(), 2U);
  EXPECT_EQ(jobs[0].agents[0].agent, "busy");
  EXPECT_EQ(jobs[0].agents[0].word, AgentVerdict::Word::TooSmall);
  EXPECT_EQ(jobs[0].agents[1].short_of, (Resources{1500, 7936, 0}));
  EXPECT_EQ(jobs[1].code, WaitCode::GivenAhead);
}

}  // namespace
}  // namespace dray
