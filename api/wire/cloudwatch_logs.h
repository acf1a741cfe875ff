#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "api/wire/log_page.h"
#include "model/error.h"
#include "model/log_group.h"
#include "model/queries.h"

/// CloudWatch Logs, the reading part: events and streams. Refusals are BadRequest.
namespace dray::wire {

struct LogEventsAsked {
  LogStreamName stream;
  LogPageAsked page;
};
Result<LogEventsAsked> decode_get_log_events(std::string_view body);
/// Both tokens are always there, the same ones at the end.
std::string encode_log_events(const LogPage& page);

/// FilterLogEvents looks at stream after stream, in the order of their names.
struct LogFilterAsked {
  std::string group;
  std::vector<std::string> streams;  ///< By name, sorted; empty: those with `prefix`.
  std::string prefix;
  LogPageAsked page;        ///< Of the stream `from_stream`.
  std::string from_stream;  ///< From the token; empty: from the start.
};
Result<LogFilterAsked> decode_filter_log_events(std::string_view body);
struct FilteredEvent {
  std::string stream;
  LogEvent event;
};
/// Events by time; a token when there is more to look at.
std::string encode_filtered_events(std::vector<FilteredEvent> events, std::string_view next_token);
std::string encode_filter_token(std::string_view stream, const LogPosition& position);

struct LogStreamsAsked {
  LogStreamName prefix;
  bool by_last_event = false;
  bool descending = false;
  Page page;
};
Result<LogStreamsAsked> decode_describe_log_streams(std::string_view body);
std::string encode_log_streams(const ArnScope& scope, const PageOf<LogStreamView>& page);

/// A filter pattern as a test of messages: words that must all occur, "quoted phrases", -words that
/// must not, ?words of which one must. Nothing for AWS's other forms ({...}, [...]).
std::optional<std::function<bool(const std::string&)>> parse_filter_pattern(
    std::string_view pattern);

}  // namespace dray::wire
