#include <functional>

#include "cli/exit_codes.h"
#include "cli/resolve.h"
#include "cli/selectors.h"
#include "cli/verbs.h"

/// What is changed of jobs that have not ended.
namespace dray::cli {
namespace {

using client::Reply;

/// Does `change` to each job and says `what` came of it; the first failure gives the exit code.
int change_all(Session& session, const std::vector<std::string>& names, const std::string& what,
               const std::function<Reply<void>(const std::string& id)>& change) {
  const Reply<std::vector<std::string>> ids = resolve_jobs(session, names);
  if (!ids) {
    return report(session, ids.error());
  }
  int code = kDone;
  for (const std::string& id : *ids) {
    const Reply<void> done = change(id);
    if (!done) {
      const int one = report(session, done.error());
      code = code == kDone ? one : code;
      continue;
    }
    session.note("dray: " + id + what);
  }
  return code;
}

}  // namespace

int run_hold(Session& session, const NamesOptions& options, bool is_held) {
  const std::string what =
      is_held ? " is held: what runs goes on, nothing of it starts" : " is released";
  std::vector<std::pair<std::string, std::string>> jobs;
  for (const std::string& name : options.names) {
    auto [job, children] = split_children(name);
    const Reply<std::string> id = resolve_job(session, job);
    if (!id) {
      return report(session, id.error());
    }
    jobs.emplace_back(*id, std::move(children));
  }
  int code = kDone;
  for (const auto& [id, children] : jobs) {
    const Reply<void> done = session.client.hold(id, children, is_held);
    if (!done) {
      const int one = report(session, done.error());
      code = code == kDone ? one : code;
      continue;
    }
    session.note("dray: " + id + (children.empty() ? "" : ":" + children) + what);
  }
  return code;
}

int run_limit(Session& session, const LimitOptions& options) {
  return change_all(session, options.ids, " has its new limits", [&](const std::string& id) {
    return session.client.limit(id, options.running_max, options.failed_max);
  });
}

int run_priority(Session& session, const PriorityOptions& options) {
  const std::string what = " has priority " + std::to_string(options.priority);
  return change_all(session, options.ids, what, [&](const std::string& id) {
    return session.client.prioritise(id, options.priority);
  });
}

int run_limit_queue(Session& session, const QueueLimitOptions& options) {
  const Reply<void> done =
      session.client.limit_queue(options.queue, options.running_max, options.by_name);
  if (!done) {
    return report(session, done.error());
  }
  session.note("dray: queue " + options.queue + " has its new limits");
  return kDone;
}

int run_order_queue(Session& session, const QueueOrderOptions& options) {
  const Reply<void> done = session.client.order_queue(options.queue, options.order);
  if (!done) {
    return report(session, done.error());
  }
  session.note("dray: queue " + options.queue + " starts jobs in order " + options.order);
  return kDone;
}

int run_rerun(Session& session, const RerunOptions& options) {
  const auto [job, named] = split_children(options.id);
  if (!named.empty() && !options.children.empty()) {
    say("dray: name the children once: behind the job's id, or with --children");
    return kUsage;
  }
  const Reply<std::string> id = resolve_job(session, job);
  if (!id) {
    return report(session, id.error());
  }
  const Reply<std::int64_t> children =
      session.client.rerun(*id, named.empty() ? options.children : named);
  if (!children) {
    return report(session, children.error());
  }
  session.note("dray: " + std::to_string(*children) +
               (*children == 1 ? " child of " : " children of ") + *id +
               (*children == 1 ? " is run again" : " are run again"));
  return kDone;
}

}  // namespace dray::cli
