#include "scheduler/service/log_groups.h"

#include <variant>

namespace dray {

Result<LogGroup> LogGroups::group(const std::string& name) {
  const std::lock_guard lock(mutex_);
  return logs_.group(name);
}

Result<PageOf<LogGroup>> LogGroups::groups(const LogGroupQuery& query, const Page& page) {
  const std::lock_guard lock(mutex_);
  return logs_.groups(query, page);
}

Result<void> LogGroups::change(const LogGroupChange& change) {
  const std::lock_guard lock(mutex_);
  if (const auto* gone = std::get_if<LogGroupGone>(&change)) {
    ensured_.erase(gone->name);
  }
  return logs_.change(change, clock_.wall());
}

Result<void> LogGroups::ensure(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (name == kJobLogGroup || ensured_.contains(name)) {
    return {};
  }
  const Result<void> made = logs_.change(LogGroupAdded{name, {}}, clock_.wall());
  if (!made && made.error().code != ErrorCode::Conflict) {
    return made;
  }
  ensured_.insert(name);
  return {};
}

Result<std::optional<LogStreamView>> LogGroups::stream(const LogStreamName& name) {
  const std::lock_guard lock(mutex_);
  return logs_.stream(name, clock_.wall());
}

Result<std::vector<LogStreamView>> LogGroups::streams(const LogStreamName& prefix,
                                                      const Page& page) {
  const std::lock_guard lock(mutex_);
  return logs_.streams(prefix, page, clock_.wall());
}

Result<bool> LogGroups::is_hidden(const LogStreamName& name) {
  const std::lock_guard lock(mutex_);
  return logs_.is_hidden(name);
}

Result<PutLogOutcome> LogGroups::put(const LogStreamName& name,
                                     const std::vector<PutLogEvent>& events) {
  const std::lock_guard lock(mutex_);
  return logs_.put(name, events, clock_.wall());
}

Result<std::vector<KeptLogEvent>> LogGroups::events(const KeptLogQuery& query) {
  const std::lock_guard lock(mutex_);
  return logs_.events(query);
}

}  // namespace dray
