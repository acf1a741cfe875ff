#include "scheduler/logs/stream.h"

#include <algorithm>

#include "model/bytes.h"
#include "model/log_record.h"

namespace dray::logs {
namespace {

/// A read in the middle begins at its chunk: chunks stay this small.
constexpr std::uint64_t kChunkBytesMax = 256 * 1024;

}  // namespace

bool RecordCursor::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::uint64_t wanted = body_left_ > 0 ? body_left_ : kLogRecordHead - head_.size();
    const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(wanted, bytes.size()));
    bytes.remove_prefix(piece.size());
    end += piece.size();
    if (body_left_ > 0) {
      body_left_ -= piece.size();
    } else {
      head_ += piece;
      if (head_.size() < kLogRecordHead) {
        return true;
      }
      if (!take_head()) {
        return false;
      }
    }
    if (body_left_ == 0) {
      boundary = end;
    }
  }
  return true;
}

bool RecordCursor::take_head() {
  ByteReader head(head_);
  body_left_ = head.u32();
  head.u32();
  last_at = WallTime{static_cast<std::int64_t>(head.u64())};
  if (!first_at) {
    first_at = last_at;
  }
  std::string_view rest = head_;
  bool is_broken = false;
  take_log_record(rest, is_broken);  // Says alone what a head may be.
  head_.clear();
  return !is_broken;
}

void Stream::add_chunk(std::uint64_t position, std::uint64_t bytes, std::uint64_t record_start) {
  if (bytes == 0) {
    return;
  }
  const std::uint64_t offset = chunks.empty() ? 0 : chunks.back().offset + chunks.back().bytes;
  if (!chunks.empty() && chunks.back().position + chunks.back().bytes == position &&
      chunks.back().bytes + bytes <= kChunkBytesMax) {
    chunks.back().bytes += bytes;
    return;
  }
  chunks.push_back({offset, position, bytes, record_start});
}

}  // namespace dray::logs
