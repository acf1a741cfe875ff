#include "cli/exit_codes.h"
#include "cli/follow.h"
#include "cli/resolve.h"
#include "cli/selectors.h"
#include "cli/submission.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

using client::Reply;

/// Everything there is now, of one job or child.
int print_one(Session& session, LogReader& reader, LogPrinter& printer) {
  const Reply<bool> news = reader.read(session.client, printer, now());
  printer.finish(reader.child());
  return news ? kDone : report(session, news.error());
}

/// Of `only`, or all of them when it is empty.
int print_children(Session& session, const std::string& array, const ChildRuns& only,
                   LogPrinter& printer) {
  const Reply<std::vector<wire::JobView>> children =
      children_of(session, array, {JobState::Running, JobState::Succeeded, JobState::Failed});
  if (!children) {
    return report(session, children.error());
  }
  for (const wire::JobView& child : *children) {
    if (!only.empty() && !has_child(only, child.child)) {
      continue;
    }
    LogReader reader(child.id, child.child, std::nullopt);
    const int code = print_one(session, reader, printer);
    if (code != kDone) {
      return code;
    }
  }
  return kDone;
}

int follow(Session& session, const wire::JobView& job, LogReader& reader, LogPrinter& printer) {
  const Waited waited = job.is_array() ? follow_array(session, job.id, printer)
                                       : follow_job(session, job.id, reader, printer, std::nullopt);
  switch (waited.how) {
    case Waited::How::Ended:
      if (is_terminal(waited.jobs.front().state)) {
        session.note("dray: " + ending_sentence(waited.jobs.front()));
      }
      return kDone;
    case Waited::How::Interrupted:
      return say_detached(job.id);
    case Waited::How::TimedOut:
    case Waited::How::Failed:
      break;
  }
  return kFailed;
}

}  // namespace

int run_logs(Session& session, const LogsOptions& options) {
  const auto [array, children] = split_children(options.id);
  const ChildRuns several = several_children(children);
  const Reply<std::string> id = resolve_job(session, several.empty() ? options.id : array);
  if (!id) {
    return report(session, id.error());
  }
  const Reply<wire::JobView> job = session.client.describe_job(*id);
  if (!job) {
    return report(session, job.error());
  }
  LogPrinter printer(session.terminal, {!options.stderr_only, !options.stdout_only},
                     job->is_array() && !options.no_prefix);
  LogReader reader(*id, std::nullopt, options.attempt);
  if (options.follow && !several.empty()) {
    say("dray: --follow takes one child, or a whole array");
    return kUsage;
  }
  if (!several.empty() && !job->is_array()) {
    say("dray: " + *id + " is no array: it has no children");
    return kUsage;
  }
  if (options.follow) {
    return follow(session, *job, reader, printer);
  }
  if (job->is_array()) {
    return print_children(session, *id, several, printer);
  }
  const int code = print_one(session, reader, printer);
  if (code == kDone && reader.is_absent()) {
    session.note("dray: " + *id + " has written no log" +
                 (is_terminal(job->state) ? "" : " yet; `dray logs -f` waits for it"));
  }
  return code;
}

}  // namespace dray::cli
