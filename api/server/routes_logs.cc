#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "api/server/routes.h"
#include "api/wire/cloudwatch_logs.h"

/// CloudWatch Logs: the lines of attempts.
namespace dray::server {
namespace {

constexpr std::size_t kSortedStreamsMax = 10'000;  ///< Streams that are put into another order.
constexpr std::size_t kFilteredStreamsMax = 200;   ///< Streams looked at for one page.

wire::ReadLog reader_of(api::Backend& backend, const AttemptKey& key) {
  return [&backend, key](std::uint64_t offset, std::uint64_t bytes_max) {
    return backend.read_log(key, offset, bytes_max);
  };
}

Result<LogStreamView> find_stream(api::Backend& backend, const std::string& name) {
  const std::optional<AttemptKey> key = wire::parse_log_stream_name(name);
  const auto missing = [] { return refuse(ErrorCode::NotFound, std::string(wire::kNoLogStream)); };
  if (!key) {
    return missing();
  }
  Result<LogStreamView> stream = backend.log_stream(*key);
  if (!stream && stream.error().code != ErrorCode::NotFound) {
    return stream;
  }
  if (!stream || stream->name != name) {
    return missing();
  }
  return stream;
}

Result<std::string> get_log_events(const Call& call) {
  const Result<wire::LogEventsAsked> asked = wire::decode_get_log_events(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const Result<LogStreamView> stream = find_stream(call.backend, asked->stream);
  if (!stream) {
    return tl::unexpected(stream.error());
  }
  return wire::read_log_page(reader_of(call.backend, stream->key), asked->page)
      .map(wire::encode_log_events);
}

/// The streams of a filter from its token on, in order; at most kFilteredStreamsMax.
Result<std::vector<LogStreamView>> streams_to_filter(api::Backend& backend,
                                                     const wire::LogFilterAsked& asked) {
  std::vector<LogStreamView> streams;
  if (asked.streams.empty()) {
    Page page{static_cast<std::int32_t>(kFilteredStreamsMax), {}};
    if (!asked.from_stream.empty()) {
      Result<LogStreamView> first = find_stream(backend, asked.from_stream);
      if (first) {
        streams.push_back(std::move(*first));
      }
      page.after = asked.from_stream;
      page.results_max -= 1;
    }
    Result<PageOf<LogStreamView>> more = backend.log_streams(asked.prefix, page);
    if (!more) {
      return tl::unexpected(more.error());
    }
    std::move(more->items.begin(), more->items.end(), std::back_inserter(streams));
    return streams;
  }
  for (const std::string& name : asked.streams) {
    if (name >= asked.from_stream) {
      Result<LogStreamView> stream = find_stream(backend, name);
      if (!stream) {
        return tl::unexpected(stream.error());
      }
      streams.push_back(std::move(*stream));
    }
  }
  return streams;
}

bool may_have_events(const LogStreamView& stream, const wire::LogPageAsked& page) {
  const bool is_before = page.start && stream.last_at && *stream.last_at < *page.start;
  const bool is_after = page.end && stream.first_at && *stream.first_at >= *page.end;
  // A stream still growing may have newer lines than it says.
  return !(is_before && stream.is_complete) && !is_after;
}

Result<std::string> filter_log_events(const Call& call) {
  const Result<wire::LogFilterAsked> asked = wire::decode_filter_log_events(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const auto streams = streams_to_filter(call.backend, *asked);
  if (!streams) {
    return tl::unexpected(streams.error());
  }
  std::vector<wire::FilteredEvent> events;
  for (const LogStreamView& stream : *streams) {
    wire::LogPageAsked page_asked = asked->page;
    if (stream.name != asked->from_stream) {
      page_asked.position = wire::LogPosition();
    }
    page_asked.events_max = asked->page.events_max - events.size();
    if (page_asked.events_max == 0) {
      const std::string token = wire::encode_filter_token(stream.name, page_asked.position);
      return wire::encode_filtered_events(std::move(events), token);
    }
    if (!may_have_events(stream, page_asked)) {
      continue;
    }
    Result<wire::LogPage> page =
        wire::read_log_page(reader_of(call.backend, stream.key), page_asked);
    if (!page) {
      return tl::unexpected(page.error());
    }
    for (wire::LogEvent& event : page->events) {
      events.push_back({stream.name, std::move(event)});
    }
    if (!page->is_at_end) {
      const std::string token = wire::encode_filter_token(stream.name, page->after);
      return wire::encode_filtered_events(std::move(events), token);
    }
  }
  const bool has_more = asked->streams.empty() && streams->size() >= kFilteredStreamsMax;
  const std::string token =
      has_more ? wire::encode_filter_token(streams->back().name + '\x01', wire::LogPosition())
               : std::string();
  return wire::encode_filtered_events(std::move(events), token);
}

/// All streams, put into the order that was asked for.
Result<PageOf<LogStreamView>> sorted_streams(api::Backend& backend,
                                             const wire::LogStreamsAsked& asked) {
  std::vector<LogStreamView> streams;
  Page page{1000, {}};
  do {
    Result<PageOf<LogStreamView>> more = backend.log_streams(asked.prefix, page);
    if (!more) {
      return tl::unexpected(more.error());
    }
    std::move(more->items.begin(), more->items.end(), std::back_inserter(streams));
    page.after = more->next;
  } while (!page.after.empty() && streams.size() < kSortedStreamsMax);
  if (asked.by_last_event) {
    std::stable_sort(streams.begin(), streams.end(), [](const auto& left, const auto& right) {
      return left.last_at.value_or(left.created_at) < right.last_at.value_or(right.created_at);
    });
  }
  if (asked.descending) {
    std::reverse(streams.begin(), streams.end());
  }
  std::size_t first = 0;
  const std::string& after = asked.page.after;
  std::from_chars(after.data(), after.data() + after.size(), first);
  first = std::min(first, streams.size());
  const std::size_t last =
      std::min(streams.size(), first + static_cast<std::size_t>(asked.page.results_max));
  PageOf<LogStreamView> result;
  for (std::size_t i = first; i < last; ++i) {
    result.items.push_back(std::move(streams[i]));
  }
  result.next = last < streams.size() ? std::to_string(last) : std::string();
  return result;
}

Result<std::string> describe_log_streams(const Call& call) {
  const Result<wire::LogStreamsAsked> asked = wire::decode_describe_log_streams(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const bool is_plain = !asked->by_last_event && !asked->descending;
  return (is_plain ? call.backend.log_streams(asked->prefix, asked->page)
                   : sorted_streams(call.backend, *asked))
      .map([&](const PageOf<LogStreamView>& page) {
        return wire::encode_log_streams(call.scope, page);
      });
}

Result<std::string> describe_log_groups(const Call& call) {
  return wire::answer_describe_log_groups(call.scope, call.body);
}

constexpr std::array<std::pair<std::string_view, Operation>, 4> kLogOperations{{
    {"DescribeLogGroups", describe_log_groups},
    {"DescribeLogStreams", describe_log_streams},
    {"FilterLogEvents", filter_log_events},
    {"GetLogEvents", get_log_events},
}};

}  // namespace

Operation logs_operation(std::string_view name) {
  const auto found = std::find_if(kLogOperations.begin(), kLogOperations.end(),
                                  [name](const auto& one) { return one.first == name; });
  return found == kLogOperations.end() ? nullptr : found->second;
}

}  // namespace dray::server
