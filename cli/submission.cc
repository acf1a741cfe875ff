#include "cli/submission.h"

#include "api/wire/client_responses.h"
#include "cli/exit_codes.h"
#include "cli/recent_jobs.h"
#include "cli/resolve.h"
#include "cli/selectors.h"

namespace dray::cli {
namespace {

using client::Reply;

/// What such definitions begin with, so that none of the user's own is taken for one.
constexpr std::string_view kDefinitionPrefix = "cli-";
constexpr std::string_view kDefaultVcpus = "1";
constexpr std::string_view kDefaultMemory = "512";

std::string definition_name(const SubmitOptions& options) {
  return (std::string(kDefinitionPrefix) + name_from(options.ask.command.front())).substr(0, 128);
}

/// The definition holds no more than the image and the least a definition must have; all the rest
/// stands in the submission, so that one definition serves every call of the command.
Reply<std::string> own_definition(Session& session, const SubmitOptions& options) {
  const std::string name = definition_name(options);
  Reply<std::optional<wire::DefinitionView>> known = session.client.newest_definition(name);
  if (!known) {
    return tl::unexpected(known.error());
  }
  if (*known && (*known)->image == options.image) {
    return name + ":" + std::to_string((*known)->revision);
  }
  const Reply<wire::DefinitionView> made =
      session.client.register_definition({.name = name,
                                          .image = options.image,
                                          .command = {options.ask.command.front()},
                                          .vcpus = std::string(kDefaultVcpus),
                                          .memory = std::string(kDefaultMemory)});
  if (!made) {
    return tl::unexpected(made.error());
  }
  return name + ":" + std::to_string(made->revision);
}

/// The request but for the definition.
Reply<wire::SubmitAsk> request_of(Session& session, const SubmitOptions& options) {
  wire::SubmitAsk ask = options.ask;
  if (!ask.share.empty() && ask.definition.empty() && ask.scheduling_priority < 0) {
    ask.scheduling_priority = 0;  // A definition made for the command has none.
  }
  if (ask.name.empty()) {
    ask.name = name_from(ask.command.empty() ? ask.definition : ask.command.front());
  }
  for (wire::SubmitAsk::DependsOn& dependency : ask.depends_on) {
    if (dependency.id.empty()) {
      continue;
    }
    Reply<std::string> id = resolve_job(session, dependency.id);
    if (!id) {
      return tl::unexpected(id.error());
    }
    dependency.id = std::move(*id);
  }
  return ask;
}

}  // namespace

Reply<wire::SubmittedView> submit_job(Session& session, const SubmitOptions& options) {
  Reply<wire::SubmitAsk> ask = request_of(session, options);
  if (!ask) {
    return tl::unexpected(ask.error());
  }
  if (ask->definition.empty()) {
    Reply<std::string> definition = own_definition(session, options);
    if (!definition) {
      return tl::unexpected(definition.error());
    }
    ask->definition = std::move(*definition);
  }
  Reply<wire::SubmittedView> submitted = session.client.submit(*ask);
  if (submitted) {
    remember_job(session.options.url, submitted->id);
  }
  return submitted;
}

int print_request(Session& session, const SubmitOptions& options) {
  Reply<wire::SubmitAsk> ask = request_of(session, options);
  if (!ask) {
    return report(session, ask.error());
  }
  if (ask->definition.empty()) {
    ask->definition = definition_name(options);
    session.note("dray: would use the job definition " + ask->definition + " (image " +
                 options.image + "), registered when missing");
  }
  write_out(wire::indented_json(wire::encode_submit(*ask)) + "\n");
  return kDone;
}

int say_detached(const std::string& id) {
  say("job " + id + " keeps running; `dray logs -f " + id + "` to follow");
  return kInterrupted;
}

}  // namespace dray::cli
