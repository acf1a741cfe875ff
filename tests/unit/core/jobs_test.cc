#include <gtest/gtest.h>

#include "model/texts.h"
#include "tests/support/desk.h"

/// Attempts, ends, retries, stops: what the rows say afterwards.
namespace dray {
namespace {

class Jobs : public testing::Test {
 protected:
  Jobs() {
    desk.set_up();
    desk.join("a1", {2000, 4096, 0});
  }
  void TearDown() override { EXPECT_EQ(desk.complaints, std::vector<std::string>{}); }

  Attempt attempt(const Uuid& uuid, AttemptNumber number, std::int32_t child = kNoChild) const {
    return desk.rows.attempts().at({{desk.job(uuid).id, child}, number});
  }
  JobKey key(const Uuid& uuid, std::int32_t child = kNoChild) const {
    return {desk.job(uuid).id, child};
  }
  Uuid put_array(std::int32_t size, std::int32_t attempts = 1) {
    Submission it = Desk::submission("array");
    it.array_size = size;
    it.retry = RetryStrategy{attempts, {}};
    return desk.put(it);
  }

  Desk desk;
};

TEST_F(Jobs, GoFromRunnableToSucceeded) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  EXPECT_EQ(desk.state_of(uuid), JobState::Starting);
  desk.begin_all("a1");
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
  EXPECT_TRUE(desk.job(uuid).started_at.has_value());
  desk.now = desk.now + std::chrono::seconds(5);
  desk.end("a1", key(uuid));
  const Job& job = desk.job(uuid);
  EXPECT_EQ(job.state, JobState::Succeeded);
  EXPECT_EQ(job.status_reason, texts::kEssentialContainerExited);
  EXPECT_EQ(job.stopped_at->epoch_ms - job.started_at->epoch_ms, 5000);
  EXPECT_EQ(job.attempts_made, 1U);
  EXPECT_TRUE(attempt(uuid, 1).is_final);
  EXPECT_TRUE(desk.state.jobs().empty()) << "State must not grow with finished jobs";
}

TEST_F(Jobs, NeverShowARunAsShorterThanTheAgentMeasured) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");  // The news of the beginning took 700 ms, ...
  desk.now = desk.now + std::chrono::milliseconds(59'300);
  AttemptFinished end{.key = attempt(uuid, 1).key, .token = attempt(uuid, 1).token};
  end.had_begun = true;
  end.began_age = std::chrono::microseconds(60'000'000);
  end.ended_age = std::chrono::microseconds(0);  // ... that of the end took no time.
  end.end = {.outcome = Outcome::TimedOut, .exit_code = 143};
  desk.say("a1", {end});
  const Job& job = desk.job(uuid);
  EXPECT_EQ(job.stopped_at->epoch_ms - job.started_at->epoch_ms, 60'000);
}

TEST_F(Jobs, TakeABeginningAndAnEndThatCameAsOne) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  AttemptFinished both{.key = attempt(uuid, 1).key, .token = attempt(uuid, 1).token};
  both.had_begun = true;
  both.began_age = std::chrono::milliseconds(30);
  both.ended_age = std::chrono::milliseconds(10);
  both.end = {.outcome = Outcome::Failed, .exit_code = 3};
  desk.say("a1", {both});
  const Job& job = desk.job(uuid);
  EXPECT_EQ(job.state, JobState::Failed);
  EXPECT_EQ(job.stopped_at->epoch_ms - job.started_at->epoch_ms, 20);
}

TEST_F(Jobs, TellAwsTextsForEachOutcome) {
  const auto reason = [this](Outcome outcome) {
    const Uuid uuid = desk.put(Desk::submission("j"));
    desk.begin_all("a1");
    desk.end("a1", key(uuid), outcome, 137);
    return std::pair(desk.job(uuid).status_reason, attempt(uuid, 1).end->reason);
  };
  EXPECT_EQ(reason(Outcome::TimedOut).first, texts::kTimeout);
  EXPECT_EQ(reason(Outcome::OutOfMemory).second, texts::kOutOfMemory);
  EXPECT_EQ(reason(Outcome::LaunchFailed).first, texts::kTaskFailedToStart);
  EXPECT_EQ(reason(Outcome::Lost).first, "Host EC2 (agent a1) terminated.");
  EXPECT_EQ(reason(Outcome::Killed).first, texts::kEssentialContainerExited);
}

TEST_F(Jobs, CutLongReasons) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.end("a1", key(uuid), Outcome::LaunchFailed, 0, std::string(1000, 'x'));
  EXPECT_EQ(attempt(uuid, 1).end->reason, std::string(255, 'x')) << "AWS: container.reason";
}

// AWS: more than 50 tags of job and definition together fail the job.
TEST_F(Jobs, ThatPropagateTooManyTagsFail) {
  JobDefinition definition;
  definition.name = "tagged";
  definition.container = {.image = "native", .command = {"true"}, .request = {1000, 512, 0}};
  for (int i = 0; i < 30; ++i) {
    definition.tags["definition-" + std::to_string(i)] = "x";
  }
  definition.tags["both"] = "x";
  desk.take(DefinitionRegistered{definition});
  const auto state_with = [this](int tags, bool propagates, std::int32_t array_size = 0) {
    Submission it = Desk::submission("j");
    it.definition = "tagged";
    it.propagate_tags = propagates;
    it.array_size = array_size;
    it.tags["both"] = "y";
    for (int i = 0; i < tags; ++i) {
      it.tags["job-" + std::to_string(i)] = "x";
    }
    const Uuid uuid = desk.put(it);
    const JobState state = desk.state_of(uuid);
    desk.run_dry();
    return state;
  };
  EXPECT_EQ(state_with(19, true), JobState::Starting) << "30 + 1 + 19";
  EXPECT_EQ(state_with(20, true), JobState::Failed);
  EXPECT_EQ(state_with(20, true, 3), JobState::Failed);
  EXPECT_EQ(state_with(20, false), JobState::Starting);
}

TEST_F(Jobs, AreRetriedByTheirRules) {
  Submission it = Desk::submission("j");
  it.retry = RetryStrategy{5, {{.retry = true, .on_exit_code = "7"}, {.on_exit_code = "*"}}};
  const Uuid uuid = desk.put(it);
  desk.begin_all("a1");
  desk.end("a1", key(uuid), Outcome::Failed, 7);
  EXPECT_EQ(desk.state_of(uuid), JobState::Starting);
  desk.begin_all("a1");
  desk.end("a1", key(uuid), Outcome::Failed, 8);
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_FALSE(attempt(uuid, 1).is_final);
  EXPECT_TRUE(attempt(uuid, 2).is_final);
}

TEST_F(Jobs, AreNotEndedByTheNewsOfAnotherAttempt) {
  Submission it = Desk::submission("j");
  it.retry = RetryStrategy{3, {}};
  const Uuid uuid = desk.put(it);
  const Attempt first = attempt(uuid, 1);
  desk.begin_all("a1");
  desk.end("a1", key(uuid), Outcome::Failed, 1);
  desk.begin_all("a1");
  AttemptFinished late{.key = first.key, .token = first.token, .had_begun = true};
  late.end.outcome = Outcome::Succeeded;
  desk.say("a1", {late});
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
  AttemptFinished forged{.key = attempt(uuid, 2).key, .token = {1, 2}, .had_begun = true};
  forged.end.outcome = Outcome::Succeeded;
  desk.say("a1", {forged});
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
  ASSERT_EQ(desk.orders_to("a1").size(), 1U);
  EXPECT_EQ(std::get<AcknowledgeEnds>(desk.orders_to("a1")[0]).attempts.front(), forged.key);
}

TEST_F(Jobs, ReuseTheNumberOfAnAttemptThatWasNeverMadeWithAnotherToken) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  const Attempt before = attempt(uuid, 1);
  AttemptFinished back{.key = before.key, .token = before.token, .was_retracted = true};
  back.end.outcome = Outcome::Stopped;
  desk.say("a1", {back});
  EXPECT_EQ(attempt(uuid, 1).state, AttemptState::Starting);
  EXPECT_NE(attempt(uuid, 1).token, before.token);
  EXPECT_EQ(desk.job(uuid).attempts_made, 0U);
}

TEST_F(Jobs, TellWhetherTheyWereCancelledOrTerminated) {
  Submission huge = Desk::submission("huge", {64'000, 512, 0});
  const Uuid cancelled = desk.put(huge);
  const Uuid terminated = desk.put(huge);
  desk.take(JobCancelled{cancelled, kNoChild, {"c", "ann"}});
  desk.take(JobTerminated{terminated, kNoChild, {"t", "ann"}});
  EXPECT_TRUE(desk.job(cancelled).is_cancelled);
  EXPECT_FALSE(desk.job(cancelled).is_terminated);
  EXPECT_TRUE(desk.job(terminated).is_terminated);
  EXPECT_EQ(desk.reason_of(terminated), "t");
}

TEST_F(Jobs, ThatAreTerminatedFailEvenWhenTheyMeanwhileSucceed) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  desk.take(JobTerminated{uuid, kNoChild, {"enough", "ann"}});
  EXPECT_EQ(desk.state_of(uuid), JobState::Running);
  EXPECT_TRUE(desk.job(uuid).is_terminated) << "AWS: before the job ends";
  const auto orders = desk.orders_to("a1");
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(std::get<StopAttempts>(orders[0]).grace, std::chrono::seconds(30));
  desk.end("a1", key(uuid));
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_EQ(desk.reason_of(uuid), "enough");
}

TEST_F(Jobs, AreStoppedAgainAfterTheSessionBroke) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  desk.disconnect("a1");
  desk.take(JobTerminated{uuid, kNoChild, {"enough", "ann"}});
  EXPECT_TRUE(desk.orders_to("a1").empty());
  desk.say_hello("a1");
  const auto orders = desk.orders_to("a1");
  ASSERT_EQ(orders.size(), 2U);
  EXPECT_EQ(std::get<StopAttempts>(orders[1]).attempts.front().job, key(uuid));
}

TEST_F(Jobs, SendTheirSpecOnceASession) {
  const Uuid uuid = put_array(50);
  int specs = 0;
  const auto count = [&] {
    for (const SchedulerMessage& order : desk.orders_to("a1")) {
      if (const auto* start = std::get_if<StartAttempts>(&order)) {
        specs += static_cast<int>(start->jobs.size());
      }
    }
  };
  count();
  for (int child = 0; child < 10; ++child) {
    desk.begin_all("a1");
    desk.end_first("a1");
    count();
  }
  EXPECT_EQ(specs, 1);
  desk.disconnect("a1");
  desk.say_hello("a1");
  desk.begin_all("a1");
  desk.end_first("a1");
  count();
  EXPECT_EQ(specs, 2);
  EXPECT_EQ(desk.state_of(uuid), JobState::Pending);
}

TEST_F(Jobs, OfAnArrayAreCountedOnceABatch) {
  const Uuid uuid = put_array(1000);
  int counted = 0;
  for (const Decision& decision : desk.decisions) {
    for (const Change& change : decision.changes) {
      counted += std::holds_alternative<ArrayCounted>(change) ? 1 : 0;
    }
  }
  EXPECT_EQ(counted, 1);
  const StateCounts& counts = desk.rows.counts().at(desk.job(uuid).id);
  EXPECT_EQ(counts[static_cast<std::size_t>(JobState::Starting)], 2U);
  EXPECT_EQ(counts[static_cast<std::size_t>(JobState::Runnable)], 998U);
}

TEST_F(Jobs, OfAnArrayCostNoRowUntilTheyStart) {
  desk.disconnect("a1");
  desk.inspects = false;
  put_array(1'000'000);
  EXPECT_EQ(desk.decisions[0].changes.size(), 1U);
}

TEST_F(Jobs, OfACancelledArrayAreNotTriedAgain) {
  const Uuid uuid = put_array(2, 9);
  desk.begin_all("a1");
  desk.take(JobCancelled{uuid, kNoChild, {"no more", "ann"}});
  desk.end("a1", key(uuid, 0), Outcome::Failed, 1);
  desk.end("a1", key(uuid, 1), Outcome::Succeeded);
  EXPECT_EQ(desk.state_of(uuid), JobState::Failed);
  EXPECT_EQ(desk.reason_of(uuid), "no more");
}

TEST_F(Jobs, ForgetWhatOnlyTheyNeeded) {
  const Uuid first = desk.put(Desk::submission("first"));
  Submission it = Desk::submission("second", {64'000, 512, 0});
  it.depends_on = {{first, kNoChild}};
  const Uuid second = desk.put(it);
  desk.run_dry();
  EXPECT_NE(desk.state.find_job(first), nullptr) << "somebody still depends on it";
  desk.take(JobCancelled{second, kNoChild, {"c", "ann"}});
  EXPECT_TRUE(desk.state.jobs().empty());
}

TEST_F(Jobs, EndInALongChainWithoutRecursion) {
  desk.inspects = false;
  Submission head = Desk::submission("head", {64'000, 512, 0});
  const Uuid first = desk.put(head);
  Uuid last = first;
  for (int i = 0; i < 5000; ++i) {
    Submission it = Desk::submission("next");
    it.depends_on = {{last, kNoChild}};
    last = desk.put(it);
  }
  desk.take(JobCancelled{first, kNoChild, {"c", "ann"}});
  EXPECT_EQ(desk.reason_of(last), texts::kDependentJobFailed);
  EXPECT_TRUE(desk.state.jobs().empty());
}

}  // namespace
}  // namespace dray
