#include "scheduler/logs/log_store.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <semaphore>
#include <set>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "model/check.h"
#include "scheduler/logs/bucket.h"

namespace dray::logs {
namespace {

constexpr std::uint64_t kJobsABucket = 64;
constexpr std::uint64_t kReadBytesMax = 4 * 1024 * 1024;
constexpr std::uint64_t kWholeRecordMax = kLogRecordHead + kLogRecordBytesMax;

LogSize size_of(const AttemptKey& key, const Stream& stream) {
  return {key,
          stream.cursor.end,
          stream.created_at,
          stream.cursor.first_at,
          stream.cursor.last_at,
          stream.is_complete};
}

/// The chunks that hold the bytes from `from` up to `to`.
std::vector<Chunk> chunks_between(const Stream& stream, std::uint64_t from, std::uint64_t to) {
  auto at =
      std::upper_bound(stream.chunks.begin(), stream.chunks.end(), from,
                       [](std::uint64_t offset, const Chunk& c) { return offset < c.offset; });
  if (at != stream.chunks.begin()) {
    --at;
  }
  std::vector<Chunk> found;
  for (; at != stream.chunks.end() && at->offset < to; ++at) {
    found.push_back(*at);
  }
  return found;
}

/// Where a reader must begin to know where records begin, for bytes from `offset` on.
std::uint64_t record_start_before(const Stream& stream, std::uint64_t offset) {
  const std::vector<Chunk> chunk = chunks_between(stream, offset, offset + 1);
  return chunk.empty() ? offset : chunk.front().record_start;
}

/// Of `bytes`, which begin with a record at `start`: the whole records from `offset` on.
LogPiece cut_records(std::string_view bytes, std::uint64_t start, std::uint64_t offset,
                     std::uint64_t bytes_max) {
  LogPiece piece;
  std::string_view rest = bytes;
  std::size_t begin = bytes.size();
  std::size_t end = bytes.size();
  bool is_broken = false;
  for (std::size_t at = 0; take_log_record(rest, is_broken); at = bytes.size() - rest.size()) {
    const std::size_t next = bytes.size() - rest.size();
    if (start + at < offset) {
      continue;
    }
    if (begin == bytes.size()) {
      begin = at;
    } else if (next - begin > bytes_max) {
      break;
    }
    end = next;
  }
  piece.records = bytes.substr(begin, end - begin);
  piece.offset = piece.records.empty() ? offset : start + begin;
  piece.end = piece.offset + piece.records.size();
  return piece;
}

}  // namespace

struct LogStore::Room {
  std::filesystem::path folder;
  LogStoreOptions options;
  std::binary_semaphore free{1};  ///< Guards what follows; held for no longer than an index load.
  std::map<std::uint64_t, std::shared_ptr<Bucket>> buckets;
  std::map<std::uint64_t, std::uint64_t> used_at;  ///< Bucket -> turn of its last use.
  std::set<std::uint64_t> dirty;
  std::uint64_t turn = 0;
  bool is_folder_dirty = false;

  struct Lock {
    explicit Lock(Room& room) : room_(room) { room_.free.acquire(); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    ~Lock() { room_.free.release(); }

   private:
    Room& room_;
  };

  [[nodiscard]] std::filesystem::path path_of(std::uint64_t number) const {
    char name[17];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(number));
    return folder / name;
  }

  Result<std::shared_ptr<Bucket>> bucket_of(JobId job, bool create) {
    const std::uint64_t number = job.value / kJobsABucket;
    used_at[number] = ++turn;
    if (const auto known = buckets.find(number); known != buckets.end()) {
      return known->second;
    }
    const auto opened = Bucket::open(path_of(number), create);
    if (!opened) {
      used_at.erase(number);
      return opened;
    }
    is_folder_dirty = is_folder_dirty || create;
    buckets[number] = *opened;
    forget_oldest();
    return *opened;
  }

  /// Removes a bucket's files. Whoever reads it still holds it.
  void drop(std::uint64_t number) {
    buckets.erase(number);
    used_at.erase(number);
    dirty.erase(number);
    for (const char* suffix : {".index", ".data"}) {  // Data without an index is no bucket.
      std::error_code ignored;
      std::filesystem::remove(path_of(number).string() + suffix, ignored);
    }
  }

  /// Keeps the cache within its bound; what is not yet durable stays.
  void forget_oldest() {
    if (buckets.size() - dirty.size() <= options.buckets_cached_max) {
      return;
    }
    auto oldest = used_at.end();
    for (auto at = used_at.begin(); at != used_at.end(); ++at) {
      if (!dirty.contains(at->first) && (oldest == used_at.end() || at->second < oldest->second)) {
        oldest = at;
      }
    }
    if (oldest != used_at.end()) {
      buckets.erase(oldest->first);
      used_at.erase(oldest);
    }
  }
};

LogStore::LogStore(std::unique_ptr<Room> room) : room_(std::move(room)) {}
LogStore::LogStore(LogStore&&) noexcept = default;
LogStore& LogStore::operator=(LogStore&&) noexcept = default;
LogStore::~LogStore() = default;

Result<LogStore> LogStore::open(const std::filesystem::path& folder, LogStoreOptions options) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  if (error) {
    return refuse(ErrorCode::Unavailable,
                  "Cannot use the log folder " + folder.string() + ": " + error.message() + ".");
  }
  auto room = std::make_unique<Room>();
  room->folder = folder;
  room->options = options;
  return LogStore(std::move(room));
}

Result<std::uint64_t> LogStore::append(const AttemptKey& key, std::uint64_t offset,
                                       std::string_view bytes, bool is_last, WallTime now) {
  const Room::Lock lock(*room_);
  const auto bucket = room_->bucket_of(key.job.job, true);
  if (!bucket) {
    return tl::unexpected(bucket.error());
  }
  auto result = (*bucket)->append(key, offset, bytes, is_last, now);
  if ((*bucket)->is_dirty()) {
    room_->dirty.insert(key.job.job.value / kJobsABucket);
  }
  return result;
}

Result<void> LogStore::sync() {
  const Room::Lock lock(*room_);
  while (!room_->dirty.empty()) {
    const std::uint64_t number = *room_->dirty.begin();
    if (const auto synced = room_->buckets.at(number)->sync(); !synced) {
      return synced;
    }
    room_->dirty.erase(number);
  }
  if (room_->is_folder_dirty) {
    const int folder = ::open(room_->folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) {
      ::close(folder);
    }
    if (!is_synced) {
      return refuse(ErrorCode::Internal, "Cannot keep the log folder.");
    }
    room_->is_folder_dirty = false;
  }
  return {};
}

Result<LogPiece> LogStore::read(const AttemptKey& key, std::uint64_t offset,
                                std::uint64_t bytes_max) {
  bytes_max = std::min(bytes_max, kReadBytesMax);
  std::shared_ptr<Bucket> bucket;
  std::vector<Chunk> chunks;
  LogPiece about;
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  {
    const Room::Lock lock(*room_);
    const auto opened = room_->bucket_of(key.job.job, false);
    if (!opened) {
      return tl::unexpected(opened.error());
    }
    bucket = *opened;
    const auto found = bucket->streams().find(key);
    if (found == bucket->streams().end()) {
      return refuse(ErrorCode::NotFound, "There is no log of this attempt.");
    }
    const Stream& stream = found->second;
    about.size = stream.cursor.end;
    about.is_complete = stream.is_complete;
    about.offset = about.end = offset;
    if (offset >= stream.cursor.boundary) {
      return about;
    }
    start = record_start_before(stream, offset);
    // From `offset` on: the rest of a record, one whole record at least, and what was asked for.
    end = std::min(stream.cursor.boundary, offset + 2 * kWholeRecordMax + bytes_max);
    chunks = chunks_between(stream, start, end);
  }
  std::string bytes;
  for (const Chunk& chunk : chunks) {
    const std::uint64_t from = std::max(chunk.offset, start);
    const std::uint64_t to = std::min(chunk.offset + chunk.bytes, end);
    const auto part = bucket->read(chunk.position + (from - chunk.offset), to - from);
    if (!part) {
      return tl::unexpected(part.error());
    }
    bytes += *part;
  }
  LogPiece piece = cut_records(bytes, start, offset, bytes_max);
  piece.size = about.size;
  piece.is_complete = about.is_complete;
  return piece;
}

std::optional<LogSize> LogStore::size(const AttemptKey& key) {
  const Room::Lock lock(*room_);
  const auto bucket = room_->bucket_of(key.job.job, false);
  if (!bucket) {
    return std::nullopt;
  }
  const auto found = (*bucket)->streams().find(key);
  return found == (*bucket)->streams().end() ? std::nullopt
                                             : std::optional(size_of(key, found->second));
}

std::pair<JobId, JobId> LogStore::neighbours(JobId job) {
  const std::uint64_t first = job.value / kJobsABucket * kJobsABucket;
  return {JobId{first}, JobId{first + kJobsABucket - 1}};
}

void LogStore::forget(JobId job) {
  std::shared_ptr<Bucket> bucket;
  std::vector<Chunk> chunks;
  {
    const Room::Lock lock(*room_);
    const auto opened = room_->bucket_of(job, false);
    if (!opened) {
      return;
    }
    bucket = *opened;
    chunks = bucket->chunks_of(job);
  }
  bucket->give_back(chunks);
}

void LogStore::forget_neighbours(JobId job) {
  const Room::Lock lock(*room_);
  room_->drop(job.value / kJobsABucket);
}

bool LogStore::forget_before(JobId oldest, std::size_t count_max) {
  std::size_t dropped = 0;
  std::error_code error;
  std::filesystem::directory_iterator file(room_->folder, error);
  for (; !error && file != std::filesystem::directory_iterator(); file.increment(error)) {
    const std::string name = file->path().stem().string();
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number, 16);
    if (failure != std::errc() || end != name.data() + name.size() ||
        number >= oldest.value / kJobsABucket) {
      continue;
    }
    if (++dropped > count_max) {
      return false;
    }
    const Room::Lock lock(*room_);
    room_->drop(number);
  }
  return true;
}

std::vector<LogSize> LogStore::streams(JobId job, std::optional<AttemptKey> after,
                                       std::size_t count_max) {
  const Room::Lock lock(*room_);
  std::vector<LogSize> found;
  const auto bucket = room_->bucket_of(job, false);
  if (!bucket) {
    return found;
  }
  const auto& streams = (*bucket)->streams();
  auto at = after && after->job.job == job ? streams.upper_bound(*after)
                                           : streams.lower_bound({{job, kNoChild}, 0});
  for (; at != streams.end() && at->first.job.job == job && found.size() < count_max; ++at) {
    found.push_back(size_of(at->first, at->second));
  }
  return found;
}

}  // namespace dray::logs
