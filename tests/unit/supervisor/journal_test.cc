#include "agent/supervisor/journal.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

using std::chrono::seconds;

constexpr AttemptKey kFirst{{JobId{1}, 4}, 2};
constexpr AttemptKey kSecond{{JobId{2}, kNoChild}, 1};
constexpr Instant kNow{seconds(500)};

EndedAttempt an_end() {
  return {.key = kSecond,
          .token = {3, 4},
          .began_at = Instant{seconds(400)},
          .ended_at = Instant{seconds(430)},
          .log_size = 99,
          .end = {.outcome = Outcome::Failed,
                  .exit_code = 7,
                  .status_reason = "Essential container in task exited",
                  .usage = {12, 34}}};
}

bool commit(Journal& journal) {
  return journal.write_out() &&
         (!journal.needs_sync() || journal.end_sync(::fdatasync(journal.begin_sync()) == 0));
}

class JournalTest : public testing::Test {
 protected:
  JournalTest() : folder_("/tmp/dray-journal-" + std::to_string(::getpid())) {
    std::filesystem::create_directory(folder_);
  }
  ~JournalTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return folder_ + "/journal"; }
  [[nodiscard]] Journal open(const std::string& boot = "boot", Instant now = kNow) const {
    return std::move(*Journal::open(path(), boot, now));
  }
  void write_both() const {
    Journal journal = open();
    journal.write(JournalSeen{kFirst, {1, 2}});
    journal.write(JournalLaunching{kFirst, Instant{seconds(450)}});
    journal.write(JournalSeen{kSecond, {3, 4}});
    journal.write(JournalEnded{an_end()});
    ASSERT_TRUE(commit(journal));
  }

 private:
  std::string folder_;
};

TEST_F(JournalTest, RemembersWhatWasSeenAndWhatEnded) {
  write_both();
  for (int life = 0; life < 3; ++life) {
    const Started found = open().found();
    ASSERT_EQ(found.seen.size(), 1U);
    EXPECT_EQ(found.seen[0].key, kFirst);
    EXPECT_EQ(found.seen[0].token, (AttemptToken{1, 2}));
    EXPECT_EQ(found.seen[0].launched_at, Instant{seconds(450)});
    ASSERT_EQ(found.ended.size(), 1U);
    EXPECT_EQ(found.ended[0], an_end());
  }
}

TEST_F(JournalTest, IsWrittenAnewWhenASyncFailed) {
  {
    Journal journal = open();
    journal.write(JournalSeen{kFirst, {1, 2}});
    ASSERT_TRUE(journal.write_out());
    EXPECT_TRUE(journal.needs_sync());
    struct stat before {};
    ASSERT_EQ(::fstat(journal.begin_sync(), &before), 0);
    journal.write(JournalSeen{kSecond, {3, 4}});  // Meanwhile.
    ASSERT_TRUE(journal.end_sync(false));
    struct stat after {};
    ASSERT_EQ(::stat(path().c_str(), &after), 0);
    EXPECT_NE(before.st_ino, after.st_ino);
    EXPECT_FALSE(journal.needs_sync());
  }
  EXPECT_EQ(open().found().seen.size(), 2U);
}

TEST_F(JournalTest, RemembersAcknowledgementsAndForgetsWhatIsForgotten) {
  write_both();
  {
    Journal journal = open();
    journal.write(JournalAcknowledged{kSecond});
    ASSERT_TRUE(commit(journal));
  }
  EXPECT_TRUE(open().found().ended[0].is_acknowledged);
  {
    Journal journal = open();
    journal.write(JournalForgotten{kSecond});
    ASSERT_TRUE(commit(journal));
  }
  EXPECT_TRUE(open().found().ended.empty());
}

TEST_F(JournalTest, HoldsNothingThatWasNotCommitted) {
  {
    Journal journal = open();
    journal.write(JournalSeen{kFirst, {1, 2}});
  }
  EXPECT_TRUE(open().found().seen.empty());
}

TEST_F(JournalTest, BringsTimesOfAnotherBootToThisOne) {
  write_both();
  const Started found = open("another boot", Instant{seconds(3)}).found();
  EXPECT_EQ(found.ended[0].ended_at, Instant{seconds(3)});
  EXPECT_EQ(*found.ended[0].began_at, Instant{seconds(3 - 30)});
  EXPECT_EQ(found.seen[0].launched_at, Instant{seconds(3)});
}

/// A write that was cut short anywhere, or a flipped bit, loses the records behind it and no other.
TEST_F(JournalTest, ReadsAsFarAsTheRecordsAreWhole) {
  write_both();
  std::ifstream in(path(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    std::ofstream(path(), std::ios::binary | std::ios::trunc) << whole.substr(0, length);
    const Started found = open().found();
    EXPECT_LE(found.seen.size() + found.ended.size(), 2U);
    EXPECT_EQ(found.ended.size(), length == whole.size() ? 1U : 0U);
  }
  std::string flipped = whole;
  flipped[flipped.size() - 3] = static_cast<char>(flipped[flipped.size() - 3] ^ 1);
  std::ofstream(path(), std::ios::binary | std::ios::trunc) << flipped;
  EXPECT_TRUE(open().found().ended.empty());
}

TEST_F(JournalTest, IsWrittenAnewWhenItHasGrownLong) {
  Journal journal = open();
  for (std::uint64_t job = 1; job <= 100'000; ++job) {
    const AttemptKey key{{JobId{job}, kNoChild}, 1};
    EndedAttempt ended = an_end();
    ended.key = key;
    journal.write(JournalSeen{key, {1, 1}});
    journal.write(JournalEnded{ended});
    journal.write(JournalForgotten{key});
    if (job % 5000 == 0) {
      ASSERT_TRUE(commit(journal));
    }
  }
  EXPECT_LT(std::filesystem::file_size(path()), 9U * 1024 * 1024);
}

}  // namespace
}  // namespace dray::supervisor
