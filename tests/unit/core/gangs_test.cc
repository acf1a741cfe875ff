#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

/// A gang of two nodes of 2 vCPUs on two agents of that size; its main node is on A and runs.
class Gangs : public testing::Test {
 protected:
  Gangs() {
    desk.set_up();
    desk.join("A", {2000, 4096, 0});
    desk.join("B", {2000, 4096, 0});
    Submission it = Desk::submission("g");
    it.definition = "nodes";
    it.node_count = 2;
    it.node_overrides = {{0, NodeRange::kToTheEnd, {}, {}}};
    it.node_overrides[0].container.milli_vcpus = 2000;
    gang = desk.put(it);
    desk.begin_all("A");
  }
  ~Gangs() override { EXPECT_EQ(desk.complaints, std::vector<std::string>()); }

  /// B gives back what it holds and has not begun.
  void give_back() {
    DeskAgent& agent = desk.agents.at("B");
    ASSERT_EQ(agent.held.size(), 1U);
    AttemptFinished back{.key = agent.held[0].start.key, .token = agent.held[0].start.token};
    back.was_retracted = true;
    back.end.outcome = Outcome::Stopped;
    agent.held.clear();
    desk.say("B", {back});
  }

  Desk desk;
  Uuid gang;
};

TEST_F(Gangs, SendANodeAgainWhoseOrderCameBack) {
  give_back();
  EXPECT_EQ(desk.place_of(gang, 1), "B");
  EXPECT_EQ(desk.agents.at("B").held.size(), 1U);
}

TEST_F(Gangs, DoNotSendANodeAgainToAnAgentThatHasBecomeTooSmall) {
  desk.agents.at("B").capacity = {1000, 4096, 0};
  desk.say_hello("B");
  give_back();
  EXPECT_EQ(desk.place_of(gang, 1), "");
  EXPECT_TRUE(desk.agents.at("B").held.empty());
  EXPECT_EQ(desk.state_of(gang), JobState::Running) << "the main node decides";
}

TEST_F(Gangs, ForgetNothingOfARunOverARestart) {
  desk.restart();
  EXPECT_EQ(desk.place_of(gang, 1), "B");
  desk.say_hello("A");
  desk.say_hello("B");
  desk.begin_all("B");
  ASSERT_TRUE(desk.end("A", {desk.job(gang).id, 0}));
  ASSERT_TRUE(desk.end("B", {desk.job(gang).id, 1}, Outcome::Stopped));
  EXPECT_EQ(desk.state_of(gang), JobState::Succeeded);
}

}  // namespace
}  // namespace dray
