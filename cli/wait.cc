#include "cli/exit_codes.h"
#include "cli/resolve.h"
#include "cli/submission.h"
#include "cli/verbs.h"
#include "cli/waiting.h"

namespace dray::cli {
namespace {

constexpr std::size_t kSentencesMax = 10;

/// How each ended; of many, the failed ones first named, then a count.
void say_endings(const Session& session, const std::vector<wire::JobView>& jobs) {
  std::size_t said = 0;
  for (const wire::JobView& job : jobs) {
    if (jobs.size() > kSentencesMax && job.state == JobState::Succeeded) {
      continue;
    }
    if (++said > kSentencesMax) {
      session.note("dray: ... and more; `dray jobs --state FAILED` lists them");
      return;
    }
    session.note("dray: " + ending_sentence(job));
  }
}

}  // namespace

int run_wait(Session& session, const WaitOptions& options) {
  const client::Reply<std::vector<std::string>> ids = resolve_jobs(session, options.ids);
  if (!ids) {
    report(session, ids.error());
    return kTrouble;
  }
  const Waited waited = wait_for_jobs(session, *ids, options.timeout);
  switch (waited.how) {
    case Waited::How::Ended:
      say_endings(session, waited.jobs);
      return exit_code_of(waited.jobs);
    case Waited::How::TimedOut:
      say("dray: the time to wait ran out; the jobs go on");
      return kTimedOut;
    case Waited::How::Interrupted:
      if (ids->size() == 1) {
        return say_detached(ids->front());
      }
      say("the jobs keep running; `dray jobs` shows them");
      return kInterrupted;
    case Waited::How::Failed:
      break;
  }
  return kTrouble;
}

}  // namespace dray::cli
