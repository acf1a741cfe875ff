#include "cli/exit_codes.h"
#include "cli/verbs.h"

namespace dray::cli {

int run_drain(Session& session, const NamesOptions& options, bool drain) {
  int code = kDone;
  for (const std::string& name : options.names) {
    const client::Reply<void> done = session.client.drain_agent(name, drain);
    if (!done) {
      const int one = report(session, done.error());
      code = code == kDone ? one : code;
      continue;
    }
    session.note("dray: " + name +
                 (drain ? " is draining: what runs goes on, nothing new is given to it"
                        : " takes work again"));
  }
  return code;
}

}  // namespace dray::cli
