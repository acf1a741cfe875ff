#include "api/wire/cloudwatch_logs.h"

#include <algorithm>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"

namespace dray::wire {
namespace {

constexpr std::int32_t kEventsMax = 10'000;
constexpr std::int32_t kStreamsMax = 50;

/// The group of a request, by name or ARN.
std::string read_group(const JsonObject& request) {
  std::string group = request.text("logGroupName");
  if (group.empty()) {
    group = log_group_name(request.text("logGroupIdentifier"));
  }
  if (group.empty()) {
    request.refuse_it("Member logGroupName is required");
  }
  return group;
}

std::optional<WallTime> read_time(const JsonObject& request, std::string_view member) {
  const std::optional<std::int64_t> time = request.long_integer(member);
  if (time.value_or(0) < 0) {
    request.refuse_it(std::string(member) + " must not be negative");
  }
  return time ? std::optional(WallTime{*time}) : std::nullopt;
}

std::int32_t read_limit(const JsonObject& request, std::int32_t most) {
  const std::int32_t limit = request.integer("limit").value_or(most);
  if (limit < 1 || limit > most) {
    request.refuse_it("limit must be between 1 and " + std::to_string(most));
  }
  return limit;
}

void read_page_members(const JsonObject& request, LogPageAsked& page) {
  page.start = read_time(request, "startTime");
  page.end = read_time(request, "endTime");
  page.events_max = static_cast<std::size_t>(read_limit(request, kEventsMax));
}

template <class T, class Read>
Result<T> decode_asked(std::string_view body, Read read) {
  Result<JsonDocument> document = JsonDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  T value = read(document->root());
  if (document->refusal()) {
    return tl::unexpected(*document->refusal());
  }
  return value;
}

std::vector<std::string> read_streams(const JsonObject& request) {
  std::vector<std::string> streams = request.texts("logStreamNames");
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  if (streams.size() > 100) {
    request.refuse_it("At most 100 log streams can be filtered at once");
  }
  if (!streams.empty() && !request.text("logStreamNamePrefix").empty()) {
    request.refuse_it("logStreamNames and logStreamNamePrefix cannot both be set");
  }
  return streams;
}

void read_filter_token(const JsonObject& request, LogFilterAsked& asked) {
  const std::string token = request.text("nextToken");
  if (token.empty()) {
    return;
  }
  const std::size_t split = token.find('|');
  Result<std::string> stream = decode_token(token.substr(0, split));
  if (split == std::string::npos || !stream ||
      !decode_log_token(token.substr(split + 1), asked.page) ||
      asked.page.where != LogPageAsked::Where::From) {
    request.refuse_it("The specified nextToken is invalid.");
    return;
  }
  asked.from_stream = std::move(*stream);
}

struct FilterWords {
  std::vector<std::string> all;
  std::vector<std::string> any;
  std::vector<std::string> none;

  bool accepts(const std::string& message) const {
    const auto occurs = [&message](const std::string& word) {
      return message.find(word) != std::string::npos;
    };
    return std::all_of(all.begin(), all.end(), occurs) &&
           std::none_of(none.begin(), none.end(), occurs) &&
           (any.empty() || std::any_of(any.begin(), any.end(), occurs));
  }
};

/// The next word of a filter pattern, unquoted; nothing when a quote is left open.
std::optional<std::string> take_word(std::string_view& pattern) {
  if (!pattern.starts_with('"')) {
    const std::size_t space = std::min(pattern.find(' '), pattern.size());
    std::string word(pattern.substr(0, space));
    pattern.remove_prefix(space);
    return word;
  }
  const std::size_t quote = pattern.find('"', 1);
  if (quote == std::string_view::npos) {
    return std::nullopt;
  }
  std::string word(pattern.substr(1, quote - 1));
  pattern.remove_prefix(quote + 1);
  return word;
}

void write_event(JsonWriter& out, const LogEvent& event) {
  out.number("timestamp", event.at.epoch_ms);
  out.text("message", event.message);
  out.number("ingestionTime", event.ingested_at.value_or(event.at).epoch_ms);
}

}  // namespace

Result<LogEventsAsked> decode_get_log_events(std::string_view body) {
  return decode_asked<LogEventsAsked>(body, [](const JsonObject& request) {
    LogEventsAsked asked;
    asked.stream = {read_group(request), request.required_text("logStreamName")};
    read_page_members(request, asked.page);
    const bool from_head = request.flag("startFromHead").value_or(false);
    asked.page.where = from_head ? LogPageAsked::Where::From : LogPageAsked::Where::Tail;
    const std::string token = request.text("nextToken");
    if (!token.empty() && !decode_log_token(token, asked.page)) {
      request.refuse_it("The specified nextToken is invalid.");
    }
    return asked;
  });
}

std::string encode_log_events(const LogPage& page) {
  JsonWriter out;
  out.begin_object().name("events").begin_list();
  for (const LogEvent& event : page.events) {
    out.begin_object();
    write_event(out, event);
    out.end_object();
  }
  out.end_list();
  out.text("nextForwardToken", encode_forward_token(page.after));
  out.text("nextBackwardToken", encode_backward_token(page.before, page.before_offset));
  out.end_object();
  return out.take();
}

Result<LogFilterAsked> decode_filter_log_events(std::string_view body) {
  return decode_asked<LogFilterAsked>(body, [](const JsonObject& request) {
    LogFilterAsked asked;
    asked.group = read_group(request);
    asked.streams = read_streams(request);
    asked.prefix = request.text("logStreamNamePrefix");
    read_page_members(request, asked.page);
    read_filter_token(request, asked);
    auto wanted = parse_filter_pattern(request.text("filterPattern"));
    if (!wanted) {
      request.refuse_it("This form of filterPattern is not supported yet");
    } else {
      asked.page.wanted = std::move(*wanted);
    }
    return asked;
  });
}

std::string encode_filtered_events(std::vector<FilteredEvent> events, std::string_view next_token) {
  std::stable_sort(events.begin(), events.end(), [](const auto& left, const auto& right) {
    return left.event.at < right.event.at;
  });
  JsonWriter out;
  out.begin_object().name("events").begin_list();
  for (const FilteredEvent& filtered : events) {
    out.begin_object().text("logStreamName", filtered.stream);
    write_event(out, filtered.event);
    const std::size_t slash = filtered.stream.rfind('/');
    out.text("eventId", filtered.stream.substr(slash == std::string::npos ? 0 : slash + 1) + '-' +
                            std::to_string(filtered.event.ordinal));
    out.end_object();
  }
  out.end_list().empty_list("searchedLogStreams");
  out.text_if_any("nextToken", next_token);
  out.end_object();
  return out.take();
}

std::string encode_filter_token(std::string_view stream, const LogPosition& position) {
  return encode_token(stream) + '|' + encode_forward_token(position);
}

Result<LogStreamsAsked> decode_describe_log_streams(std::string_view body) {
  return decode_asked<LogStreamsAsked>(body, [](const JsonObject& request) {
    LogStreamsAsked asked;
    asked.prefix = {read_group(request), request.text("logStreamNamePrefix")};
    const std::string order = request.text("orderBy");
    if (!order.empty() && order != "LogStreamName" && order != "LastEventTime") {
      request.refuse_it("orderBy must be LogStreamName or LastEventTime");
    }
    asked.by_last_event = order == "LastEventTime";
    if (asked.by_last_event && !asked.prefix.stream.empty()) {
      request.refuse_it("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    asked.descending = request.flag("descending").value_or(false);
    asked.page.results_max = read_limit(request, kStreamsMax);
    Result<std::string> after = decode_token(request.text("nextToken"));
    if (!after) {
      request.refuse_it("The specified nextToken is invalid.");
    } else {
      asked.page.after = std::move(*after);
    }
    return asked;
  });
}

std::string encode_log_streams(const ArnScope& scope, const PageOf<LogStreamView>& page) {
  JsonWriter out;
  out.begin_object().name("logStreams").begin_list();
  for (const LogStreamView& stream : page.items) {
    out.begin_object();
    out.text("logStreamName", stream.name);
    out.number("creationTime", stream.created_at.epoch_ms);
    if (stream.first_at) {
      out.number("firstEventTimestamp", stream.first_at->epoch_ms);
    }
    if (stream.last_at) {
      out.number("lastEventTimestamp", stream.last_at->epoch_ms);
      out.number("lastIngestionTime", stream.last_at->epoch_ms);
    }
    out.text("arn", log_group_arn(scope, stream.group) + ":log-stream:" + stream.name);
    out.number("storedBytes", std::int64_t{0});  // AWS: always 0 since 2019.
    out.end_object();
  }
  out.end_list();
  if (!page.next.empty()) {
    out.text("nextToken", encode_token(page.next));
  }
  out.end_object();
  return out.take();
}

std::optional<std::function<bool(const std::string&)>> parse_filter_pattern(
    std::string_view pattern) {
  if (pattern.starts_with('{') || pattern.starts_with('[') || pattern.starts_with('%')) {
    return std::nullopt;
  }
  FilterWords words;
  while (!pattern.empty()) {
    if (pattern[0] == ' ') {
      pattern.remove_prefix(1);
      continue;
    }
    std::vector<std::string>* kind = &words.all;
    if (pattern[0] == '-' || pattern[0] == '?') {
      kind = pattern[0] == '-' ? &words.none : &words.any;
      pattern.remove_prefix(1);
    }
    std::optional<std::string> word = take_word(pattern);
    if (!word) {
      return std::nullopt;
    }
    if (!word->empty()) {
      kind->push_back(std::move(*word));
    }
  }
  return [words](const std::string& message) { return words.accepts(message); };
}

}  // namespace dray::wire
