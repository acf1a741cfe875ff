#include "scheduler/logs/bucket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/bytes.h"
#include "model/check.h"
#include "scheduler/logs/crc32.h"

namespace dray::logs {
namespace {

constexpr std::size_t kRecordBytes = 80;
constexpr std::size_t kCrcBytes = 4;
constexpr std::uint32_t kIsLast = 1;
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

/// One record of the index, little endian, then its CRC.
struct IndexRecord {
  AttemptKey key;
  std::uint64_t offset = 0;
  std::uint64_t position = 0;
  std::uint32_t bytes = 0;
  std::uint32_t flags = 0;
  std::int64_t came_at = 0;
  std::int64_t first_at = kNoTime;  ///< Of the stream so far.
  std::int64_t last_at = kNoTime;
  std::uint64_t boundary = 0;  ///< Of the stream so far.
};

std::string encode(const IndexRecord& record) {
  ByteWriter out;
  out.u64(record.key.job.job.value);
  out.u32(static_cast<std::uint32_t>(record.key.job.child));
  out.u32(record.key.number);
  out.u64(record.offset);
  out.u64(record.position);
  out.u32(record.bytes);
  out.u32(record.flags);
  out.u64(static_cast<std::uint64_t>(record.came_at));
  out.u64(static_cast<std::uint64_t>(record.first_at));
  out.u64(static_cast<std::uint64_t>(record.last_at));
  out.u64(record.boundary);
  out.u32(0);
  out.u32(crc32(out.bytes()));
  CHECK(out.bytes().size() == kRecordBytes);
  return out.take();
}

std::optional<IndexRecord> decode(std::string_view bytes) {
  ByteReader crc(bytes.substr(kRecordBytes - kCrcBytes));
  if (crc.u32() != crc32(bytes.substr(0, kRecordBytes - kCrcBytes))) {
    return std::nullopt;
  }
  ByteReader in(bytes);
  IndexRecord record;
  record.key.job.job.value = in.u64();
  record.key.job.child = static_cast<std::int32_t>(in.u32());
  record.key.number = in.u32();
  record.offset = in.u64();
  record.position = in.u64();
  record.bytes = in.u32();
  record.flags = in.u32();
  record.came_at = static_cast<std::int64_t>(in.u64());
  record.first_at = static_cast<std::int64_t>(in.u64());
  record.last_at = static_cast<std::int64_t>(in.u64());
  record.boundary = in.u64();
  return record;
}

tl::unexpected<Error> failed(const std::string& what) {
  const int why = errno;
  const bool is_full = why == ENOSPC || why == EDQUOT;
  return refuse(is_full ? ErrorCode::Unavailable : ErrorCode::Internal,
                "Cannot " + what + " a job log: " + std::strerror(why) + ".");
}

/// Whatever the reason: a second fdatasync would say yes and mean nothing.
tl::unexpected<Error> not_kept() {
  return refuse(ErrorCode::Internal,
                "Cannot make job logs durable: " + std::string(std::strerror(errno)) + ".");
}

std::uint64_t size_of(int file) {
  struct stat found {};
  return ::fstat(file, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

int open_file(const std::filesystem::path& path, const char* suffix, bool create) {
  const std::string name = path.string() + suffix;
  return ::open(name.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
}

std::optional<WallTime> time_of(std::int64_t ms) {
  return ms == kNoTime ? std::nullopt : std::optional(WallTime{ms});
}

}  // namespace

Result<std::shared_ptr<Bucket>> Bucket::open(const std::filesystem::path& path, bool create) {
  const int data = open_file(path, ".data", create);
  const int index = open_file(path, ".index", create);
  // The destructor closes both, also when one could not be opened.
  std::shared_ptr<Bucket> bucket(new Bucket(data, index));
  if (data < 0 || index < 0) {
    if (!create && errno == ENOENT) {
      return refuse(ErrorCode::NotFound, "There is no log.");
    }
    return failed("open");
  }
  if (const auto loaded = bucket->load(); !loaded) {
    return tl::unexpected(loaded.error());
  }
  return bucket;
}

Bucket::~Bucket() {
  if (data_ >= 0) {
    ::close(data_);
  }
  if (index_ >= 0) {
    ::close(index_);
  }
}

Result<void> Bucket::load() {
  const std::uint64_t index_size = size_of(index_);
  const std::uint64_t data_size = size_of(data_);
  std::string index(index_size, '\0');
  std::uint64_t got = 0;
  while (got < index_size) {
    const ssize_t n =
        ::pread(index_, index.data() + got, index_size - got, static_cast<off_t>(got));
    if (n < 0) {
      return failed("read");
    }
    if (n == 0) {
      break;
    }
    got += static_cast<std::uint64_t>(n);
  }
  const std::string_view records(index.data(), got);
  while (index_end_ + kRecordBytes <= records.size() &&
         take_record(records.substr(index_end_, kRecordBytes), data_size)) {
    index_end_ += kRecordBytes;
  }
  if ((index_size > index_end_ && ::ftruncate(index_, static_cast<off_t>(index_end_)) != 0) ||
      (data_size > data_end_ && ::ftruncate(data_, static_cast<off_t>(data_end_)) != 0)) {
    return failed("cut");
  }
  return {};
}

bool Bucket::take_record(std::string_view bytes, std::uint64_t data_size) {
  const auto record = decode(bytes);
  if (!record || record->position + record->bytes > data_size) {
    return false;
  }
  Stream& stream = streams_[record->key];
  if (record->offset != stream.cursor.end) {
    return false;
  }
  if (stream.chunks.empty()) {
    stream.created_at.epoch_ms = record->came_at;
  }
  stream.add_chunk(record->position, record->bytes, stream.cursor.boundary);
  stream.cursor.end += record->bytes;
  stream.cursor.boundary = record->boundary;
  stream.cursor.first_at = time_of(record->first_at);
  stream.cursor.last_at = time_of(record->last_at);
  stream.is_cursor_fed = false;
  stream.is_complete = (record->flags & kIsLast) != 0;
  data_end_ = std::max(data_end_, record->position + record->bytes);
  return true;
}

Result<void> Bucket::feed_cursor(Stream& stream) const {
  RecordCursor cursor;
  cursor.end = stream.cursor.boundary;
  cursor.boundary = stream.cursor.boundary;
  cursor.first_at = stream.cursor.first_at;
  cursor.last_at = stream.cursor.last_at;
  for (const Chunk& chunk : stream.chunks) {
    if (chunk.offset + chunk.bytes > cursor.end) {
      const std::uint64_t skip = cursor.end - chunk.offset;
      const auto bytes = read(chunk.position + skip, chunk.bytes - skip);
      if (!bytes) {
        return tl::unexpected(bytes.error());
      }
      cursor.feed(*bytes);
    }
  }
  stream.cursor = cursor;
  stream.is_cursor_fed = true;
  return {};
}

Result<std::uint64_t> Bucket::append(const AttemptKey& key, std::uint64_t offset,
                                     std::string_view bytes, bool is_last, WallTime now) {
  const auto known = streams_.find(key);
  const bool is_complete = known != streams_.end() && known->second.is_complete;
  const std::uint64_t end = known == streams_.end() ? 0 : known->second.cursor.end;
  const std::uint64_t new_end = offset + bytes.size();
  if (is_complete || offset > end || new_end < end || (new_end == end && !is_last)) {
    return end;
  }
  bytes.remove_prefix(end - offset);
  if (known != streams_.end() && !known->second.is_cursor_fed) {
    if (const auto fed = feed_cursor(known->second); !fed) {
      return tl::unexpected(fed.error());
    }
  }
  RecordCursor cursor = known == streams_.end() ? RecordCursor() : known->second.cursor;
  if (!cursor.feed(bytes)) {
    return refuse(ErrorCode::BadRequest, "These bytes are not records of a job log.");
  }
  if (const auto written = write(data_, bytes, data_end_); !written) {
    return tl::unexpected(written.error());
  }
  IndexRecord record{key, end, data_end_, static_cast<std::uint32_t>(bytes.size())};
  record.flags = is_last ? kIsLast : 0;
  record.came_at = now.epoch_ms;
  record.first_at = cursor.first_at ? cursor.first_at->epoch_ms : kNoTime;
  record.last_at = cursor.last_at ? cursor.last_at->epoch_ms : kNoTime;
  record.boundary = cursor.boundary;
  unwritten_index_ += encode(record);
  Stream& stream = streams_[key];
  if (stream.chunks.empty()) {
    stream.created_at = now;
  }
  stream.add_chunk(data_end_, bytes.size(), stream.cursor.boundary);
  stream.cursor = cursor;
  stream.is_complete = is_last;
  data_end_ += bytes.size();
  return cursor.end;
}

Result<void> Bucket::sync() {
  if (unwritten_index_.empty()) {
    return {};
  }
  if (::fdatasync(data_) != 0) {
    return not_kept();
  }
  if (const auto written = write(index_, unwritten_index_, index_end_); !written) {
    return written;
  }
  if (::fdatasync(index_) != 0) {
    return not_kept();
  }
  index_end_ += unwritten_index_.size();
  unwritten_index_.clear();
  return {};
}

std::vector<Chunk> Bucket::chunks_of(JobId job) const {
  std::vector<Chunk> found;
  for (auto at = streams_.lower_bound({{job, kNoChild}, 0});
       at != streams_.end() && at->first.job.job == job; ++at) {
    found.insert(found.end(), at->second.chunks.begin(), at->second.chunks.end());
  }
  std::sort(found.begin(), found.end(),
            [](const Chunk& a, const Chunk& b) { return a.position < b.position; });
  std::size_t kept = 0;
  for (const Chunk& chunk : found) {
    if (kept > 0 && found[kept - 1].position + found[kept - 1].bytes == chunk.position) {
      found[kept - 1].bytes += chunk.bytes;
    } else {
      found[kept++] = chunk;
    }
  }
  found.resize(kept);
  return found;
}

void Bucket::give_back(const std::vector<Chunk>& chunks) const {
  for (const Chunk& chunk : chunks) {
    if (chunk.bytes > 0) {
      ::fallocate(data_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(chunk.position), static_cast<off_t>(chunk.bytes));
    }
  }
}

Result<void> Bucket::write(int file, std::string_view bytes, std::uint64_t position) const {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (n < 0) {
      if (errno == EINTR) {
        continue;
      }
      return failed("write");
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
    position += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<std::string> Bucket::read(std::uint64_t position, std::uint64_t bytes) const {
  std::string found(bytes, '\0');
  std::uint64_t got = 0;
  while (got < bytes) {
    const ssize_t n =
        ::pread(data_, found.data() + got, bytes - got, static_cast<off_t>(position + got));
    if (n <= 0) {
      return failed("read");
    }
    got += static_cast<std::uint64_t>(n);
  }
  return found;
}

}  // namespace dray::logs
