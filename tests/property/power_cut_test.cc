#include <algorithm>
#include <fstream>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/support/test_disk.h"
#include "tests/unit/store/store_room.h"

/// Power cuts, simulated: everything before a file's last sync is there, of what was written after
/// it any part, some of it torn at a sector. Not modelled: the durability of folder entries.
namespace dray {
namespace {

using Kind = TestDisk::Operation::Kind;
using Operations = std::vector<TestDisk::Operation>;

constexpr std::size_t kSector = 512;
constexpr int kCommits = 120;
constexpr int kCommitsBetweenCheckpoints = 25;

/// Commit `n` adds job n and says in job 1 that there are n: both or neither.
std::vector<Change> changes_of(std::uint64_t n) {
  JobSpec spec = a_spec("job", 2);
  spec.as_given.assign(200 + n * 37 % 3'000, 'x');
  return {JobAdded{a_job(n, spec)}, counts(1, {static_cast<std::uint32_t>(n), 0, 0, 0, 0, 0, 0}),
          AttemptPut{an_attempt(n, 0, AttemptState::Starting)}};
}

/// What the disk was told during a run of the real writer, and when it acknowledged.
Operations record_run(const char* synchronous) {
  TestDisk& disk = TestDisk::the_one();
  disk.forget();
  StoreRoom room;
  // From the first byte on, or the images would lack the schema.
  std::filesystem::remove_all(room.path() / "data");
  room.open({.reserve_bytes = 0, .vfs = TestDisk::kName});
  room.writer().database().execute(synchronous);
  for (int n = 1; n <= kCommits; ++n) {
    EXPECT_EQ(room.commit(changes_of(static_cast<std::uint64_t>(n))), store::CommitResult::Durable);
    disk.acknowledge(n);
    if (n % kCommitsBetweenCheckpoints == 0) {
      room.writer().database().checkpoint(store::CheckpointMode::Passive);
    }
  }
  Operations recorded = std::move(disk.operations);
  disk.forget();
  return recorded;
}

/// The files as a power cut after the first `cut` operations may leave them.
class Image {
 public:
  Image(const Operations& operations, std::size_t cut, std::mt19937_64& chance) {
    std::map<std::string, std::size_t> synced;
    for (std::size_t i = 0; i < cut; ++i) {
      if (operations[i].kind == Kind::Sync) {
        synced[operations[i].file] = i;
      }
    }
    for (std::size_t i = 0; i < cut; ++i) {
      const TestDisk::Operation& operation = operations[i];
      const auto last = synced.find(operation.file);
      const bool is_durable = last != synced.end() && i < last->second;
      apply(operation, is_durable ? 0 : chance() % 3, chance);
    }
  }
  void write(const std::filesystem::path& folder) const {
    for (const auto& [name, bytes] : files_) {
      std::ofstream(folder / name, std::ios::binary) << bytes;
    }
  }

 private:
  /// `fate`: 0 whole, 1 torn, 2 lost.
  void apply(const TestDisk::Operation& operation, std::uint64_t fate, std::mt19937_64& chance) {
    if (operation.kind == Kind::Delete) {
      files_.erase(operation.file);
    }
    if (operation.kind == Kind::Truncate && fate == 0) {
      files_[operation.file].resize(static_cast<std::size_t>(operation.offset));
    }
    if (operation.kind != Kind::Write || fate == 2) {
      return;
    }
    std::size_t count = operation.bytes.size();
    if (fate == 1) {
      count = std::min(count, chance() % (count / kSector + 1) * kSector);
    }
    std::string& file = files_[operation.file];
    const auto offset = static_cast<std::size_t>(operation.offset);
    file.resize(std::max(file.size(), offset + count));
    file.replace(offset, count, operation.bytes, 0, count);
  }
  std::map<std::string, std::string> files_;
};

struct Verdicts {
  int sound = 0;
  int lost = 0;    ///< Acknowledged commits are missing.
  int broken = 0;  ///< Not an unbroken prefix, half a commit, or no sound database.
};

/// What is in the image: commits 1..n, or nothing when it is broken.
std::optional<std::int64_t> commits_in(const Image& image) {
  const TemporaryFolder folder;
  const auto data = store::DataFolder::open(folder.path()).value();
  image.write(data.path());
  auto writer = store::Writer::open(data, {.reserve_bytes = 0});
  if (!writer || !store::quick_check(data.database())) {
    return std::nullopt;
  }
  std::int64_t jobs = 0;
  std::int64_t attempts = 0;
  bool is_prefix = true;
  const auto loaded = store::load(writer->database(), [&](const Change& change) {
    if (const auto* added = std::get_if<JobAdded>(&change)) {
      is_prefix = is_prefix && added->job.id.value == static_cast<std::uint64_t>(++jobs);
    }
    attempts += std::holds_alternative<AttemptPut>(change) ? 1 : 0;
  });
  const std::int64_t counted =
      writer->database().query_integer("SELECT submitted FROM job WHERE id = 1");
  if (!loaded || !is_prefix || attempts != jobs || counted != jobs) {
    return std::nullopt;
  }
  return jobs;
}

Verdicts cut_power(const Operations& operations, int states) {
  std::mt19937_64 chance(20'261'123);
  Verdicts verdicts;
  for (int i = 0; i < states; ++i) {
    const std::size_t cut = chance() % (operations.size() + 1);
    std::int64_t acknowledged = 0;
    for (std::size_t at = 0; at < cut; ++at) {
      if (operations[at].kind == Kind::Acknowledge) {
        acknowledged = operations[at].offset;
      }
    }
    const auto found = commits_in(Image(operations, cut, chance));
    if (!found) {
      ++verdicts.broken;
    } else if (*found < acknowledged) {
      ++verdicts.lost;
    } else {
      ++verdicts.sound;
    }
  }
  return verdicts;
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
  const Verdicts verdicts = cut_power(record_run("PRAGMA synchronous"), 300);
  EXPECT_EQ(verdicts.lost, 0);
  EXPECT_EQ(verdicts.broken, 0);
  EXPECT_EQ(verdicts.sound, 300);
}

/// The proof that the test above can fail: kill -9 does not tell FULL from NORMAL, this does.
TEST(PowerCut, WouldLoseCommitsWithSynchronousNormal) {
  const Verdicts verdicts = cut_power(record_run("PRAGMA synchronous = NORMAL"), 100);
  EXPECT_GT(verdicts.lost, 50);
  EXPECT_EQ(verdicts.broken, 0);
}

TEST(PowerCut, WouldBreakTheDatabaseWithSynchronousOff) {
  const Verdicts verdicts = cut_power(record_run("PRAGMA synchronous = OFF"), 100);
  EXPECT_GT(verdicts.broken, 50);
}

}  // namespace
}  // namespace dray
