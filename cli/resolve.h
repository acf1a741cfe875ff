#pragma once
#include <string>
#include <vector>

#include "api/client/failure.h"
#include "cli/session.h"

namespace dray::cli {

/// What somebody wrote as a job ("last", a UUID or the beginning of one, an ARN, ":3" behind any of
/// them) as the id the scheduler knows.
client::Reply<std::string> resolve_job(Session& session, const std::string& text);
client::Reply<std::vector<std::string>> resolve_jobs(Session& session,
                                                     const std::vector<std::string>& texts);

/// The newest jobs of all queues (or of `queue`), newest first, at most about 100 a queue.
client::Reply<std::vector<wire::JobView>> newest_jobs(Session& session, const std::string& queue);

}  // namespace dray::cli
