#include "scheduler/store/writer.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/support/test_disk.h"
#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

using store::CommitResult;

std::vector<std::string> loaded(StoreRoom& room) {
  return texts_of(room.load());
}

/// What an empty store tells.
const std::vector<Change> kNothing = {SessionGranted{SessionId{0}}};

ComputeEnvironment an_environment() {
  return {"e", true, false, 16, "uuid-text", {{"k", "v"}}, R"({"a":1})"};
}

JobQueue a_queue() {
  JobQueue queue{"q", false, 7, {"e", "f"}, {{"X", "1"}}, {{"k", "v"}}, R"({"b":2})"};
  queue.time_limits = {{BlockReason::Capacity, std::chrono::seconds(600)},
                       {BlockReason::EnvironmentMax, std::chrono::seconds(86'400)}};
  queue.limits = {3, {{"train", 2}}};
  return queue;
}

JobDefinition a_definition() {
  JobDefinition definition;
  definition.name = "d";
  definition.revision = 3;
  definition.status = DefinitionStatus::Inactive;
  definition.container = a_spec("x").container;
  definition.parameters = {{"p", "1"}};
  definition.retry = {5, {{true, "Host EC2*", "", ""}}};
  definition.retry_given = true;
  definition.timeout = Duration(60'000'000);
  definition.tags = {{"t", "u"}};
  definition.propagate_tags = true;
  definition.scheduling_priority = 4;
  definition.platform_capabilities = {"EC2"};
  definition.as_given = "{}";
  return definition;
}

Agent an_agent() {
  return {AgentId{1}, "host",        "e", {4000, 8192, 1}, "boot", "folder", ~std::uint64_t{0},
          9,          SessionId{12}, true};
}

TEST(Writer, KeepsEveryKindOfRow) {
  StoreRoom room;
  const Job job = a_job(1, a_spec("one"), JobState::Running);
  const Job array = a_job(2, a_spec("many", 1000));
  const ChildrenEnded run{JobId{2}, 5, 9, JobState::Failed, "stop", {77}, true, true};
  const std::vector<Change> rows = {EnvironmentPut{an_environment()},
                                    QueuePut{a_queue()},
                                    DefinitionPut{a_definition()},
                                    AgentPut{an_agent()},
                                    SessionGranted{SessionId{12}},
                                    JobAdded{job},
                                    AttemptPut{an_ended_attempt(1, kNoChild, Outcome::Lost, false)},
                                    AttemptPut{an_attempt(1, kNoChild, AttemptState::Running, 2)},
                                    JobAdded{array},
                                    run,
                                    AttemptPut{an_attempt(2, 0, AttemptState::Ahead)},
                                    AttemptPut{an_ended_attempt(2, 1, Outcome::OutOfMemory)}};
  EXPECT_EQ(room.commit(rows), CommitResult::Durable);
  EXPECT_EQ(loaded(room), texts_of(rows));
  room.open();
  EXPECT_EQ(loaded(room), texts_of(rows)) << "after opening again";
}

TEST(Writer, WritesNothingWhenNothingChanged) {
  StoreRoom room;
  const auto before = std::filesystem::file_size(room.folder().database().string() + "-wal");
  EXPECT_EQ(room.commit({}), CommitResult::Durable);
  EXPECT_EQ(room.commit({JobRetired{JobId{1}}}), CommitResult::Durable);
  EXPECT_EQ(std::filesystem::file_size(room.folder().database().string() + "-wal"), before);
}

TEST(Writer, LeavesOnlyTheLastOfSeveralRows) {
  StoreRoom room;
  Job moved = a_job(1, a_spec("one"), JobState::Starting);
  Job ended = a_job(1, a_spec("one"), JobState::Running);
  ended.spec = nullptr;
  ended.status_reason = "now";
  room.commit({JobAdded{a_job(1, a_spec("one"))}, JobMoved{moved}, JobMoved{ended},
               AttemptPut{an_attempt(1, -1, AttemptState::Starting)},
               AttemptPut{an_attempt(1, -1, AttemptState::Running)}});
  ended.spec = moved.spec;
  EXPECT_EQ(loaded(room), texts_of({SessionGranted{}, JobAdded{ended},
                                    AttemptPut{an_attempt(1, -1, AttemptState::Running)}}));
}

TEST(Writer, ForgetsRetractedAttempts) {
  StoreRoom room;
  const AttemptKey key = an_attempt(1, -1, AttemptState::Ahead).key;
  room.commit(
      {JobAdded{a_job(1, a_spec("one"))}, AttemptPut{an_attempt(1, -1, AttemptState::Ahead)}});
  room.commit({AttemptGone{key}});
  EXPECT_EQ(room.load().size(), 2U);
  room.commit({AttemptPut{an_attempt(1, -1, AttemptState::Ahead)}, AttemptGone{key}});
  EXPECT_EQ(room.load().size(), 2U) << "within one batch";
  Attempt again = an_attempt(1, -1, AttemptState::Starting);
  again.token = {1, 2};
  again.agent.value = 5;
  room.commit(
      {AttemptPut{an_attempt(1, -1, AttemptState::Ahead)}, AttemptGone{key}, AttemptPut{again}});
  EXPECT_EQ(text_of(room.load().back()), text_of(AttemptPut{again})) << "given again";
}

TEST(Writer, DropsEnvironmentsAndQueues) {
  StoreRoom room;
  room.commit({EnvironmentPut{an_environment()}, QueuePut{a_queue()}});
  room.commit({EnvironmentGone{"e"}, QueueGone{"q"}});
  EXPECT_EQ(loaded(room), texts_of(kNothing));
}

TEST(Loader, TellsEndedJobsOnlyWhenALivingOneDependsOnThem) {
  StoreRoom room;
  JobSpec waits = a_spec("waits");
  waits.depends_on = {{a_uuid(2), kNoChild, DependencyType::Whole}};
  JobSpec waited = a_spec("waited");
  waited.depends_on = {{a_uuid(1), kNoChild, DependencyType::Whole}};
  room.commit({JobAdded{a_job(1, a_spec("old"), JobState::Succeeded)},
               JobAdded{a_job(2, a_spec("needed", 3), JobState::Succeeded)},
               AttemptPut{an_ended_attempt(2, 0, Outcome::Succeeded)},
               JobAdded{a_job(3, waited, JobState::Failed)},
               JobAdded{a_job(4, waits, JobState::Pending)}});
  EXPECT_EQ(loaded(room), texts_of({SessionGranted{},
                                    JobAdded{a_job(2, a_spec("needed", 3), JobState::Succeeded)},
                                    AttemptPut{an_ended_attempt(2, 0, Outcome::Succeeded)},
                                    JobAdded{a_job(4, waits, JobState::Pending)}}));
}

TEST(Loader, TellsTheNewestJobSoThatItsNumberIsNotGivenAgain) {
  StoreRoom room;
  room.commit({JobAdded{a_job(7, a_spec("old"), JobState::Succeeded)}});
  EXPECT_EQ(loaded(room), texts_of({SessionGranted{}, JobRetired{JobId{7}}}));
}

TEST(Loader, RefusesABrokenSpec) {
  StoreRoom room;
  room.commit({JobAdded{a_job(1, a_spec("one"))}});
  room.writer().database().execute("UPDATE spec SET bytes = x'01ff'");
  const auto result = store::load(room.writer().database(), [](const Change&) {});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().reason,
            "The database cannot be loaded: a job's spec cannot be read. Restore a backup.");
}

class WriterOnAFailingDisk : public testing::Test {
 protected:
  void SetUp() override {
    disk_.forget();
    room_.open({.reserve_bytes = 100'000, .vfs = TestDisk::kName});
    room_.commit({JobAdded{a_job(1, a_spec("before"))}});
  }
  void TearDown() override { disk_.forget(); }
  TestDisk& disk_ = TestDisk::the_one();
  StoreRoom room_;
};

TEST_F(WriterOnAFailingDisk, GivesTheReserveBackWhenTheDiskIsFull) {
  ASSERT_TRUE(room_.writer().has_reserve());
  EXPECT_EQ(std::filesystem::file_size(room_.folder().reserve()), 100'000U);
  disk_.write_result = SQLITE_FULL;
  const std::vector<Change> changes = {JobAdded{a_job(2, a_spec("after"))}};
  EXPECT_EQ(room_.commit(changes), CommitResult::DiskFull);
  EXPECT_FALSE(room_.writer().has_reserve());
  EXPECT_FALSE(std::filesystem::exists(room_.folder().reserve()));
  EXPECT_EQ(room_.commit(changes), CommitResult::DiskFull) << "still full";
  disk_.write_result = SQLITE_OK;
  EXPECT_EQ(room_.load().size(), 2U) << "rolled back";
  EXPECT_EQ(room_.commit(changes), CommitResult::Durable) << "the same batch again";
  EXPECT_EQ(room_.load().size(), 3U);
  EXPECT_TRUE(room_.writer().lay_reserve());
  EXPECT_TRUE(room_.writer().has_reserve());
}

using WriterOnAFailingDiskDeathTest = WriterOnAFailingDisk;

TEST_F(WriterOnAFailingDiskDeathTest, EndsTheProcessWhenNobodyCanSayWhatIsOnDisk) {
  const std::vector<Change> changes = {JobAdded{a_job(2, a_spec("unknown"))}};
  const auto commit_when_sync_says = [&](int result) {
    disk_.sync_result = result;
    room_.commit(changes);
  };
  EXPECT_EXIT(commit_when_sync_says(SQLITE_IOERR_FSYNC), testing::ExitedWithCode(70),
              "the database failed \\(disk I/O error, code 1034\\): stopping at once");
  const auto commit_when_write_says = [&](int result) {
    disk_.write_result = result;
    room_.commit(changes);
  };
  EXPECT_EXIT(commit_when_write_says(SQLITE_IOERR_WRITE), testing::ExitedWithCode(70), "stopping");
}

TEST_F(WriterOnAFailingDiskDeathTest, EndsTheProcessWhenSomebodyElseHoldsTheDatabase) {
  store::Database other(room_.folder().database(), store::Database::Access::Write);
  const store::Transaction held(other);
  EXPECT_EXIT(room_.commit({JobAdded{a_job(2, a_spec("x"))}}), testing::ExitedWithCode(70),
              "database is locked");
}

TEST(WriterDeathTest, ARowThatTheSchemaRefusesIsOurFault) {
  StoreRoom room;
  EXPECT_DEATH(room.commit({AttemptPut{an_attempt(1, -1, AttemptState::Ahead)}}), "FOREIGN KEY");
}

}  // namespace
}  // namespace dray
