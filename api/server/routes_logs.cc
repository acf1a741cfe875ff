#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "api/server/routes.h"
#include "api/wire/cloudwatch_logs.h"
#include "api/wire/kept_log_page.h"

/// CloudWatch Logs: events and streams.
namespace dray::server {
namespace {

constexpr std::size_t kSortedStreamsMax = 10'000;  ///< Streams that are put into another order.
constexpr std::size_t kFilteredStreamsMax = 200;   ///< Streams looked at for one page.

/// One page of a stream, of what its group still keeps.
Result<wire::LogPage> read_page(api::Backend& backend, const LogStreamView& stream,
                                wire::LogPageAsked asked) {
  if (stream.kept_from) {
    asked.start = std::max(asked.start.value_or(WallTime{}), *stream.kept_from);
  }
  if (stream.client_stream) {
    const auto read = [&backend](const KeptLogQuery& query) {
      return backend.kept_log_events(query);
    };
    return wire::read_kept_log_page(read, *stream.client_stream, asked);
  }
  asked.container = stream.container;
  const auto read = [&](std::uint64_t offset, std::uint64_t bytes_max) {
    return backend.read_log(stream.key, offset, bytes_max);
  };
  return wire::read_log_page(read, asked);
}

Result<std::string> get_log_events(const Call& call) {
  const Result<wire::LogEventsAsked> asked = wire::decode_get_log_events(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const Result<LogStreamView> stream = call.backend.log_stream(asked->stream);
  if (!stream) {
    return tl::unexpected(stream.error());
  }
  return read_page(call.backend, *stream, asked->page).map(wire::encode_log_events);
}

/// The streams of a filter from its token on, in order; at most kFilteredStreamsMax.
Result<std::vector<LogStreamView>> streams_to_filter(api::Backend& backend,
                                                     const wire::LogFilterAsked& asked) {
  std::vector<LogStreamView> streams;
  if (asked.streams.empty()) {
    Page page{static_cast<std::int32_t>(kFilteredStreamsMax), {}};
    if (!asked.from_stream.empty()) {
      Result<LogStreamView> first = backend.log_stream({asked.group, asked.from_stream});
      if (first) {
        streams.push_back(std::move(*first));
      }
      page.after = asked.from_stream;
      page.results_max -= 1;
    }
    Result<PageOf<LogStreamView>> more = backend.log_streams({asked.group, asked.prefix}, page);
    if (!more) {
      return tl::unexpected(more.error());
    }
    std::move(more->items.begin(), more->items.end(), std::back_inserter(streams));
    return streams;
  }
  for (const std::string& name : asked.streams) {
    if (name >= asked.from_stream) {
      Result<LogStreamView> stream = backend.log_stream({asked.group, name});
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
  // A stream still growing may have newer lines than it says, and a client's older ones.
  return !(is_before && stream.is_complete) && !(is_after && !stream.client_stream);
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
    Result<wire::LogPage> page = read_page(call.backend, stream, page_asked);
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

constexpr std::array<std::pair<std::string_view, Operation>, 3> kReadOperations{{
    {"DescribeLogStreams", describe_log_streams},
    {"FilterLogEvents", filter_log_events},
    {"GetLogEvents", get_log_events},
}};

}  // namespace

Operation logs_operation(std::string_view name) {
  const auto found = std::find_if(kReadOperations.begin(), kReadOperations.end(),
                                  [name](const auto& one) { return one.first == name; });
  return found == kReadOperations.end() ? log_groups_operation(name) : found->second;
}

}  // namespace dray::server
