#include <gtest/gtest.h>

#include "tests/unit/store/kept_desk.h"

namespace dray {
namespace {

using std::chrono::seconds;

class RetentionRows : public testing::Test {
 protected:
  /// All steps that may be taken now, as the service takes them; how many pages it took.
  int sweep(Duration keep) {
    const WallTime before{kept.now_ms() -
                          std::chrono::duration_cast<std::chrono::milliseconds>(keep).count()};
    int pages = 0;
    std::optional<JobId> after = JobId{0};
    while (after) {
      kept.keep();
      const ExpiredJobs page = kept.room.reader().expired(*after, before).value();
      const Reply reply = desk.take(JobsExpired{before, page.jobs});
      kept.keep();
      pages += page.jobs.empty() ? 0 : 1;
      after = std::get<JobsLeft>(reply).jobs.empty() ? page.next : after;
    }
    return pages;
  }
  bool is_found(const Uuid& uuid) {
    return !kept.room.reader().describe({{uuid, kNoChild}}).value().empty();
  }
  std::int64_t rows(const std::string& table) {
    return kept.room.writer().database().query_integer("SELECT count(*) FROM " + table);
  }
  Uuid run(const std::string& name, std::vector<Dependency> depends_on = {}) {
    Submission asked = Desk::submission(name);
    asked.depends_on = std::move(depends_on);
    const Uuid uuid = desk.put(asked);
    desk.run_dry();
    return uuid;
  }

  KeptDesk kept;
  Desk& desk = kept.desk;
};

TEST_F(RetentionRows, DeletesWhatEndedLongAgoWithAllThatBelongsToIt) {
  Submission asked = Desk::submission("old");
  asked.consumables = std::vector<ConsumableNeed>{{"licence", 1}};
  asked.invocation = Invocation{{1, 2}, {3, 4}};
  const Uuid old{7, 8};
  ASSERT_TRUE(
      std::holds_alternative<JobAccepted>(desk.take(JobSubmitted{old, asked, {}, desk.now})));
  desk.begin_all("a1");
  desk.take(JobCancelled{old, kNoChild, {"too late", "ann"}});
  desk.run_dry();
  kept.pass(seconds(100));
  const Uuid young = run("young");
  const Uuid newest = run("newest");
  for (const char* table : {"job_note", "job_consumable", "invocation"}) {
    kept.keep();
    EXPECT_EQ(rows(table), 1) << table;
  }
  EXPECT_EQ(sweep(seconds(100)), 0);  // Not longer ago than that.
  EXPECT_TRUE(is_found(old));
  kept.pass(seconds(1));
  EXPECT_GT(sweep(seconds(100)), 0);
  EXPECT_FALSE(is_found(old));
  EXPECT_TRUE(is_found(young));
  EXPECT_TRUE(is_found(newest));
  for (const char* table : {"job_note", "job_consumable", "invocation"}) {
    EXPECT_EQ(rows(table), 0) << table;
  }
  EXPECT_EQ(rows("job"), 2);
  EXPECT_EQ(rows("spec"), 2);
  EXPECT_EQ(rows("attempt"), 2);
  EXPECT_EQ(kept.room.reader().queues({"q"}).value().front().counts[5], 2U);
}

TEST_F(RetentionRows, IsHiddenBeforeItsRowsGo) {
  const Uuid old = run("old");
  run("newest");
  kept.pass(seconds(100));
  const WallTime before{kept.now_ms()};
  const ExpiredJobs page = kept.room.reader().expired({}, before).value();
  desk.take(JobsExpired{before, {page.jobs.front()}});
  kept.keep();
  EXPECT_FALSE(is_found(old));
  EXPECT_EQ(rows("job"), 2);
  EXPECT_FALSE(kept.room.reader().is_forgotten(JobId{1}, JobId{2}).value());
  EXPECT_TRUE(kept.room.reader().is_forgotten(JobId{1}, JobId{1}).value());
  // A scheduler that ended in between goes on there.
  desk.restart();
  kept.room.open();
  for (const Change& change : kept.room.load()) {
    const auto* added = std::get_if<JobAdded>(&change);
    EXPECT_TRUE(added == nullptr || added->job.uuid != old);
  }
  sweep(seconds(1));
  EXPECT_EQ(rows("job"), 1);
}

TEST_F(RetentionRows, KeepsWhatLiveJobsDependOn) {
  const Uuid first = run("first");
  const Uuid second = run("second");
  desk.disconnect("a1");
  Submission asked = Desk::submission("waits");
  asked.depends_on = {{first, kNoChild}};
  kept.keep();
  // It ended before: State has forgotten it, and the disk is asked.
  const Reply reply =
      desk.take(JobSubmitted{{7, 7}, asked, {{{first, kNoChild}, JobState::Succeeded}}, {}});
  ASSERT_TRUE(std::holds_alternative<JobAccepted>(reply));
  run("newest");
  kept.pass(seconds(100));
  sweep(seconds(10));
  EXPECT_TRUE(is_found(first));
  EXPECT_FALSE(is_found(second));
  // Also for a scheduler that came back.
  desk.restart();
  sweep(seconds(10));
  EXPECT_TRUE(is_found(first));
  desk.take(JobTerminated{{7, 7}, kNoChild, {"enough", "ann"}});
  sweep(seconds(10));
  EXPECT_FALSE(is_found(first));
  EXPECT_TRUE(desk.complaints.empty()) << desk.complaints.front();
}

TEST_F(RetentionRows, NeverGivesANumberAgain) {
  run("first");
  const Uuid last = run("last");
  kept.pass(seconds(1000));
  sweep(seconds(1));
  EXPECT_TRUE(is_found(last));
  const JobId number = desk.job(last).id;
  desk.restart();
  desk.say_hello("a1");
  EXPECT_EQ(desk.job(run("next")).id.value, number.value + 1);
  kept.pass(seconds(1000));
  sweep(seconds(1));
  EXPECT_FALSE(is_found(last));
}

TEST_F(RetentionRows, TakesLargeArraysInSmallSteps) {
  Submission asked = Desk::submission("array", {1, 1, 0});
  asked.array_size = 5'000;
  desk.inspects = false;
  const Uuid array = desk.put(asked);
  desk.run_dry();
  ASSERT_EQ(desk.state_of(array), JobState::Succeeded);
  run("newest");
  kept.pass(seconds(100));
  EXPECT_EQ(rows("attempt"), 5'001);
  EXPECT_GE(sweep(seconds(10)), 5);
  EXPECT_EQ(rows("attempt"), 1);
  EXPECT_EQ(rows("job"), 1);
}

TEST_F(RetentionRows, TakesManyNodesInSmallSteps) {
  desk.inspects = false;
  desk.join("big", {1'000'000, 1'000'000, 0});
  Submission asked = Desk::submission("gang");
  asked.definition = "nodes";
  asked.node_count = 1'000;
  asked.retry = RetryStrategy{2, {}};
  const Uuid gang = desk.put(asked);
  const std::string main = desk.place_of(gang, 0);
  desk.begin_all(main);
  desk.begin_all("big");
  ASSERT_TRUE(desk.end(main, {desk.job(gang).id, 0}, Outcome::Failed, 1));
  desk.run_dry();
  ASSERT_EQ(desk.state_of(gang), JobState::Succeeded);
  run("newest");
  kept.keep();
  ASSERT_GT(rows("attempt"), 1'100);
  kept.pass(seconds(100));
  EXPECT_GE(sweep(seconds(1)), 3);
  EXPECT_EQ(rows("attempt"), 1);
}

TEST_F(RetentionRows, UsesTheRoomAgain) {
  const auto round = [this] {
    for (int i = 0; i < 300; ++i) {
      run(std::string(200, 'x'));
    }
    kept.pass(seconds(100));
    sweep(seconds(50));
  };
  round();
  const std::int64_t pages = kept.room.writer().database().query_integer("PRAGMA page_count");
  for (int i = 0; i < 5; ++i) {
    round();
  }
  EXPECT_LE(kept.room.writer().database().query_integer("PRAGMA page_count"), pages + pages / 5);
}

/// Whatever belongs to a job is found by the job: no step reads a whole table.
TEST_F(RetentionRows, FindsEveryRowOfAJobByAnIndex) {
  store::Database& database = kept.room.writer().database();
  store::Statement tables = database.prepare(
      "SELECT t.name, k.\"from\" FROM sqlite_schema AS t JOIN pragma_foreign_key_list(t.name) AS k "
      "WHERE k.\"table\" = 'job'");
  int count = 0;
  while (tables.step()) {
    ++count;
    store::Statement plan =
        database.prepare("EXPLAIN QUERY PLAN DELETE FROM " + std::string(tables.text(0)) +
                         " WHERE " + std::string(tables.text(1)) + " = 1");
    while (plan.step()) {
      EXPECT_EQ(plan.text(3).find("SCAN"), std::string_view::npos) << plan.text(3);
    }
  }
  EXPECT_GE(count, 6);
}

}  // namespace
}  // namespace dray
