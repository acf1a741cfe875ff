#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/log_lines.h"
#include "model/error.h"
#include "model/queries.h"

namespace dray::wire {

/// Where a page of lines begins.
struct LogPageAsked {
  enum class Where : std::uint8_t {
    From,    ///< At `position`, forwards.
    Before,  ///< The last lines before the line `position.ordinal`.
    Tail,    ///< The last lines there are.
  };
  Where where = Where::From;
  LogPosition position;
  std::optional<std::uint8_t> container;  ///< Only what this one of a pod wrote.
  std::size_t events_max = 10'000;
  std::optional<WallTime> start;  ///< Inclusive.
  std::optional<WallTime> end;    ///< Exclusive.
  /// Absent: every line. Lines it refuses are passed over.
  std::function<bool(const std::string& message)> wanted;
};

struct LogPage {
  std::vector<LogEvent> events;
  LogPosition after;                ///< Where to read on, forwards.
  std::uint64_t before = 0;         ///< Ordinal to read before, backwards.
  std::uint64_t before_offset = 0;  ///< Beside it; 0 for attempts' logs, which need none.
  bool is_at_end = false;           ///< Everything there is now was looked at.
};

/// AWS: a page has at most 1 MB, 26 bytes counted for each event beside its message.
inline constexpr std::size_t kPageBytesMax = 1024 * 1024;

/// Bytes of one attempt's log: whole records from an offset on.
using ReadLog = std::function<Result<LogPiece>(std::uint64_t offset, std::uint64_t bytes_max)>;

/// One page. Reading forwards looks at no more than 64 MiB and may then be empty without being at
/// the end; Before and Tail read the log from its start, with memory for one page.
Result<LogPage> read_log_page(const ReadLog& read, const LogPageAsked& asked);

/// "f/...", "b/..."; what AWS's clients hand back.
std::string encode_forward_token(const LogPosition& position);
std::string encode_backward_token(std::uint64_t before, std::uint64_t offset = 0);
/// Sets `where` and `position`. BadRequest when the text is none of ours.
Result<void> decode_log_token(std::string_view token, LogPageAsked& asked);

}  // namespace dray::wire
