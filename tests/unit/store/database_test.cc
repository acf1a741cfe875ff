#include "scheduler/store/database.h"

#include <fstream>
#include <regex>
#include <set>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "model/names.h"
#include "tests/unit/store/store_room.h"

namespace dray {
namespace {

using store::Database;
using store::DataFolder;
using store::SqlError;
using store::Writer;

TEST(DataFolder, IsForItsOwnerOnly) {
  const TemporaryFolder folder;
  const auto opened = DataFolder::open(folder.path() / "a" / "data");
  ASSERT_TRUE(opened.has_value());
  struct stat found {};
  ASSERT_EQ(::stat(opened->path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0700U);
}

TEST(DataFolder, RefusesASecondSchedulerWithOneSentence) {
  const TemporaryFolder folder;
  auto first = DataFolder::open(folder.path());
  ASSERT_TRUE(first.has_value());
  const auto second = DataFolder::open(folder.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().reason,
            "Another scheduler is running on the data folder " + folder.path().string() + ".");
  { const DataFolder ends = std::move(*first); }
  EXPECT_TRUE(DataFolder::open(folder.path()).has_value());
}

TEST(DataFolder, RefusesAFile) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "x";
  const auto opened = DataFolder::open(folder.path() / "file");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().reason, (folder.path() / "file").string() + " is not a folder.");
}

TEST(Database, LivesByTheWrittenPragmas) {
  StoreRoom room;
  Database& writer = room.writer().database();
  EXPECT_EQ(writer.query_integer("PRAGMA synchronous"), 2);
  EXPECT_EQ(writer.query_integer("PRAGMA wal_autocheckpoint"), 0);
  EXPECT_EQ(writer.query_integer("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(writer.query_integer("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(writer.query_integer("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(writer.query_integer("PRAGMA mmap_size"), 0);
  EXPECT_TRUE(writer.prepare("PRAGMA journal_mode").step());
}

TEST(Database, LetsReadersNeitherWriteNorCheckpoint) {
  StoreRoom room;
  room.commit({SessionGranted{SessionId{1}}});
  const auto wal = room.folder().database().string() + "-wal";
  const auto size = std::filesystem::file_size(wal);
  {
    Database reader(room.folder().database(), Database::Access::Read);
    EXPECT_THROW(reader.execute("UPDATE cluster SET session = 2"), SqlError);
    EXPECT_EQ(reader.query_integer("SELECT session FROM cluster"), 1);
  }
  EXPECT_EQ(std::filesystem::file_size(wal), size);
}

TEST(Database, EndsQueriesThatTakeTooLong) {
  StoreRoom room;
  Database reader(room.folder().database(), Database::Access::Read);
  reader.end_queries_after(std::chrono::milliseconds(1));
  try {
    (void)reader.query_integer(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    FAIL() << "an endless query ended by itself";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.primary_code(), SQLITE_INTERRUPT);
  }
}

TEST(Database, MovesTheWalIntoTheDatabaseWhenItHasGrown) {
  StoreRoom room;
  JobSpec spec = a_spec("big");
  spec.as_given.assign(1'000'000, 'x');
  for (std::uint64_t id = 1; id <= 12; ++id) {
    room.commit({JobAdded{a_job(id, spec)}});
  }
  EXPECT_GT(room.writer().database().wal_bytes(), 8'000'000);
  room.writer().checkpoint_when_due();
  room.commit({SessionGranted{SessionId{1}}});
  EXPECT_LT(room.writer().database().wal_bytes(), 100'000);
  EXPECT_GT(std::filesystem::file_size(room.folder().database()), 8'000'000U);
}

TEST(Migrations, RefuseANewerSchema) {
  StoreRoom room;
  room.writer().database().execute("PRAGMA user_version = 99");
  const auto again = Writer::open(room.folder());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().reason,
            "The database has schema 99, this program knows only up to 13: start the newer Dray "
            "that wrote it.");
}

TEST(Migrations, RefuseASchemaThatCannotBe) {
  StoreRoom room;
  room.writer().database().execute("PRAGMA user_version = -1");
  const auto again = Writer::open(room.folder());
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().reason, "The database has schema -1, which no Dray wrote.");
}

TEST(Migrations, RefuseAForeignDatabase) {
  const TemporaryFolder folder;
  const auto data = DataFolder::open(folder.path()).value();
  {
    Database foreign(data.database(), Database::Access::Write);
    foreign.execute("CREATE TABLE theirs (x INTEGER)");
  }
  const auto opened = Writer::open(data);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().reason, "The database in the data folder is not Dray's.");
}

TEST(Migrations, RefuseWhatIsNoDatabase) {
  const TemporaryFolder folder;
  const auto data = DataFolder::open(folder.path()).value();
  std::ofstream(data.database()) << std::string(8192, 'x');
  EXPECT_FALSE(Writer::open(data).has_value());
}

TEST(Migrations, LeaveASoundDatabase) {
  StoreRoom room;
  EXPECT_TRUE(store::quick_check(room.folder().database()).has_value());
  EXPECT_EQ(room.writer().cluster_epoch(), 1U);
}

/// The words that the CHECK of `column` in `table` knows.
std::set<std::string> checked_words(Database& database, const std::string& table,
                                    const std::string& column) {
  auto row = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?");
  row.bind(table);
  EXPECT_TRUE(row.step());
  const std::string sql(row.text(0));
  std::smatch list;
  EXPECT_TRUE(std::regex_search(sql, list, std::regex("CHECK \\((" + column + " = [^)]*)\\)")));
  const std::string inside = list[1];
  std::set<std::string> words;
  const std::regex word("'([A-Z_]+)'");
  for (std::sregex_iterator at(inside.begin(), inside.end(), word), end; at != end; ++at) {
    words.insert((*at)[1]);
  }
  return words;
}

template <class Enum>
std::set<std::string> names_up_to(Enum last) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    names.insert(std::string(name_of(static_cast<Enum>(i))));
  }
  return names;
}

TEST(Schema, ChecksTheSameWordsAsTheModel) {
  StoreRoom room;
  Database& database = room.writer().database();
  EXPECT_EQ(checked_words(database, "job", "state"), names_up_to(JobState::Failed));
  EXPECT_EQ(checked_words(database, "attempt", "state"), names_up_to(AttemptState::Ended));
  EXPECT_EQ(checked_words(database, "attempt", "outcome"), names_up_to(Outcome::Stopped));
  EXPECT_EQ(checked_words(database, "definition", "status"),
            names_up_to(DefinitionStatus::Inactive));
}

TEST(Schema, RecoveryReadsOnlyWhatHasNotEnded) {
  StoreRoom room;
  auto plan = room.writer().database().prepare(
      "EXPLAIN QUERY PLAN SELECT j.id FROM job AS j JOIN spec AS s ON s.job = j.id "
      "WHERE j.state NOT IN ('SUCCEEDED', 'FAILED') ORDER BY j.id");
  ASSERT_TRUE(plan.step());
  EXPECT_NE(plan.text(3).find("job_open"), std::string::npos) << plan.text(3);
}

}  // namespace
}  // namespace dray
