#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace dray::cli {

/// How waiting for jobs came to its end.
struct Waited {
  enum class How { Ended, TimedOut, Interrupted, Failed };
  How how = How::Ended;
  std::vector<wire::JobView> jobs;  ///< In the order of the ids; all terminal when Ended.
};

/// Waits until every job has ended in either way, showing progress (several jobs or an array) or
/// why it waits (one). Bears a server that is away for --connect-timeout. Failures are reported.
Waited wait_for_jobs(Session& session, const std::vector<std::string>& ids,
                     std::optional<Duration> timeout);

/// One sentence on how a job ended: "4c75... SUCCEEDED in 2.1s", "... FAILED: exit code 3".
std::string ending_sentence(const wire::JobView& job);
/// Why a job or attempt failed, in a few words: "exit code 3", "OutOfMemoryError: ...".
std::string failure_words(const wire::JobView& job);

}  // namespace dray::cli
