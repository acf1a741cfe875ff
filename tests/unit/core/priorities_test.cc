#include <string>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

/// In which class a job stands, and what moves with it when its priority changes.
class Priorities : public testing::Test {
 protected:
  Priorities() { desk_.set_up(); }
  ~Priorities() override { EXPECT_EQ(desk_.complaints, std::vector<std::string>{}); }

  const RequestClass& class_of(const Uuid& job, std::int32_t child = kNoChild) {
    return desk_.state.class_of(*desk_.state.find_job(job), child);
  }
  void change(const Uuid& job, std::int32_t priority) {
    const Reply reply = desk_.take(JobUpdated{job, {.priority = priority}});
    EXPECT_TRUE(std::holds_alternative<Done>(reply));
  }

  Desk desk_;
};

TEST_F(Priorities, BeginAtNothingWhereAwsDoesNotLookAtThem) {
  JobDefinition urgent{.name = "urgent", .scheduling_priority = 7};
  urgent.container.image = "native";
  urgent.container.command = {"true"};
  urgent.container.request = {1000, 512, 0};
  desk_.take(DefinitionRegistered{urgent});
  Submission asked = Desk::submission("j");
  asked.definition = "urgent";
  const Uuid job = desk_.put(asked);
  EXPECT_EQ(desk_.job(job).spec->scheduling_priority, 7);
  EXPECT_EQ(class_of(job).key.priority, 0);
  change(job, 5);
  EXPECT_EQ(class_of(job).key.priority, 5);
  EXPECT_EQ(desk_.job(job).spec->scheduling_priority, 7) << "as it was submitted";
}

TEST_F(Priorities, MoveAJobAloneIntoAnotherClass) {
  const Uuid one = desk_.put(Desk::submission("one"));
  const Uuid other = desk_.put(Desk::submission("other"));
  EXPECT_EQ(desk_.state.classes().size(), 1U);
  change(one, 1);
  EXPECT_EQ(desk_.state.classes().size(), 2U);
  EXPECT_EQ(class_of(one).waiting_count, 1U);
  EXPECT_EQ(class_of(other).waiting_count, 1U);
  change(other, 1);
  EXPECT_EQ(desk_.state.classes().size(), 1U);
  EXPECT_EQ(class_of(one).head().job, desk_.job(one).id);
}

TEST_F(Priorities, MoveAllOfAnArrayAlsoWhatAsksForMoreMemory) {
  desk_.join("a1", {2000, 8192, 0});
  Submission asked = Desk::submission("array");
  asked.array_size = 6;
  asked.limits.running_max = 3;
  asked.retry = RetryStrategy{.attempts = 3};
  asked.retry->memory_growth = MemoryGrowth{200, 4096};
  const Uuid job = desk_.put(asked);
  desk_.begin_all("a1");
  desk_.end("a1", {desk_.job(job).id, 0}, Outcome::OutOfMemory, 137);
  ASSERT_NE(class_of(job, 0).key.request, class_of(job, 1).key.request);
  change(job, 9);
  EXPECT_EQ(class_of(job, 0).key.priority, 9);
  EXPECT_EQ(class_of(job, 1).key.priority, 9);
  EXPECT_EQ(desk_.state.classes().size(), 2U);
  desk_.restart();
  EXPECT_EQ(class_of(job, 0).key.priority, 9);
  desk_.say_hello("a1");
  desk_.run_dry();
  EXPECT_EQ(desk_.state_of(job), JobState::Succeeded);
}

TEST_F(Priorities, StayWithAnArrayThatIsRunAgain) {
  desk_.join("a1", {4000, 4096, 0});
  Submission asked = Desk::submission("array");
  asked.array_size = 2;
  const Uuid job = desk_.put(asked);
  change(job, 4);
  desk_.begin_all("a1");
  desk_.end("a1", {desk_.job(job).id, 0}, Outcome::Failed, 1);
  desk_.end("a1", {desk_.job(job).id, 1});
  EXPECT_EQ(desk_.state_of(job), JobState::Failed);
  desk_.rerun(job);
  EXPECT_EQ(class_of(job).key.priority, 4);
}

}  // namespace
}  // namespace dray
