#include "cli/exit_codes.h"
#include "cli/submission.h"
#include "cli/verbs.h"
#include "cli/waiting.h"

namespace dray::cli {
namespace {

int wait_to_the_end(Session& session, const std::string& id, std::optional<Duration> timeout) {
  WaitOptions wait{{id}, timeout};
  return run_wait(session, wait);
}

}  // namespace

int run_submit(Session& session, const SubmitOptions& options) {
  if (options.is_dry_run) {
    return print_request(session, options);
  }
  const client::Reply<wire::SubmittedView> job = submit_job(session, options);
  if (!job) {
    const int code = report(session, job.error());
    return options.wait ? kTrouble : code;
  }
  if (session.options.format == OutputFormat::Json ||
      session.options.format == OutputFormat::JsonLines) {
    write_out(job->json + "\n");
  } else {
    write_out(job->id + "\n");
  }
  return options.wait ? wait_to_the_end(session, job->id, options.wait_timeout) : kDone;
}

}  // namespace dray::cli
