#include "cli/exit_codes.h"
#include "cli/local_system.h"
#include "cli/verbs.h"

namespace dray::cli {

int run_down(Session& session, const DownOptions& options) {
  const Result<std::string> folder = LocalSystem::data_folder(options.data_dir);
  if (!folder) {
    say("dray: " + folder.error().reason);
    return kFailed;
  }
  LocalSystem system(*folder);
  if (!system.is_scheduler_alive() && !system.is_agent_alive()) {
    session.note("dray: nothing of " + *folder + " is running");
    return kDone;
  }
  const Result<bool> is_held = system.hold();
  if (!is_held || !*is_held) {
    say("dray: " + (is_held ? "a `dray up` watches over " + *folder + "; end that with Ctrl-C"
                            : is_held.error().reason));
    return kFailed;
  }
  const Result<void> stopped = system.stop(options.keep_jobs);
  if (!stopped) {
    say("dray: " + stopped.error().reason);
    return kFailed;
  }
  session.note(options.keep_jobs
                   ? "dray: ended; the jobs that run go on, `dray up` finds them again"
                   : "dray: ended");
  return kDone;
}

}  // namespace dray::cli
