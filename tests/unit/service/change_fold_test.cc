#include "scheduler/service/change_fold.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

constexpr WallTime kNow{1'000'000};

/// The fold behind a core on a desk.
class Folded : public testing::Test {
 protected:
  Folded() {
    desk.set_up();
    desk.join("a1", {4000, 4096, 0});
    desk.keeps_history = true;
  }
  void TearDown() override { EXPECT_EQ(desk.complaints, std::vector<std::string>{}); }
  /// Everything since the last call, as one batch.
  void fold_it() {
    fold.take(desk.state, desk.history, false, kNow);
    desk.history.clear();
  }
  /// Succeeded and failed, of the present step.
  std::pair<std::uint32_t, std::uint32_t> ends() {
    const Throughput throughput = ends_lately.throughput(kNow);
    return {throughput.succeeded.back(), throughput.failed.back()};
  }
  void expect_meter(const std::string& line) {
    EXPECT_NE(meters.text({}).find('\n' + line + '\n'), std::string::npos) << line;
  }
  Submission array(std::int32_t size) {
    Submission submission = Desk::submission("a");
    submission.array_size = size;
    return submission;
  }

  Desk desk;
  RecentEnds ends_lately;
  Publisher publisher{1000};
  Meters meters{"9.9", "abc"};
  ChangeFold fold{ends_lately, publisher, meters};
};

TEST_F(Folded, CountsASingleJobOnceWhenItEnds) {
  const Uuid uuid = desk.put(Desk::submission("j"));
  desk.begin_all("a1");
  fold_it();
  EXPECT_EQ(ends(), std::pair(0U, 0U));
  desk.end_first("a1", Outcome::Failed);
  fold_it();
  EXPECT_EQ(ends(), std::pair(0U, 1U));
  ASSERT_EQ(ends_lately.failures().size(), 1U);
  EXPECT_EQ(ends_lately.failures()[0].job, (JobName{uuid, kNoChild}));
  EXPECT_EQ(ends_lately.failures()[0].attempt, 1U);
  expect_meter(R"(dray_jobs_submitted_total{queue="q"} 1)");
  expect_meter(R"(dray_jobs_finished_total{queue="q",result="failed"} 1)");
  expect_meter(R"(dray_attempts_total{outcome="exit",queue="q"} 1)");
  expect_meter(R"(dray_job_queue_wait_seconds_count{queue="q"} 1)");
  expect_meter(R"(dray_job_run_seconds_count{queue="q"} 1)");
}

TEST_F(Folded, CountsChildrenNotTheirParentEvenWhenItIsForgottenAtOnce) {
  const Uuid uuid = desk.put(array(2));
  desk.begin_all("a1");
  desk.end_first("a1");
  desk.end_first("a1", Outcome::Failed);
  ASSERT_EQ(desk.state.find_job(uuid), nullptr);
  fold_it();
  EXPECT_EQ(ends(), std::pair(1U, 1U));
  ASSERT_EQ(ends_lately.failures().size(), 1U);
  EXPECT_EQ(ends_lately.failures()[0].job, (JobName{uuid, 1}));
  expect_meter(R"(dray_jobs_submitted_total{queue="q"} 2)");
  expect_meter(R"(dray_jobs_finished_total{queue="q",result="succeeded"} 1)");
  expect_meter(R"(dray_attempts_total{outcome="ok",queue="q"} 1)");
  expect_meter(R"(dray_job_run_seconds_count{queue="q"} 2)");
}

TEST_F(Folded, ListsNoFailuresThatSomebodyAskedFor) {
  desk.disconnect("a1");
  const Uuid single = desk.put(Desk::submission("j"));
  const Uuid children = desk.put(array(3));
  desk.take(JobCancelled{single, kNoChild, {"not needed", "ann"}});
  desk.take(JobTerminated{children, kNoChild, {"not needed", "ann"}});
  fold_it();
  EXPECT_EQ(ends(), std::pair(0U, 4U));
  EXPECT_TRUE(ends_lately.failures().empty());
}

TEST_F(Folded, PublishesNamesOfWhatChangedOnlyWhileSomebodyListens) {
  desk.put(Desk::submission("unheard"));
  fold_it();
  const std::uint64_t from = publisher.listen([] {});
  EXPECT_TRUE(publisher.since(from).is_empty());
  const Uuid uuid = desk.put(Desk::submission("j"));
  const Uuid children = desk.put(array(2));
  desk.begin_all("a1");
  desk.end_first("a1");
  fold_it();
  const api::News news = publisher.since(from);
  EXPECT_NE(std::find(news.jobs.begin(), news.jobs.end(), uuid), news.jobs.end());
  EXPECT_NE(std::find(news.jobs.begin(), news.jobs.end(), children), news.jobs.end());
  EXPECT_EQ(news.queues, std::vector<std::string>{"q"});
  EXPECT_TRUE(news.has_agents);
  EXPECT_FALSE(news.is_all);
  EXPECT_FALSE(news.is_gap);
}

TEST(RecentEnds, KeepsHalfAnHourInStepsOfTenSeconds) {
  RecentEnds ends;
  ends.note_ended(true, 2, {0});
  ends.note_ended(true, 3, {9'999});
  ends.note_ended(false, 1, {10'000});
  const Throughput early = ends.throughput({10'000});
  EXPECT_EQ(early.succeeded.size(), RecentEnds::kSteps);
  EXPECT_EQ(early.succeeded[RecentEnds::kSteps - 2], 5U);
  EXPECT_EQ(early.failed.back(), 1U);
  // The step that began half an hour ago is written over, those that nothing fell into are empty.
  ends.note_ended(true, 7, {1'800'000});
  const Throughput late = ends.throughput({1'800'000});
  EXPECT_EQ(late.from.epoch_ms, 10'000);
  EXPECT_EQ(late.failed.front(), 1U);
  EXPECT_EQ(std::accumulate(late.succeeded.begin(), late.succeeded.end(), 0U), 7U);
  const Throughput later = ends.throughput({4'000'000});
  EXPECT_EQ(std::accumulate(later.succeeded.begin(), later.succeeded.end(), 0U), 0U);
}

TEST(RecentEnds, ListsTheNewestFailuresFirst) {
  RecentEnds ends;
  for (AttemptNumber number = 1; number <= 12; ++number) {
    ends.note_failure({{}, number});
  }
  const auto failures = ends.failures();
  ASSERT_EQ(failures.size(), RecentEnds::kFailuresMax);
  EXPECT_EQ(failures.front().attempt, 12U);
  EXPECT_EQ(failures.back().attempt, 3U);
}

}  // namespace
}  // namespace dray
