#pragma once
#include "cli/log_reader.h"
#include "cli/waiting.h"

namespace dray::cli {

/// Follows the log of one job or child to its end; says why it waits while it does. Waited::jobs
/// holds the job as last seen.
Waited follow_job(Session& session, const std::string& id, LogReader& reader, LogPrinter& printer,
                  std::optional<Duration> timeout);

/// Follows all children of an array, at most 32 at a time, in the order in which they began.
Waited follow_array(Session& session, const std::string& id, LogPrinter& printer);

/// Children of an array in these states, by index. All pages.
client::Reply<std::vector<wire::JobView>> children_of(Session& session, const std::string& array,
                                                      const std::vector<JobState>& states);

}  // namespace dray::cli
