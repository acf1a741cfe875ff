#include <gtest/gtest.h>

#include "model/names.h"
#include "tests/unit/store/kept_desk.h"

namespace dray {
namespace {

using std::chrono::seconds;

class History : public testing::Test {
 protected:
  /// "+5s RUNNING 1 a1; ...": times count from the beginning of the test.
  std::string told(const Uuid& job, std::int32_t child = kNoChild) {
    kept.keep();
    const auto found = kept.room.reader().history({job, child});
    if (!found) {
      return found.error().reason;
    }
    std::string text;
    for (const HistoryEntry& entry : found->entries) {
      text += text.empty() ? "" : "; ";
      text += "+" + std::to_string((entry.at.epoch_ms - began_ms_) / 1000) + "s ";
      text += entry.state ? name_of(*entry.state) : name_of(*entry.note);
      text += entry.said_by.empty() ? "" : " by " + entry.said_by;
      text += entry.attempt ? " " + std::to_string(*entry.attempt) : "";
      text += entry.agent.empty() ? "" : " " + entry.agent;
      text += entry.outcome ? " " + std::string(name_of(*entry.outcome)) : "";
      text += entry.exit_code ? " " + std::to_string(*entry.exit_code) : "";
      text += entry.reason.empty() ? "" : " (" + entry.reason + ")";
      text += entry.is_estimate ? " about" : "";
    }
    return text;
  }
  JobId id_of(const Uuid& uuid) { return kept.desk.job(uuid).id; }

  KeptDesk kept;
  Desk& desk = kept.desk;

 private:
  std::int64_t began_ms_ = kept.now_ms();
};

TEST_F(History, TellsWhoHeldAJobAndChangedItsPriority) {
  desk.put(Desk::submission("fills", {4000, 512, 0}));
  const Uuid job = desk.put(Desk::submission("j", {4000, 512, 0}));
  kept.pass(seconds(1));
  desk.take(JobUpdated{job, {.is_held = true, .said_by = "ann"}});
  kept.pass(seconds(1));
  desk.take(JobUpdated{job, {.priority = 7, .said_by = "bob"}});
  desk.take(JobUpdated{job, {.priority = 7, .said_by = "cem"}});
  kept.pass(seconds(1));
  desk.take(JobUpdated{job, {.is_held = false}});
  const std::string all = told(job);
  EXPECT_NE(all.find("; +1s HOLD by ann; +2s PRIORITY by bob (from 0 to 7); +3s RELEASE"),
            std::string::npos)
      << all;
}

TEST_F(History, TellsEveryStateOfEveryAttempt) {
  Submission asked = Desk::submission("twice");
  asked.retry = RetryStrategy{2, {}};
  const Uuid job = desk.put(asked);
  kept.pass(seconds(1));
  desk.begin_all("a1");
  kept.pass(seconds(1));
  desk.end("a1", {id_of(job), kNoChild}, Outcome::Failed, 7);
  kept.pass(seconds(1));
  desk.begin_all("a1");
  EXPECT_EQ(told(job),
            "+0s SUBMITTED; +0s RUNNABLE; +0s STARTING 1 a1; +1s RUNNING 1 a1; "
            "+2s RUNNABLE 1 a1 FAILED 7 (Essential container in task exited); "
            "+2s STARTING 2 a1; +3s RUNNING 2 a1");
  kept.pass(seconds(2));
  desk.end("a1", {id_of(job), kNoChild});
  const std::string whole = told(job);
  EXPECT_NE(whole.find("; +5s SUCCEEDED 2 a1 SUCCEEDED 0 (Essential"), std::string::npos) << whole;
}

TEST_F(History, KeepsEveryReasonBesideTheOthers) {
  const Uuid job = desk.put(Desk::submission("runs"));
  desk.begin_all("a1");
  kept.pass(seconds(1));
  desk.take(JobCancelled{job, kNoChild, {"too late for that", "ann"}});
  kept.pass(seconds(1));
  desk.take(JobTerminated{job, kNoChild, {"first", "ann"}});
  kept.pass(seconds(1));
  desk.take(JobTerminated{job, kNoChild, {"second", "bob"}});
  kept.pass(seconds(1));
  desk.end("a1", {id_of(job), kNoChild}, Outcome::Stopped, 143);
  desk.take(JobTerminated{job, kNoChild, {"it has ended", "bob"}});
  EXPECT_EQ(told(job),
            "+0s SUBMITTED; +0s RUNNABLE; +0s STARTING 1 a1; +0s RUNNING 1 a1; "
            "+1s CANCEL by ann (too late for that); +2s TERMINATE by ann (first); "
            "+3s TERMINATE by bob (second); +4s FAILED 1 a1 STOPPED 143 (first)");
}

TEST_F(History, BecomesRunnableWhenWhatItWaitsForHasEnded) {
  const Uuid first = desk.put(Desk::submission("first"));
  Submission asked = Desk::submission("second");
  asked.depends_on.push_back({first, kNoChild});
  const Uuid second = desk.put(asked);
  EXPECT_EQ(told(second), "+0s SUBMITTED; +0s PENDING");
  desk.begin_all("a1");
  kept.pass(seconds(3));
  desk.end("a1", {id_of(first), kNoChild});
  EXPECT_EQ(told(second), "+0s SUBMITTED; +0s PENDING; +3s RUNNABLE; +3s STARTING 1 a1");
}

TEST_F(History, NeverWasRunnableWhenWhatItWaitedForFailed) {
  const Uuid first = desk.put(Desk::submission("first"));
  Submission asked = Desk::submission("second");
  asked.depends_on.push_back({first, kNoChild});
  const Uuid second = desk.put(asked);
  desk.begin_all("a1");
  kept.pass(seconds(3));
  desk.end("a1", {id_of(first), kNoChild}, Outcome::Failed, 1);
  EXPECT_EQ(told(second), "+0s SUBMITTED; +0s PENDING; +3s FAILED (Dependent Job failed)");
}

TEST_F(History, OfAChildHoldsWhatWasSaidOfTheArray) {
  Submission asked = Desk::submission("array", {4000, 512, 0});
  asked.array_size = 3;
  asked.depends_on.push_back({{}, kNoChild, DependencyType::Sequential});
  const Uuid array = desk.put(asked);
  desk.begin_all("a1");
  kept.pass(seconds(1));
  desk.end("a1", {id_of(array), 0});
  desk.begin_all("a1");
  kept.pass(seconds(1));
  desk.take(JobTerminated{array, 2, {"not that one", "ann"}});
  kept.pass(seconds(1));
  desk.take(JobTerminated{array, kNoChild, {"enough", "bob"}});
  kept.pass(seconds(1));
  desk.end("a1", {id_of(array), 1}, Outcome::Stopped, 143);
  EXPECT_EQ(told(array, 0),
            "+0s SUBMITTED; +0s PENDING; +0s RUNNABLE; +0s STARTING 1 a1; +0s RUNNING 1 a1; "
            "+1s SUCCEEDED 1 a1 SUCCEEDED 0 (Essential container in task exited)");
  EXPECT_EQ(told(array, 1),
            "+0s SUBMITTED; +0s PENDING; +1s RUNNABLE; +1s STARTING 1 a1; +1s RUNNING 1 a1; "
            "+3s TERMINATE by bob (enough); +4s FAILED 1 a1 STOPPED 143 (enough)");
  EXPECT_EQ(told(array, 2),
            "+0s SUBMITTED; +0s PENDING; +2s TERMINATE by ann (not that one); "
            "+2s FAILED (not that one)");
  EXPECT_EQ(told(array),
            "+0s SUBMITTED; +0s PENDING; +3s TERMINATE by bob (enough); +4s FAILED (enough)");
  EXPECT_EQ(told(array, 3), "The job does not exist");
}

TEST_F(History, KeepsTheFirstWordsAndTheLast) {
  const Uuid job = desk.put(Desk::submission("runs"));
  desk.begin_all("a1");
  for (int i = 1; i <= 50; ++i) {
    desk.take(JobCancelled{job, kNoChild, {std::to_string(i), "ann"}});
  }
  kept.keep();
  const auto found = kept.room.reader().history({job, kNoChild});
  ASSERT_TRUE(found);
  std::vector<std::string> reasons;
  for (const HistoryEntry& entry : found->entries) {
    if (entry.note) {
      reasons.push_back(entry.reason);
    }
  }
  ASSERT_EQ(reasons.size(), static_cast<std::size_t>(kNotesAJobMax));
  EXPECT_EQ(reasons.front(), "1");
  EXPECT_EQ(reasons[18], "19");
  EXPECT_EQ(reasons.back(), "50");
}

TEST_F(History, OfNothingIsNotFound) {
  EXPECT_EQ(told({1, 2}), "The job does not exist");
}

}  // namespace
}  // namespace dray
