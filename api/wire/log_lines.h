#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/log_record.h"

namespace dray::wire {

/// A line of an attempt's output, as CloudWatch Logs calls it an event.
struct LogEvent {
  WallTime at;  ///< When the record that ended the line was read.
  std::string message;
  std::uint64_t ordinal = 0;  ///< Place among all lines of the log, from 0. Never changes.
  std::optional<WallTime> ingested_at = {};  ///< When that was another time.
};

/// A line longer than this is cut into several events.
inline constexpr std::size_t kLineBytesMax = 256 * 1024;

/// A place between two lines of a log, from which reading can go on without the start of the log.
/// Lines of one stream may begin long before they end, with the other stream's lines between: so
/// reading goes on at the record where the oldest unended line began, and what was given is
/// skipped.
struct LogPosition {
  std::uint64_t ordinal = 0;  ///< Lines before it.
  std::uint64_t offset = 0;   ///< Record to read from.
  std::uint64_t skip = 0;     ///< Lines that end at or behind `offset` and were given already.
  /// Per stream, bytes before `offset` of the line that is open there.
  std::array<std::uint32_t, 3> begun{};
  bool operator==(const LogPosition&) const = default;
};

/// Makes lines of records. stdout, stderr and notes each have lines of their own; lines come in the
/// order in which they end.
class LogLines {
 public:
  /// Takes a line; false ends the reading behind it.
  using Sink = std::function<bool(LogEvent event)>;

  /// Of all records, or only of those of one container of a pod.
  explicit LogLines(const LogPosition& from, std::optional<std::uint8_t> container = {});

  /// Records in the order of the file, the first at `from.offset`. False when the sink ended the
  /// reading or a record was broken: nothing may be fed any more.
  bool feed(std::string_view records, const Sink& sink);
  /// The log is complete: open lines end here.
  void finish(const Sink& sink);
  /// Behind the last line that was given.
  [[nodiscard]] LogPosition position() const;

 private:
  /// How things stood when a record began.
  struct Mark {
    std::uint64_t offset = 0;
    std::uint64_t lines = 0;
    std::array<std::uint32_t, 3> begun{};
  };
  struct OpenLine {
    std::string text;
    Mark began;  ///< The record in which it began; meaningful while `text` is not empty.
  };
  bool take(std::size_t stream, const LogRecord& record, const Sink& sink);
  bool end_line(std::size_t stream, WallTime at, const Sink& sink);
  [[nodiscard]] Mark mark() const;

  std::optional<std::uint8_t> container_;
  std::uint64_t given_;  ///< Lines with a smaller ordinal were given already.
  std::uint64_t lines_;
  std::uint64_t offset_;
  std::array<OpenLine, 3> open_;
  Mark record_;  ///< Of the record being read.
  WallTime last_at_;
  bool is_inside_record_ = false;  ///< The sink ended the reading inside a record.
};

}  // namespace dray::wire
