#include <csignal>

#include "cli/arguments.h"
#include "cli/credentials.h"
#include "cli/exit_codes.h"
#include "cli/verbs.h"

namespace dray::cli {
namespace {

int run_verb(Session& session, const Arguments& arguments) {
  switch (arguments.verb) {
    case Verb::Up:
      return run_up(session, arguments.up);
    case Verb::Down:
      return run_down(session, arguments.down);
    case Verb::Submit:
      return run_submit(session, arguments.submit);
    case Verb::Run:
      return run_run(session, arguments.submit);
    case Verb::Jobs:
      return run_jobs(session, arguments.jobs);
    case Verb::Show:
      return run_show(session, arguments.names);
    case Verb::Logs:
      return run_logs(session, arguments.logs);
    case Verb::Wait:
      return run_wait(session, arguments.wait);
    case Verb::Cancel:
      return run_cancel(session, arguments.stop);
    case Verb::Terminate:
      return run_terminate(session, arguments.stop);
    case Verb::Hold:
      return run_hold(session, arguments.names, true);
    case Verb::Release:
      return run_hold(session, arguments.names, false);
    case Verb::Limit:
      return run_limit(session, arguments.limit);
    case Verb::OrderQueue:
      return run_order_queue(session, arguments.order_queue);
    case Verb::Priority:
      return run_priority(session, arguments.priority);
    case Verb::LimitQueue:
      return run_limit_queue(session, arguments.limit_queue);
    case Verb::Rerun:
      return run_rerun(session, arguments.rerun);
    case Verb::Explain:
      return run_explain(session, arguments.names);
    case Verb::History:
      return run_history(session, arguments.names);
    case Verb::Usage:
      return run_usage(session, arguments.names);
    case Verb::Agents:
      return run_agents(session);
    case Verb::Drain:
      return run_drain(session, arguments.names, true);
    case Verb::Undrain:
      return run_drain(session, arguments.names, false);
    case Verb::Queues:
      return run_queues(session);
    case Verb::KeyCreate:
      return run_key_create(session, arguments.key);
    case Verb::KeyList:
      return run_key_list(session);
    case Verb::KeyEnable:
      return run_key_change(session, arguments.names, KeyChange::Enable);
    case Verb::KeyDisable:
      return run_key_change(session, arguments.names, KeyChange::Disable);
    case Verb::KeyDelete:
      return run_key_change(session, arguments.names, KeyChange::Delete);
    case Verb::Audit:
      return run_audit(session, arguments.audit);
    case Verb::TlsInit:
      return run_tls_init(session, arguments.tls);
    case Verb::Version:
      return run_version(session);
  }
  return kFailed;
}

bool passes_code_on(const Arguments& arguments) {
  return arguments.verb == Verb::Run || arguments.verb == Verb::Wait ||
         (arguments.verb == Verb::Submit && arguments.submit.wait);
}

int run_program(int argc, const char* const* argv) {
  // Writing to a closed pipe or connection is an error to be seen, not a death.
  std::signal(SIGPIPE, SIG_IGN);
  const std::variant<Arguments, Finished> parsed = parse_arguments(argc, argv);
  if (const Finished* finished = std::get_if<Finished>(&parsed)) {
    return finished->exit_code;
  }
  const Arguments& arguments = std::get<Arguments>(parsed);
  const FoundCredentials found = find_credentials();
  std::optional<client::Client> client =
      client::Client::open({.url = arguments.global.url,
                            .credentials = found.credentials,
                            .ca_bundle = arguments.global.ca_bundle});
  if (!client) {
    say("dray: `" + harmless(arguments.global.url) +
        "` is no URL of the form http://HOST:PORT or https://HOST:PORT");
    return passes_code_on(arguments) ? kTrouble : kUsage;
  }
  Session session{arguments.global,   find_terminal(arguments.global.color),
                  std::move(*client), {},
                  found.source,       found.credentials.key_id};
  return run_verb(session, arguments);
}

}  // namespace
}  // namespace dray::cli

int main(int argc, char** argv) {
  return dray::cli::run_program(argc, argv);
}
