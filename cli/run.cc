#include "cli/exit_codes.h"
#include "cli/follow.h"
#include "cli/submission.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

constexpr Duration kSecondPress = std::chrono::seconds(3);

/// What Ctrl-C (or SIGTERM) means now; asks when there is somebody to ask.
bool means_cancel(Session& session, OnInterrupt choice, const std::string& id) {
  const bool is_termination = session.interrupts.is_termination();
  session.interrupts.clear();
  if (choice != OnInterrupt::Ask) {
    return choice == OnInterrupt::Cancel;
  }
  if (is_termination || !session.terminal.in_is_tty || !session.terminal.err_is_tty) {
    return false;
  }
  say("\ndray: press Ctrl-C again within 3 s to cancel " + id + ", or wait to detach");
  const bool is_pressed = session.interrupts.wait(kSecondPress);
  session.interrupts.clear();
  return is_pressed;
}

/// Follows logs (one job) or progress (an array), through interrupts, to the end or until detached.
class Run {
 public:
  Run(Session& session, const SubmitOptions& options, const std::string& id)
      : session_(session),
        options_(options),
        id_(id),
        reader_(id, std::nullopt, std::nullopt),
        printer_(session.terminal, {}, false) {}

  int to_the_end() {
    bool is_cancelled = false;
    while (true) {
      const Waited waited = watch();
      switch (waited.how) {
        case Waited::How::Ended:
          session_.note("dray: " + ending_sentence(waited.jobs.front()));
          return exit_code_of(waited.jobs);
        case Waited::How::TimedOut:
          say("dray: --wait-timeout ran out; the job goes on");
          return kTimedOut;
        case Waited::How::Failed:
          return kTrouble;
        case Waited::How::Interrupted:
          break;
      }
      if (is_cancelled || !means_cancel(session_, options_.on_interrupt, id_)) {
        return say_detached(id_);
      }
      const client::Reply<void> stopped = session_.client.terminate(id_, "cancelled by Ctrl-C");
      if (!stopped) {
        report(session_, stopped.error());
        return kTrouble;
      }
      is_cancelled = true;
      session_.note("dray: cancelling " + id_ + ", waiting for its end");
    }
  }

 private:
  Waited watch() {
    if (options_.ask.array_size > 0) {
      return wait_for_jobs(session_, {id_}, options_.wait_timeout);
    }
    return follow_job(session_, id_, reader_, printer_, options_.wait_timeout);
  }

  Session& session_;
  const SubmitOptions& options_;
  std::string id_;
  LogReader reader_;
  LogPrinter printer_;
};

}  // namespace

int run_run(Session& session, const SubmitOptions& options) {
  if (options.is_dry_run) {
    return print_request(session, options);
  }
  session.interrupts.take_over();
  const client::Reply<wire::SubmittedView> job = submit_job(session, options);
  if (!job) {
    report(session, job.error());
    return kTrouble;
  }
  session.note("dray: job " + job->id);
  return Run(session, options, job->id).to_the_end();
}

}  // namespace dray::cli
