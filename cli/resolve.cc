#include "cli/resolve.h"

#include <algorithm>
#include <set>

#include "cli/recent_jobs.h"
#include "cli/selectors.h"
#include "model/child_runs.h"

namespace dray::cli {
namespace {

using client::Failure;
using client::FailureKind;
using client::Reply;

tl::unexpected<Failure> fail(FailureKind kind, std::string message) {
  return tl::unexpected(Failure{kind, std::move(message), "", ""});
}

constexpr std::size_t kChildrenMax = 10'000;

/// False when there are too many.
bool add_children(const std::string& id, const ChildRuns& runs, std::vector<std::string>& ids) {
  std::size_t added = 0;
  for (const auto& [first, last] : runs) {
    for (std::int64_t child = first; child <= last; ++child) {
      if (++added > kChildrenMax) {
        return false;
      }
      ids.push_back(id + ":" + std::to_string(child));
    }
  }
  return true;
}

Reply<std::string> find_last(Session& session) {
  const std::vector<std::string> recent = recent_jobs(session.options.url);
  if (!recent.empty()) {
    return recent.back();
  }
  const Reply<std::vector<wire::JobView>> newest = newest_jobs(session, "");
  if (!newest) {
    return tl::unexpected(newest.error());
  }
  if (newest->empty()) {
    return fail(FailureKind::NotFound, "there is no last job: nothing was submitted yet");
  }
  return newest->front().id;
}

Reply<std::string> find_by_prefix(Session& session, const std::string& prefix) {
  std::set<std::string> found;
  for (const std::string& id : recent_jobs(session.options.url)) {
    if (id.starts_with(prefix)) {
      found.insert(id);
    }
  }
  const Reply<std::vector<wire::JobView>> newest = newest_jobs(session, "");
  if (!newest) {
    return tl::unexpected(newest.error());
  }
  for (const wire::JobView& job : *newest) {
    if (job.id.starts_with(prefix)) {
      found.insert(job.id);
    }
  }
  if (found.empty()) {
    return fail(FailureKind::NotFound,
                "no recent job begins with " + prefix + "; write the whole id, or see `dray jobs`");
  }
  if (found.size() > 1) {
    return fail(FailureKind::Refused,
                prefix + " is the beginning of " + std::to_string(found.size()) + " jobs (" +
                    *found.begin() + ", " + *std::next(found.begin()) +
                    (found.size() > 2 ? ", ...)" : ")") + "; write more of it");
  }
  return *found.begin();
}

}  // namespace

Reply<std::vector<wire::JobView>> newest_jobs(Session& session, const std::string& queue) {
  std::vector<std::string> names;
  if (!queue.empty()) {
    names.push_back(queue);
  } else {
    const Reply<std::vector<wire::QueueView>> queues = session.client.queues();
    if (!queues) {
      return tl::unexpected(queues.error());
    }
    for (const wire::QueueView& view : *queues) {
      names.push_back(view.name);
    }
  }
  std::vector<wire::JobView> jobs;
  for (const std::string& name : names) {
    Reply<wire::JobPageView> page =
        session.client.list_jobs({.queue = name, .all_states = true, .results_max = 100});
    if (!page) {
      return tl::unexpected(page.error());
    }
    for (wire::JobView& job : page->jobs) {
      job.queue = name;
      jobs.push_back(std::move(job));
    }
  }
  std::stable_sort(jobs.begin(), jobs.end(), [](const wire::JobView& a, const wire::JobView& b) {
    return a.created_at > b.created_at;
  });
  return jobs;
}

Reply<std::string> resolve_job(Session& session, const std::string& text) {
  const std::optional<JobSelector> selector = parse_selector(text);
  if (!selector) {
    return fail(FailureKind::NotFound,
                "`" + text +
                    "` is no job id: write an id as `dray submit` prints it, "
                    "its first characters (at least 4), or `last`");
  }
  Reply<std::string> id = selector->id;
  switch (selector->kind) {
    case JobSelector::Kind::Last:
      id = find_last(session);
      break;
    case JobSelector::Kind::Prefix:
      id = find_by_prefix(session, selector->id);
      break;
    case JobSelector::Kind::Whole:
      break;
  }
  return id ? Reply<std::string>(selector->with_child(*id)) : id;
}

Reply<std::vector<std::string>> resolve_jobs(Session& session,
                                             const std::vector<std::string>& texts) {
  std::vector<std::string> ids;
  for (const std::string& text : texts) {
    const auto [job, children] = split_children(text);
    const ChildRuns runs = several_children(children);
    Reply<std::string> id = resolve_job(session, runs.empty() ? text : job);
    if (!id) {
      return tl::unexpected(id.error());
    }
    if (runs.empty()) {
      ids.push_back(std::move(*id));
    } else if (!add_children(*id, runs, ids)) {
      return fail(FailureKind::Refused, text + " names too many children: at most " +
                                            std::to_string(kChildrenMax) + " at once");
    }
  }
  return ids;
}

}  // namespace dray::cli
