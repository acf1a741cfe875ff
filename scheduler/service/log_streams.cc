#include "scheduler/service/log_streams.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "api/wire/arn.h"
#include "api/wire/log_target.h"
#include "scheduler/store/client_logs.h"

namespace dray {
namespace {

/// Jobs that one question looks at, and streams of one job.
constexpr std::size_t kJobsMax = 10'000;
constexpr std::size_t kStreamsMax = 20'000;
constexpr std::size_t kJobDigits = 16;

tl::unexpected<Error> no_stream() {
  return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
}

LogStreamView view_of(const logs::LogSize& size, const store::StreamOwner& owner) {
  const wire::LogTarget target = wire::log_target(owner.container);
  LogStreamView view;
  view.key = size.key;
  view.group = target.group;
  view.name = wire::log_stream_name(target, owner.definition, size.key);
  view.queue = owner.queue;
  view.created_at = size.created_at;
  view.first_at = size.first_at;
  view.last_at = size.last_at;
  view.stored_bytes = size.bytes;
  view.is_complete = size.is_complete;
  return view;
}

/// The same of one container of its pod.
LogStreamView view_of_container(LogStreamView view, const store::StreamOwner& owner,
                                std::size_t at) {
  const auto& [name, as_given] = owner.pod[at];
  const wire::LogTarget target = wire::log_target(as_given);
  view.container = static_cast<std::uint8_t>(at);
  view.group = target.group;
  view.name = wire::log_stream_name(target, owner.definition, name, view.key);
  return view;
}

/// Every stream that an attempt's log holds.
std::vector<LogStreamView> views_of(const logs::LogSize& size, const store::StreamOwner& owner) {
  std::vector<LogStreamView> views;
  const LogStreamView whole = view_of(size, owner);
  for (std::size_t at = 0; at < owner.pod.size(); ++at) {
    views.push_back(view_of_container(whole, owner, at));
  }
  if (views.empty()) {
    views.push_back(whole);
  }
  return views;
}

/// The job a prefix names: when it goes on far enough behind the container's name.
std::optional<JobId> job_of(std::string_view prefix) {
  const std::size_t at = prefix.rfind('/');
  if (at == std::string_view::npos || prefix.find('/') == at ||
      prefix.size() < at + 1 + kJobDigits) {
    return std::nullopt;
  }
  const std::string_view digits = prefix.substr(at + 1, kJobDigits);
  JobId job;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), job.value, 16);
  if (failure != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return job;
}

/// Jobs, newest first, whose streams the prefix may begin.
Result<std::vector<JobId>> jobs_of(store::Reader& reader, const LogStreamName& prefix) {
  const auto queues = reader.queues({});
  if (!queues) {
    return tl::unexpected(queues.error());
  }
  // Names over 200 characters are cut in a stream's name, so the end is left open. In a group of
  // somebody's own, streams have prefixes of their own as a rule.
  const std::size_t slash = prefix.stream.find('/');
  const std::string filter =
      prefix.group == kJobLogGroup ? prefix.stream.substr(0, slash) + "*" : "*";
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
    return no_stream();
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
  return no_stream();
}

namespace {

Result<LogStreamView> find_stream_of(const LogSources& sources,
                                     const wire::LogStreamSource& source) {
  Result<LogStreamView> found = find_log_stream(sources.reader, sources.logs, source.attempt);
  const auto owners = sources.reader.stream_owners({source.attempt.job.job});
  if (!found || !owners) {
    return found ? Result<LogStreamView>(tl::unexpected(owners.error())) : found;
  }
  for (const auto& [job, owner] : *owners) {
    for (std::size_t at = 0; at < owner.pod.size(); ++at) {
      if (owner.pod[at].first == source.container) {
        return view_of_container(std::move(*found), owner, at);
      }
    }
    if (!owner.pod.empty()) {
      return no_stream();
    }
  }
  return found;
}

}  // namespace

Result<LogStreamView> find_log_stream(const LogSources& sources, const LogStreamName& name) {
  const Result<LogGroup> group = sources.groups.group(name.group);
  if (!group) {
    return tl::unexpected(group.error());
  }
  Result<std::optional<LogStreamView>> made = sources.groups.stream(name);
  if (!made) {
    return tl::unexpected(made.error());
  }
  if (*made) {
    return std::move(**made);
  }
  const auto source = wire::parse_log_stream_name(name.stream);
  if (!source) {
    return no_stream();
  }
  Result<LogStreamView> found = find_stream_of(sources, *source);
  if (!found) {
    return found;
  }
  const bool is_it = found->group == name.group && found->name == name.stream;
  const Result<bool> is_hidden = sources.groups.is_hidden(name);
  if (!is_hidden) {
    return tl::unexpected(is_hidden.error());
  }
  if (!is_it || *is_hidden || found->created_at < group->created_at) {
    return no_stream();
  }
  found->kept_from = store::kept_from(*group, sources.groups.now());
  return found;
}

namespace {

/// Streams of attempts of a group, by name, from behind `after` on.
Result<std::map<std::string, LogStreamView>> attempt_streams(const LogSources& sources,
                                                             const LogGroup& group,
                                                             const LogStreamName& prefix,
                                                             const std::string& after) {
  std::vector<JobId> jobs;
  if (const auto job = job_of(prefix.stream)) {
    jobs.push_back(*job);
  } else {
    Result<std::vector<JobId>> found = jobs_of(sources.reader, prefix);
    if (!found) {
      return tl::unexpected(found.error());
    }
    jobs = std::move(*found);
  }
  const auto owners = sources.reader.stream_owners(jobs);
  if (!owners) {
    return tl::unexpected(owners.error());
  }
  const auto from = store::kept_from(group, sources.groups.now());
  std::map<std::string, LogStreamView> views;
  for (const auto& [job, owner] : *owners) {
    if (owner.pod.empty() && wire::log_target(owner.container).group != group.name) {
      continue;
    }
    std::vector<LogStreamView> of_job;
    for (const logs::LogSize& size : sources.logs.streams(job, std::nullopt, kStreamsMax)) {
      for (LogStreamView& view : views_of(size, owner)) {
        if (view.group == group.name) {
          of_job.push_back(std::move(view));
        }
      }
    }
    for (LogStreamView& view : of_job) {
      const Result<bool> is_hidden = sources.groups.is_hidden({group.name, view.name});
      if (!is_hidden) {
        return tl::unexpected(is_hidden.error());
      }
      if (view.name.starts_with(prefix.stream) && view.name > after && !*is_hidden &&
          view.created_at >= group.created_at) {
        view.kept_from = from;
        views.emplace(view.name, std::move(view));
      }
    }
  }
  return views;
}

}  // namespace

Result<PageOf<LogStreamView>> list_log_streams(const LogSources& sources,
                                               const LogStreamName& prefix, const Page& page) {
  const Result<LogGroup> group = sources.groups.group(prefix.group);
  if (!group) {
    return tl::unexpected(group.error());
  }
  auto views = attempt_streams(sources, *group, prefix, page.after);
  if (!views) {
    return tl::unexpected(views.error());
  }
  Page with_next = page;
  with_next.results_max = std::max(page.results_max, 1) + 1;
  Result<std::vector<LogStreamView>> made = sources.groups.streams(prefix, with_next);
  if (!made) {
    return tl::unexpected(made.error());
  }
  for (LogStreamView& view : *made) {
    views->insert_or_assign(view.name, std::move(view));
  }
  PageOf<LogStreamView> result;
  for (auto& [name, view] : *views) {
    if (result.items.size() == static_cast<std::size_t>(std::max(page.results_max, 1))) {
      result.next = result.items.back().name;
      break;
    }
    result.items.push_back(std::move(view));
  }
  return result;
}

}  // namespace dray
