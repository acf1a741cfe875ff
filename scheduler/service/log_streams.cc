#include "scheduler/service/log_streams.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/wire/arn.h"

namespace dray {
namespace {

/// Jobs that one question looks at, and streams of one job.
constexpr std::size_t kJobsMax = 10'000;
constexpr std::size_t kStreamsMax = 20'000;
constexpr std::string_view kContainer = "/default/";
constexpr std::size_t kJobDigits = 16;

LogStreamView view_of(const logs::LogSize& size, const store::StreamOwner& owner) {
  LogStreamView view;
  view.key = size.key;
  view.name = wire::log_stream_name(owner.definition, size.key);
  view.queue = owner.queue;
  view.created_at = size.created_at;
  view.first_at = size.first_at;
  view.last_at = size.last_at;
  view.stored_bytes = size.bytes;
  view.is_complete = size.is_complete;
  return view;
}

/// The job a prefix names: when it goes on far enough behind the container's name.
std::optional<JobId> job_of(std::string_view prefix) {
  const std::size_t at = prefix.find(kContainer);
  if (at == std::string_view::npos || prefix.size() < at + kContainer.size() + kJobDigits) {
    return std::nullopt;
  }
  const std::string_view digits = prefix.substr(at + kContainer.size(), kJobDigits);
  JobId job;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), job.value, 16);
  if (failure != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return job;
}

/// Jobs, newest first, of definitions whose name the prefix may begin.
Result<std::vector<JobId>> jobs_of(store::Reader& reader, const std::string& prefix) {
  const auto queues = reader.queues({});
  if (!queues) {
    return tl::unexpected(queues.error());
  }
  const std::size_t slash = prefix.find('/');
  // Names over 200 characters are cut in a stream's name, so the end is left open.
  const std::string filter = prefix.substr(0, slash) + "*";
  std::vector<JobId> jobs;
  for (const QueueStatus& queue : *queues) {
    JobQuery query;
    query.queue = queue.queue.name;
    query.definition_filter = filter;
    Page page{1000, {}};
    do {
      const auto found = reader.list(query, page);
      if (!found) {
        return tl::unexpected(found.error());
      }
      for (const JobSummary& job : found->items) {
        jobs.push_back(job.job.id);
      }
      page.after = found->next;
    } while (!page.after.empty() && jobs.size() < kJobsMax);
  }
  return jobs;
}

}  // namespace

Result<LogStreamView> find_log_stream(store::Reader& reader, logs::LogStore& logs,
                                      const AttemptKey& key) {
  const auto owners = reader.stream_owners({key.job.job});
  if (!owners) {
    return tl::unexpected(owners.error());
  }
  const auto owner = owners->find(key.job.job);
  if (owner == owners->end()) {
    return refuse(ErrorCode::NotFound, "The specified log stream does not exist.");
  }
  if (const auto size = logs.size(key)) {
    return view_of(*size, owner->second);
  }
  const auto jobs = reader.describe({{owner->second.uuid, key.job.child}});
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  for (const JobDetail& job : *jobs) {
    for (const Attempt& attempt : job.attempts) {
      if (attempt.key == key) {
        logs::LogSize nothing;
        nothing.key = key;
        nothing.created_at = attempt.started_at.value_or(attempt.ordered_at);
        nothing.is_complete = attempt.stopped_at && !attempt.started_at;  // It never ran.
        return view_of(nothing, owner->second);
      }
    }
  }
  return refuse(ErrorCode::NotFound, "The specified log stream does not exist.");
}

Result<PageOf<LogStreamView>> list_log_streams(store::Reader& reader, logs::LogStore& logs,
                                               const std::string& prefix, const Page& page) {
  std::vector<JobId> jobs;
  if (const auto job = job_of(prefix)) {
    jobs.push_back(*job);
  } else {
    Result<std::vector<JobId>> found = jobs_of(reader, prefix);
    if (!found) {
      return tl::unexpected(found.error());
    }
    jobs = std::move(*found);
  }
  const auto owners = reader.stream_owners(jobs);
  if (!owners) {
    return tl::unexpected(owners.error());
  }
  std::map<std::string, LogStreamView> views;
  for (const auto& [job, owner] : *owners) {
    for (const logs::LogSize& size : logs.streams(job, std::nullopt, kStreamsMax)) {
      LogStreamView view = view_of(size, owner);
      if (view.name.starts_with(prefix) && view.name > page.after) {
        views.emplace(view.name, std::move(view));
      }
    }
  }
  PageOf<LogStreamView> result;
  for (auto& [name, view] : views) {
    if (result.items.size() == static_cast<std::size_t>(std::max(page.results_max, 1))) {
      result.next = result.items.back().name;
      break;
    }
    result.items.push_back(std::move(view));
  }
  return result;
}

}  // namespace dray
