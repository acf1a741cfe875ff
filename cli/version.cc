#include "cli/exit_codes.h"
#include "cli/verbs.h"

namespace dray::cli {

/// An unreachable scheduler is no failure: the program's own version was asked for.
int run_version(Session& session) {
  write_out("dray " DRAY_VERSION "\n");
  const client::Reply<std::string> server = session.client.version();
  if (server) {
    session.note("scheduler " + harmless(*server) + " at " + session.options.url);
  } else {
    session.note("no scheduler at " + session.options.url);
  }
  return kDone;
}

}  // namespace dray::cli
