#pragma once
#include "cli/options.h"
#include "cli/session.h"

namespace dray::cli {

/// Submits what was asked for: resolves the jobs it depends on, and without --definition finds or
/// registers the definition that carries such commands. The job's id is remembered as `last`.
client::Reply<wire::SubmittedView> submit_job(Session& session, const SubmitOptions& options);

/// The same up to the request, which is printed instead of sent; nothing is registered.
int print_request(Session& session, const SubmitOptions& options);

/// Says how to come back to a job that runs on; kInterrupted.
int say_detached(const std::string& id);

}  // namespace dray::cli
