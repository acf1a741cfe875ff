#include <pwd.h>
#include <unistd.h>

#include "cli/exit_codes.h"
#include "cli/resolve.h"
#include "cli/verbs.h"
#include "model/names.h"

namespace dray::cli {
namespace {

using client::Reply;

std::string reason_or(const std::string& given, const std::string& what) {
  if (!given.empty()) {
    return given;
  }
  const passwd* user = getpwuid(getuid());
  return what + " by " +
         (user == nullptr ? "user " + std::to_string(getuid()) : std::string(user->pw_name));
}

/// AWS succeeds for unknown and ended jobs; here a mistyped id must not look like success.
int stop_one(Session& session, const std::string& id, bool is_terminate,
             const std::string& reason) {
  const Reply<wire::JobView> job = session.client.describe_job(id);
  if (!job) {
    return report(session, job.error());
  }
  if (is_terminal(job->state)) {
    session.note("dray: " + id + " has already ended: " + std::string(name_of(job->state)));
    return kDone;
  }
  if (!is_terminate && !job->is_array() && job->state >= JobState::Starting) {
    session.note("dray: " + id + " is " + std::string(name_of(job->state)) +
                 " already, and cancel stops waiting jobs only; `dray terminate " + id +
                 "` stops it");
    return kFailed;
  }
  const Reply<void> stopped =
      is_terminate ? session.client.terminate(id, reason) : session.client.cancel(id, reason);
  if (!stopped) {
    return report(session, stopped.error());
  }
  session.note("dray: " + id + (is_terminate ? " is being stopped" : " is cancelled"));
  return kDone;
}

int stop_all(Session& session, const StopOptions& options, bool is_terminate) {
  const Reply<std::vector<std::string>> ids = resolve_jobs(session, options.ids);
  if (!ids) {
    return report(session, ids.error());
  }
  const std::string reason = reason_or(options.reason, is_terminate ? "terminated" : "cancelled");
  int code = kDone;
  for (const std::string& id : *ids) {
    const int one = stop_one(session, id, is_terminate, reason);
    code = code == kDone ? one : code;
  }
  return code;
}

}  // namespace

int run_cancel(Session& session, const StopOptions& options) {
  return stop_all(session, options, false);
}

int run_terminate(Session& session, const StopOptions& options) {
  return stop_all(session, options, true);
}

}  // namespace dray::cli
