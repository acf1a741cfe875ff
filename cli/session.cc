#include "cli/session.h"

#include <chrono>

#include "api/wire/client_responses.h"
#include "cli/exit_codes.h"

namespace dray::cli {

int report(const Session& session, const client::Failure& failure) {
  std::string line = "dray: " + harmless(failure.message);
  switch (failure.kind) {
    case client::FailureKind::Unreachable:
      line += "; start it with `dray up`, or name another with --url or DRAY_URL";
      break;
    case client::FailureKind::Unreadable:
      line += " (" + session.options.url + ")";
      break;
    case client::FailureKind::Unavailable:
      line += "; try again in a moment";
      break;
    case client::FailureKind::NotAllowed:
      line += session.key_source.empty()
                  ? "; no access key was found: export AWS_SHARED_CREDENTIALS_FILE=FILE, as the "
                    "scheduler's first start says"
                  : " (signed with " + harmless(session.key_id) + " from " +
                        harmless(session.key_source) + ")";
      break;
    case client::FailureKind::NotFound:
    case client::FailureKind::Refused:
      break;
  }
  if (!failure.type.empty() && failure.type != "ClientException") {
    line += " [" + harmless(failure.type) + "]";
  }
  if (!failure.request_id.empty()) {
    line += " (request " + harmless(failure.request_id) + ")";
  }
  say(line);
  return exit_code_of(failure);
}

void write_things(const Session& session, const std::vector<std::string>& json,
                  const std::vector<std::string>& ids, const std::string& table) {
  OutputFormat format = session.options.format;
  if (format == OutputFormat::Table && session.options.is_quiet) {
    format = OutputFormat::Id;
  }
  std::string out;
  switch (format) {
    case OutputFormat::Table:
      out = table;
      break;
    case OutputFormat::Json:
      out = wire::indented_json_list(json) + "\n";
      break;
    case OutputFormat::JsonLines:
      for (const std::string& line : json) {
        out += line + "\n";
      }
      break;
    case OutputFormat::Id:
      for (const std::string& id : ids) {
        out += id + "\n";
      }
      break;
  }
  write_out(out);
}

Instant now() {
  return {
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace dray::cli
