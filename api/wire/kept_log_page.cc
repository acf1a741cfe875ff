#include "api/wire/kept_log_page.h"

#include <algorithm>

namespace dray::wire {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::size_t kLookedAtMax = 100'000;  ///< Events for one page; it may then be empty.
constexpr std::size_t kKeptEventOverhead = 26;

KeptLogQuery first_query(std::int64_t stream, const LogPageAsked& asked) {
  KeptLogQuery query;
  query.stream = stream;
  query.is_backwards = asked.where != LogPageAsked::Where::From;
  query.start = asked.start;
  query.end = asked.end;
  query.count_max = kBatch;
  if (asked.where != LogPageAsked::Where::Tail) {
    query.sequence = asked.position.ordinal;
    query.at = WallTime{static_cast<std::int64_t>(asked.position.offset)};
  }
  return query;
}

LogPosition behind(const KeptLogQuery& query) {
  LogPosition position;
  position.ordinal = query.sequence;
  position.offset = static_cast<std::uint64_t>(query.at.epoch_ms);
  return position;
}

/// Reads on until the page is full or nothing is left; moves the query's place as it goes.
Result<void> fill(const ReadKeptLog& read, const LogPageAsked& asked, KeptLogQuery& query,
                  LogPage& page) {
  std::size_t bytes = 0;
  for (std::size_t looked_at = 0; looked_at < kLookedAtMax; looked_at += kBatch) {
    Result<std::vector<KeptLogEvent>> events = read(query);
    if (!events) {
      return tl::unexpected(events.error());
    }
    for (KeptLogEvent& event : *events) {
      const bool is_wanted = !asked.wanted || asked.wanted(event.message);
      bytes += is_wanted ? event.message.size() + kKeptEventOverhead : 0;
      if (is_wanted && !page.events.empty() && bytes > kPageBytesMax) {
        return {};
      }
      query.at = event.at;
      query.sequence = event.sequence;
      if (is_wanted) {
        page.events.push_back(
            {event.at, std::move(event.message), event.sequence, event.ingested_at});
        if (page.events.size() == asked.events_max) {
          return {};
        }
      }
    }
    if (events->size() < query.count_max) {
      page.is_at_end = true;
      return {};
    }
  }
  return {};
}

}  // namespace

Result<LogPage> read_kept_log_page(const ReadKeptLog& read, std::int64_t stream,
                                   const LogPageAsked& asked) {
  KeptLogQuery query = first_query(stream, asked);
  LogPage page;
  // Nothing is before the first event; 0 would mean the end.
  if (asked.where != LogPageAsked::Where::Before || asked.position.ordinal > 0) {
    const Result<void> filled = fill(read, asked, query, page);
    if (!filled) {
      return tl::unexpected(filled.error());
    }
  }
  if (!query.is_backwards) {
    page.after = behind(query);
  } else {
    std::reverse(page.events.begin(), page.events.end());
    page.after = asked.position;
    if (!page.events.empty()) {
      page.after.ordinal = page.events.back().ordinal;
      page.after.offset = static_cast<std::uint64_t>(page.events.back().at.epoch_ms);
    }
  }
  page.before = query.is_backwards ? query.sequence : 0;
  page.before_offset = query.is_backwards ? static_cast<std::uint64_t>(query.at.epoch_ms) : 0;
  if (!query.is_backwards && !page.events.empty()) {
    page.before = page.events.front().ordinal;
    page.before_offset = static_cast<std::uint64_t>(page.events.front().at.epoch_ms);
  }
  return page;
}

}  // namespace dray::wire
