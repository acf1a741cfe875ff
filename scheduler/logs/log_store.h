#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "model/queries.h"

namespace dray::logs {

/// What is kept of one attempt's log.
struct LogSize {
  AttemptKey key;
  std::uint64_t bytes = 0;
  WallTime created_at;  ///< When its first bytes came.
  std::optional<WallTime> first_at;
  std::optional<WallTime> last_at;
  bool is_complete = false;  ///< The attempt has ended and every byte is here.
};

struct LogStoreOptions {
  std::size_t buckets_cached_max = 64;  ///< Indexes in memory at once, beside those being written.
};

/// Output of all attempts, on disk, not one file per child: jobs share buckets, each an append-only
/// `data` and an `index` of fixed records. Bytes are those of the agent's log file
/// (model/log_record.h) at the same offsets. One thread appends and syncs; any thread reads.
class LogStore {
 public:
  /// Creates `folder` when it is missing. Torn tails are cut when a bucket is first used.
  static Result<LogStore> open(const std::filesystem::path& folder, LogStoreOptions options = {});
  LogStore(LogStore&&) noexcept;
  LogStore& operator=(LogStore&&) noexcept;
  ~LogStore();

  /// Keeps what is new of `bytes`, which begin at `offset`. Doubles and overlaps are ignored, a gap
  /// is refused by answering the offset wanted. Answers how far the log now is; that may be told to
  /// the agent only after `sync`. `is_last`: nothing follows `bytes`.
  Result<std::uint64_t> append(const AttemptKey& key, std::uint64_t offset, std::string_view bytes,
                               bool is_last, WallTime now);
  /// Everything appended so far is durable when this returns without a refusal. After Unavailable
  /// (the disk is full) try again later; after Internal nobody can say what is on disk: end the
  /// process and recover from disk, as the store does (D2).
  Result<void> sync();

  /// Whole records from `offset` on, at most about `bytes_max`, at least one when there is one. An
  /// offset inside a record goes on to the next one. NotFound when nothing is known of the attempt.
  Result<LogPiece> read(const AttemptKey& key, std::uint64_t offset, std::uint64_t bytes_max);
  std::optional<LogSize> size(const AttemptKey& key);
  /// Every attempt of `job` that has a log, by key, after `after`, at most `count_max`.
  std::vector<LogSize> streams(JobId job, std::optional<AttemptKey> after, std::size_t count_max);

  /// The jobs that share files with `job`, first and last.
  [[nodiscard]] static std::pair<JobId, JobId> neighbours(JobId job);
  /// The job's logs are never asked for again: their room goes back to the disk.
  void forget(JobId job);
  /// As forget, for all of `neighbours(job)` at once: their files go. Nothing is appended to their
  /// logs any more.
  void forget_neighbours(JobId job);
  /// As forget, for all jobs that share no file with `oldest` or a later one; at most `count_max`
  /// files at once. False when there are more.
  bool forget_before(JobId oldest, std::size_t count_max);

 private:
  struct Room;
  explicit LogStore(std::unique_ptr<Room> room);
  std::unique_ptr<Room> room_;
};

}  // namespace dray::logs
