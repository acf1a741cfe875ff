#pragma once
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/log_group.h"
#include "model/queries.h"
#include "scheduler/service/clock.h"
#include "scheduler/store/client_logs.h"

namespace dray {

/// store::ClientLogs for any thread, with the time.
class LogGroups {
 public:
  /// The clock must outlive it.
  LogGroups(store::ClientLogs logs, Clock& clock) : logs_(std::move(logs)), clock_(clock) {}

  Result<LogGroup> group(const std::string& name);
  Result<PageOf<LogGroup>> groups(const LogGroupQuery& query, const Page& page);
  Result<void> change(const LogGroupChange& change);
  /// Makes a group that jobs log into, unless it is there.
  Result<void> ensure(const std::string& name);

  Result<std::optional<LogStreamView>> stream(const LogStreamName& name);
  Result<std::vector<LogStreamView>> streams(const LogStreamName& prefix, const Page& page);
  Result<bool> is_hidden(const LogStreamName& name);
  Result<PutLogOutcome> put(const LogStreamName& name, const std::vector<PutLogEvent>& events);
  Result<std::vector<KeptLogEvent>> events(const KeptLogQuery& query);

  [[nodiscard]] WallTime now() { return clock_.wall(); }

 private:
  std::mutex mutex_;
  store::ClientLogs logs_;
  Clock& clock_;
  std::set<std::string> ensured_;  ///< Groups that are known to be there.
};

}  // namespace dray
