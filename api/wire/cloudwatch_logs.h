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
#include "model/queries.h"

/// CloudWatch Logs, the reading part (contract 5): one group, /aws/batch/job, with one stream for
/// each attempt. Errors are BadRequest, or NotFound with AWS's text.
namespace dray::wire {

struct LogEventsAsked {
  std::string stream;
  LogPageAsked page;
};
Result<LogEventsAsked> decode_get_log_events(std::string_view body);
/// Both tokens are always there, the same ones at the end.
std::string encode_log_events(const LogPage& page);

/// FilterLogEvents looks at stream after stream, in the order of their names.
struct LogFilterAsked {
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
  std::string prefix;
  bool by_last_event = false;
  bool descending = false;
  Page page;
};
Result<LogStreamsAsked> decode_describe_log_streams(std::string_view body);
std::string encode_log_streams(const ArnScope& scope, const PageOf<LogStreamView>& page);

/// DescribeLogGroups: the one group, when the prefix allows it.
Result<std::string> answer_describe_log_groups(const ArnScope& scope, std::string_view body);

/// A filter pattern as a test of messages: words that must all occur, "quoted phrases", -words that
/// must not, ?words of which one must. Nothing for AWS's other forms ({...}, [...]).
std::optional<std::function<bool(const std::string&)>> parse_filter_pattern(
    std::string_view pattern);

inline constexpr std::string_view kNoLogStream = "The specified log stream does not exist.";
inline constexpr std::string_view kNoLogGroup = "The specified log group does not exist.";

}  // namespace dray::wire
