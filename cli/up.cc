#include "cli/credentials.h"
#include "cli/exit_codes.h"
#include "cli/local_system.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

using client::Reply;

constexpr std::string_view kDefault = "default";
constexpr Duration kLookAfter = std::chrono::seconds(1);
constexpr int kRestartsMax = 5;

int fail(const Error& error) {
  say("dray: " + harmless(error.reason));
  return kFailed;
}

/// The environment and the queue that every other verb takes when none is named.
Reply<void> make_defaults(client::Client& client) {
  const std::string name(kDefault);
  const Reply<bool> has_environment = client.has_environment(name);
  if (!has_environment) {
    return tl::unexpected(has_environment.error());
  }
  if (!*has_environment) {
    const Reply<void> made = client.create_environment(name);
    if (!made) {
      return made;
    }
  }
  const Reply<bool> has_queue = client.has_queue(name);
  if (!has_queue) {
    return tl::unexpected(has_queue.error());
  }
  return *has_queue ? Reply<void>() : client.create_queue(name, name);
}

void say_what_next(const LocalSystem& system, const std::string& url, bool is_detached) {
  say("Dray is up at " + url + "; its data is in " + system.folder());
  say("");
  say("  export AWS_SHARED_CREDENTIALS_FILE=" + system.credentials_file());
  if (url != GlobalOptions{}.url) {
    say("  export DRAY_URL=" + url);
  }
  say("  " + url + "            what goes on, in a browser");
  say("  dray run -- echo hello           run a command as a job and see its output");
  say("  dray submit --array 100 -- sh -c 'echo $AWS_BATCH_JOB_ARRAY_INDEX'");
  say("  dray jobs                        what became of it");
  say("  aws batch describe-job-queues --endpoint-url " + url + " --region us-east-1");
  say("");
  say(is_detached ? "It runs on in the background; `dray down` ends it."
                  : "Ctrl-C ends it, and the jobs that run.");
}

/// Scheduler, environment, queue, agent: in this order, each when the one before is ready.
int bring_up(Session& session, LocalSystem& system, const UpOptions& options) {
  Result<void> started = system.start_scheduler(options);
  if (!started) {
    return fail(started.error());
  }
  const std::string url = "http://" + system.address("http");
  std::optional<client::Client> client = client::Client::open(
      {.url = url, .credentials = read_credentials(system.credentials_file())});
  if (!client) {
    say("dray: the scheduler does not say where it listens; see " + system.folder() +
        "/scheduler.log");
    return kFailed;
  }
  const Reply<void> made = make_defaults(*client);
  if (!made) {
    return report(session, made.error());
  }
  started = system.start_agent(options);
  return started ? kDone : fail(started.error());
}

/// Stays until Ctrl-C; starts again what ended by itself.
int watch_over(Session& session, LocalSystem& system, const UpOptions& options) {
  int restarts = 0;
  while (!session.interrupts.wait(kLookAfter)) {
    const bool has_scheduler = system.is_scheduler_alive();
    if (has_scheduler && system.is_agent_alive()) {
      continue;
    }
    if (++restarts > kRestartsMax) {
      say("dray: the scheduler or the agent ended for the sixth time; see " + system.folder() +
          "/scheduler.log and agent.log");
      return kFailed;
    }
    say(std::string("dray: ") + (has_scheduler ? "dray-agent" : "dray-scheduler") +
        " has ended; starting it again");
    Result<void> started = system.start_scheduler(options);
    started = started ? system.start_agent(options) : started;
    if (!started) {
      return fail(started.error());
    }
  }
  say("\ndray: ending the jobs, the agent and the scheduler");
  const Result<void> stopped = system.stop(false);
  return stopped ? kDone : fail(stopped.error());
}

}  // namespace

int run_up(Session& session, const UpOptions& options) {
  const Result<std::string> folder = LocalSystem::data_folder(options.data_dir);
  if (!folder) {
    return fail(folder.error());
  }
  LocalSystem system(*folder);
  const Result<bool> is_held = system.hold();
  if (!is_held) {
    return fail(is_held.error());
  }
  if (!*is_held) {
    say("dray: another `dray up` watches over " + *folder + "; end that with Ctrl-C first");
    return kFailed;
  }
  session.interrupts.take_over();
  const bool was_running = system.is_scheduler_alive();
  const int code = bring_up(session, system, options);
  if (code != kDone) {
    // Half a system is no use to anybody; one that ran before is not ours to end.
    if (!was_running) {
      system.stop(true);
    }
    return code;
  }
  say_what_next(system, "http://" + system.address("http"), options.detach);
  return options.detach ? kDone : watch_over(session, system, options);
}

}  // namespace dray::cli
