#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/instant.h"
#include "model/job_definition.h"

/// Log groups, and the streams and events that clients make in them (AWS: CloudWatch Logs). The
/// streams of attempts are in queries.h.
namespace dray {

/// Where jobs log unless their definition says otherwise. Always there.
inline constexpr std::string_view kJobLogGroup = "/aws/batch/job";

inline constexpr std::string_view kNoLogGroup = "The specified log group does not exist.";
inline constexpr std::string_view kNoLogStream = "The specified log stream does not exist.";

struct LogGroup {
  std::string name;
  WallTime created_at;
  std::optional<std::int32_t> retention_days;  ///< Absent: events are kept for ever.
  Tags tags;
  std::uint64_t stored_bytes = 0;  ///< Of the events that clients put.
  bool operator==(const LogGroup&) const = default;
};

struct LogStreamName {
  std::string group;
  std::string stream;
  auto operator<=>(const LogStreamName&) const = default;
};

/// Those whose name begins with `prefix` and has `pattern` in it.
struct LogGroupQuery {
  std::string prefix;
  std::string pattern;
};

struct LogGroupAdded {
  std::string name;
  Tags tags;
};
struct LogGroupGone {
  std::string name;
};
struct LogRetentionSet {
  std::string group;
  std::optional<std::int32_t> days;
};
struct LogGroupTagged {
  std::string group;
  Tags added;
  std::vector<std::string> removed;
};
struct LogStreamAdded {
  LogStreamName name;
};
struct LogStreamGone {
  LogStreamName name;
};
using LogGroupChange = std::variant<LogGroupAdded, LogGroupGone, LogRetentionSet, LogGroupTagged,
                                    LogStreamAdded, LogStreamGone>;

/// An event as a client puts it.
struct PutLogEvent {
  WallTime at;
  std::string message;
};

/// What became of events that were put: those outside these bounds were refused (AWS).
struct PutLogOutcome {
  std::size_t too_old_end = 0;  ///< Behind the last that is too old.
  std::optional<std::size_t> too_new_start;
  std::size_t expired_end = 0;  ///< Behind the last that the retention would drop at once.
};

/// An event of a client's stream. Ordered by time, then by the order in which they came.
struct KeptLogEvent {
  WallTime at;
  std::uint64_t sequence = 0;  ///< From 1, of all events; never given again.
  WallTime ingested_at;
  std::string message;
};

/// Events of one client's stream, before or behind a place.
struct KeptLogQuery {
  std::int64_t stream = 0;
  bool is_backwards = false;  ///< Those before the place, the last first.
  WallTime at;                ///< The place. Backwards with sequence 0: the end of the stream.
  std::uint64_t sequence = 0;
  std::optional<WallTime> start;  ///< Inclusive.
  std::optional<WallTime> end;    ///< Exclusive.
  std::size_t count_max = 1000;
};

}  // namespace dray
