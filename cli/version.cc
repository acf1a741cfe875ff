#include "api/wire/client_responses.h"
#include "cli/exit_codes.h"
#include "cli/verbs.h"

namespace dray::cli {

/// An unreachable scheduler is no failure: the program's own version was asked for.
int run_version(Session& session) {
  const client::Reply<std::string> server = session.client.version();
  const std::optional<std::string> version =
      server ? std::optional<std::string>(harmless(*server)) : std::nullopt;
  write_things(session, {wire::encode_versions(DRAY_VERSION, version)}, {DRAY_VERSION},
               "dray " DRAY_VERSION "\n");
  session.note(version ? "scheduler " + *version + " at " + session.options.url
                       : "no scheduler at " + session.options.url);
  return kDone;
}

}  // namespace dray::cli
