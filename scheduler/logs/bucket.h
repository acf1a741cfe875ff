#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/ids.h"
#include "scheduler/logs/stream.h"

namespace dray::logs {

/// Logs of neighbouring jobs in two files: `data`, bytes in the order they came, and `index`, one
/// fixed record with a CRC for each piece. A record is written only when its bytes are durable, so
/// that whatever the index holds is there. Not thread-safe but for `read`.
class Bucket {
 public:
  /// Reads the index; cuts a torn tail. `create`: makes the files when they are missing, else an
  /// absent bucket is NotFound. `path` is the files' common beginning.
  static Result<std::shared_ptr<Bucket>> open(const std::filesystem::path& path, bool create);
  Bucket(const Bucket&) = delete;
  Bucket& operator=(const Bucket&) = delete;
  ~Bucket();

  /// See LogStore::append.
  Result<std::uint64_t> append(const AttemptKey& key, std::uint64_t offset, std::string_view bytes,
                               bool is_last, WallTime now);
  /// Makes everything appended durable. After a refusal the disk's state is unknown.
  Result<void> sync();
  [[nodiscard]] bool is_dirty() const { return !unwritten_index_.empty(); }
  [[nodiscard]] const std::map<AttemptKey, Stream>& streams() const { return streams_; }
  /// Where the job's bytes lie in the data, by position; neighbours are joined.
  [[nodiscard]] std::vector<Chunk> chunks_of(JobId job) const;
  /// Gives the room of these back to the disk; the data keeps its length. Any thread.
  void give_back(const std::vector<Chunk>& chunks) const;

  /// `bytes` bytes of the data from `position` on. Any thread.
  [[nodiscard]] Result<std::string> read(std::uint64_t position, std::uint64_t bytes) const;

 private:
  Bucket(int data, int index) : data_(data), index_(index) {}
  Result<void> load();
  bool take_record(std::string_view record, std::uint64_t data_size);
  Result<void> feed_cursor(Stream& stream) const;
  Result<void> write(int file, std::string_view bytes, std::uint64_t position) const;

  int data_ = -1;
  int index_ = -1;
  std::uint64_t data_end_ = 0;
  std::uint64_t index_end_ = 0;
  std::string unwritten_index_;  ///< Records whose bytes are not durable yet.
  std::map<AttemptKey, Stream> streams_;
};

}  // namespace dray::logs
