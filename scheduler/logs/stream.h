#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/instant.h"

namespace dray::logs {

/// Where a piece of a stream lies in its bucket's data.
struct Chunk {
  std::uint64_t offset = 0;    ///< In the stream.
  std::uint64_t position = 0;  ///< In the data.
  std::uint64_t bytes = 0;
  std::uint64_t record_start = 0;  ///< Offset of the record that holds the chunk's first byte.
};

/// Follows the records of a stream as its bytes come, in pieces cut anywhere.
struct RecordCursor {
  std::uint64_t end = 0;       ///< Bytes seen.
  std::uint64_t boundary = 0;  ///< Where the records that are whole end.
  std::optional<WallTime> first_at;
  std::optional<WallTime> last_at;  ///< Of the last head seen.

  /// False when the bytes cannot be records (model/log_record.h).
  bool feed(std::string_view bytes);

 private:
  bool take_head();
  std::string head_;
  std::uint64_t body_left_ = 0;
};

/// What is known of one attempt's log.
struct Stream {
  std::vector<Chunk> chunks;  ///< By offset, without gaps.
  RecordCursor cursor;
  /// False after a load: bytes behind the boundary must be fed again before more can come.
  bool is_cursor_fed = true;
  WallTime created_at;
  bool is_complete = false;

  /// Notes bytes that were written at `position`; joins them to the last chunk when they touch.
  void add_chunk(std::uint64_t position, std::uint64_t bytes, std::uint64_t record_start);
};

}  // namespace dray::logs
