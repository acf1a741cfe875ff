#include "scheduler/logs/log_store.h"

#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "model/log_record.h"
#include "scheduler/logs/crc32.h"
#include "tests/support/temporary_folder.h"

namespace dray {
namespace {

using logs::LogStore;

AttemptKey key_of(std::uint64_t job, std::int32_t child = kNoChild, AttemptNumber number = 1) {
  return {{JobId{job}, child}, number};
}

std::string record(const std::string& bytes, std::int64_t at = 100) {
  std::string out;
  append_log_record(out, {LogStream::Output, {at}, bytes});
  return out;
}

class LogRoom {
 public:
  explicit LogRoom(std::size_t buckets_cached_max = 4) : buckets_cached_max_(buckets_cached_max) {
    open();
  }
  void open() {
    store_.reset();
    store_.emplace(LogStore::open(path(), {.buckets_cached_max = buckets_cached_max_}).value());
  }
  LogStore& operator*() { return *store_; }
  LogStore* operator->() { return &*store_; }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "logs"; }
  [[nodiscard]] std::filesystem::path file(const char* suffix) const {
    return path() / (std::string(16, '0') + suffix);
  }
  std::uint64_t append(const AttemptKey& key, std::uint64_t offset, std::string_view bytes,
                       bool is_last = false) {
    return store_->append(key, offset, bytes, is_last, {1'000}).value();
  }
  void sync() { ASSERT_TRUE(store_->sync().has_value()); }
  std::string all(const AttemptKey& key) { return store_->read(key, 0, 1 << 22).value().records; }

 private:
  TemporaryFolder folder_;
  std::size_t buckets_cached_max_;
  std::optional<LogStore> store_;
};

TEST(Crc32, IsTheUsualOne) {
  EXPECT_EQ(logs::crc32("123456789"), 0xcbf43926U);
}

TEST(LogStore, KeepsTheContainersOfAPodApart) {
  LogRoom room;
  std::string text;
  append_log_record(text, {LogStream::Error, {5}, "one\n", 7});
  append_log_record(text, {LogStream::Output, {6}, "", 19});
  EXPECT_EQ(room.append(key_of(1), 0, text, true), text.size());
  EXPECT_EQ(room.all(key_of(1)), text);
}

TEST(LogStore, GivesBackWhatWasWritten) {
  LogRoom room;
  const std::string text = record("one\n", 5) + record("two\n", 6);
  EXPECT_EQ(room.append(key_of(1), 0, text, true), text.size());
  room.sync();
  for (int round = 0; round < 2; ++round) {
    const LogPiece piece = room->read(key_of(1), 0, 1000).value();
    EXPECT_EQ(piece.records, text);
    EXPECT_EQ(piece.offset, 0U);
    EXPECT_EQ(piece.end, text.size());
    EXPECT_EQ(piece.size, text.size());
    EXPECT_TRUE(piece.is_complete);
    const auto size = room->size(key_of(1));
    ASSERT_TRUE(size);
    EXPECT_EQ(size->bytes, text.size());
    EXPECT_EQ(size->created_at, WallTime{1'000});
    EXPECT_EQ(size->first_at, WallTime{5});
    EXPECT_EQ(size->last_at, WallTime{6});
    EXPECT_TRUE(size->is_complete);
    room.open();
  }
}

TEST(LogStore, IgnoresDoublesAndOverlaps) {
  LogRoom room;
  const std::string text = record("one\n") + record("two\n") + record("three\n");
  EXPECT_EQ(room.append(key_of(1), 0, text.substr(0, 40)), 40U);
  EXPECT_EQ(room.append(key_of(1), 0, text.substr(0, 40)), 40U);
  EXPECT_EQ(room.append(key_of(1), 10, text.substr(10)), text.size());
  EXPECT_EQ(room.append(key_of(1), 30, text.substr(30, 5)), text.size());
  EXPECT_EQ(room.append(key_of(1), 30, text.substr(30), true), text.size());
  EXPECT_EQ(room.append(key_of(1), 0, text + record("after the end")), text.size());
  EXPECT_EQ(room.all(key_of(1)), text);
  EXPECT_TRUE(room->size(key_of(1))->is_complete);
}

TEST(LogStore, RefusesAGapByAnsweringTheOffsetItHas) {
  LogRoom room;
  const std::string text = record("one\n");
  EXPECT_EQ(room.append(key_of(1), 7, text), 0U);
  EXPECT_FALSE(room->size(key_of(1))) << "nothing came yet";
  room.append(key_of(1), 0, text);
  EXPECT_EQ(room.append(key_of(1), text.size() + 1, text, true), text.size());
  EXPECT_FALSE(room->size(key_of(1))->is_complete);
}

TEST(LogStore, RefusesWhatAreNotRecords) {
  LogRoom room;
  const auto result = room->append(key_of(1), 0, std::string(100, '\xff'), false, {1});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::BadRequest);
}

TEST(LogStore, TakesPiecesCutAnywhere) {
  const std::string text =
      record("one\n") + record("") + record(std::string(300, 'x')) + record("z");
  for (const std::size_t step : {1U, 7U, 16U, 17U, 100U}) {
    LogRoom room;
    for (std::size_t at = 0; at < text.size(); at += step) {
      room.append(key_of(1), at, text.substr(at, step), at + step >= text.size());
      if (at % 3 == 0) {
        room.sync();
        room.open();
      }
      const LogPiece piece = room->read(key_of(1), 0, 10'000).value_or(LogPiece{});
      EXPECT_TRUE(text.starts_with(piece.records));
    }
    EXPECT_EQ(room.all(key_of(1)), text) << "step " << step;
  }
}

TEST(LogStore, ReadsWholeRecordsFromAnyOffset) {
  LogRoom room;
  const std::string a = record("first");
  const std::string b = record(std::string(1000, 'b'));
  const std::string c = record("third");
  room.append(key_of(1), 0, a + b.substr(0, 500));
  room.append(key_of(2), 0, record("between"));
  room.append(key_of(1), a.size() + 500, b.substr(500) + c + "partial");
  const auto read = [&](std::uint64_t offset, std::uint64_t bytes_max) {
    return room->read(key_of(1), offset, bytes_max).value();
  };
  EXPECT_EQ(read(0, 1).records, a) << "at least one";
  EXPECT_EQ(read(0, a.size() + b.size()).records, a + b);
  EXPECT_EQ(read(a.size(), 1).records, b);
  EXPECT_EQ(read(1, 1).records, b) << "an offset inside a record goes on to the next one";
  EXPECT_EQ(read(1, 1).offset, a.size());
  EXPECT_EQ(read(a.size() + 700, 9000).records, c);
  EXPECT_EQ(read(a.size() + 700, 9000).offset, a.size() + b.size());
  const LogPiece end = read(a.size() + b.size() + c.size(), 9000);
  EXPECT_EQ(end.records, "");
  EXPECT_EQ(end.end, end.offset);
  EXPECT_EQ(end.size, a.size() + b.size() + c.size() + 7);
}

TEST(LogStore, KnowsNothingOfOtherAttempts) {
  LogRoom room;
  room.append(key_of(1), 0, record("x"));
  EXPECT_EQ(room->read(key_of(1, 0), 0, 10).error().code, ErrorCode::NotFound);
  EXPECT_EQ(room->read(key_of(1'000'000), 0, 10).error().code, ErrorCode::NotFound);
  EXPECT_FALSE(room->size(key_of(1, kNoChild, 2)));
  EXPECT_TRUE(room->streams(JobId{2}, std::nullopt, 10).empty());
}

TEST(LogStore, KeepsAnEmptyLogThatIsComplete) {
  LogRoom room;
  EXPECT_EQ(room.append(key_of(1), 0, "", true), 0U);
  room.sync();
  room.open();
  ASSERT_TRUE(room->size(key_of(1)));
  EXPECT_TRUE(room->size(key_of(1))->is_complete);
  EXPECT_TRUE(room->read(key_of(1), 0, 10).value().is_complete);
}

/// What was synced before the power went is there, what tore after it is cut.
TEST(LogStore, CutsTornTails) {
  const std::string first = record("kept");
  const std::string second = record("lost");
  for (std::size_t index_bytes = 80; index_bytes < 160; ++index_bytes) {
    LogRoom room;
    room.append(key_of(1), 0, first);
    room.sync();
    room.append(key_of(1), first.size(), second);
    room.sync();
    std::filesystem::resize_file(room.file(".index"), index_bytes);
    room.open();
    EXPECT_EQ(room.all(key_of(1)), first) << index_bytes;
    EXPECT_EQ(room.append(key_of(1), 0, first + second, true), first.size() + second.size());
    room.sync();
    room.open();
    EXPECT_EQ(room.all(key_of(1)), first + second) << index_bytes;
  }
}

TEST(LogStore, CutsARecordWithAFlippedBit) {
  LogRoom room;
  room.append(key_of(1), 0, record("kept"));
  room.append(key_of(2), 0, record("lost"));
  room.sync();
  room.open();
  {
    std::fstream index(room.file(".index"), std::ios::in | std::ios::out | std::ios::binary);
    index.seekp(80 + 33);
    index.put('\x55');
  }
  EXPECT_EQ(room.all(key_of(1)), record("kept"));
  EXPECT_FALSE(room->size(key_of(2)));
}

TEST(LogStore, CutsBytesThatNoRecordNames) {
  LogRoom room;
  room.append(key_of(1), 0, record("kept"));
  room.sync();
  room.append(key_of(1), record("kept").size(), record("never synced"));
  room.open();
  EXPECT_EQ(room.all(key_of(1)), record("kept"));
  EXPECT_EQ(std::filesystem::file_size(room.file(".data")), record("kept").size());
}

TEST(LogStore, HoldsTenThousandChildrenInTwoFiles) {
  LogRoom room;
  constexpr std::int32_t kChildren = 10'000;
  for (std::int32_t child = 0; child < kChildren; ++child) {
    room.append(key_of(7, child), 0, record("child " + std::to_string(child)), true);
  }
  room.sync();
  room.open();
  EXPECT_EQ(room.all(key_of(7, 9'999)), record("child 9999"));
  std::size_t seen = 0;
  std::optional<AttemptKey> after;
  for (;;) {
    const auto page = room->streams(JobId{7}, after, 999);
    if (page.empty()) {
      break;
    }
    seen += page.size();
    after = page.back().key;
  }
  EXPECT_EQ(seen, static_cast<std::size_t>(kChildren));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(room.path())) {
    ++files;
  }
  EXPECT_EQ(files, 2U);
}

TEST(LogStore, KeepsItsCacheWithinABoundAndForgetsNothing) {
  LogRoom room(2);
  constexpr std::uint64_t kBuckets = 20;
  for (std::uint64_t i = 0; i < kBuckets; ++i) {
    room.append(key_of(i * 64 + 1), 0, record(std::to_string(i)));
  }
  room.sync();
  for (std::uint64_t i = 0; i < kBuckets; ++i) {
    EXPECT_EQ(room.all(key_of(i * 64 + 1)), record(std::to_string(i)));
  }
}

TEST(LogStore, IsReadWhileItIsWritten) {
  LogRoom room(1);
  constexpr int kRecords = 300;
  std::thread writer([&] {
    std::uint64_t at = 0;
    for (int i = 0; i < kRecords; ++i) {
      at = room.append(key_of(1), at, record(std::to_string(i)), i + 1 == kRecords);
      room.append(key_of(200 + static_cast<std::uint64_t>(i)), 0, record("other"));
      EXPECT_TRUE(room->sync().has_value());
    }
  });
  std::string seen;
  for (bool is_complete = false; !is_complete;) {
    const auto piece = room->read(key_of(1), seen.size(), 100);
    if (piece) {
      seen += piece->records;
      is_complete = piece->is_complete && seen.size() == piece->size;
    }
  }
  writer.join();
  EXPECT_EQ(seen, room.all(key_of(1)));
}

TEST(LogStore, GivesBackTheRoomOfOneJobAndLeavesItsNeighbours) {
  LogRoom room;
  const std::string much = record(std::string(40'000, 'x'));
  std::uint64_t offset = 0;
  for (int i = 0; i < 20; ++i) {
    offset = room.append(key_of(1), offset, much);
  }
  room.append(key_of(2), 0, record("neighbour"), true);
  room.sync();
  const auto blocks = [&room] {
    struct stat found {};
    EXPECT_EQ(::stat(room.file(".data").c_str(), &found), 0);
    return found.st_blocks;
  };
  const auto before = blocks();
  room->forget(JobId{1});
  room->forget(JobId{1'000});  // Never had a log.
  EXPECT_LT(blocks(), before / 4);
  EXPECT_EQ(room.all(key_of(2)), record("neighbour"));
  room.open();
  EXPECT_EQ(room.all(key_of(2)), record("neighbour"));
}

TEST(LogStore, RemovesTheFilesThatForgottenJobsShared) {
  LogRoom room;
  EXPECT_EQ(LogStore::neighbours(JobId{70}), std::pair(JobId{64}, JobId{127}));
  room.append(key_of(1), 0, record("old"), true);
  room.append(key_of(70), 0, record("young"), true);
  room.sync();
  room->forget_neighbours(JobId{5});
  EXPECT_FALSE(std::filesystem::exists(room.file(".data")));
  EXPECT_FALSE(std::filesystem::exists(room.file(".index")));
  EXPECT_EQ(room->size(key_of(1)), std::nullopt);
  EXPECT_EQ(room.all(key_of(70)), record("young"));
  room->forget_neighbours(JobId{5});
}

TEST(LogStore, RemovesWhatLiesBeforeTheOldestJob) {
  LogRoom room;
  for (const std::uint64_t job : {1, 65, 129, 200}) {
    room.append(key_of(job), 0, record("log"), true);
  }
  room.sync();
  EXPECT_FALSE(room->forget_before(JobId{150}, 1));
  EXPECT_TRUE(room->forget_before(JobId{150}, 100));
  EXPECT_EQ(room->size(key_of(1)), std::nullopt);
  EXPECT_EQ(room->size(key_of(65)), std::nullopt);
  EXPECT_EQ(room.all(key_of(129)), record("log"));
  EXPECT_EQ(room.all(key_of(200)), record("log"));
}

}  // namespace
}  // namespace dray
