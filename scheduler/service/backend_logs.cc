#include <utility>

#include "scheduler/service/backend.h"
#include "scheduler/service/log_streams.h"

/// What the door asks about logs.
namespace dray {

Result<LogStreamView> ServiceBackend::log_stream(LogStreamName name) {
  return find_log_stream({reader_, logs_, groups_}, name);
}

Result<LogStreamView> ServiceBackend::attempt_log(AttemptKey key) {
  return find_log_stream(reader_, logs_, key);
}

Result<PageOf<LogStreamView>> ServiceBackend::log_streams(LogStreamName prefix, Page page) {
  return list_log_streams({reader_, logs_, groups_}, prefix, page);
}

Result<LogPiece> ServiceBackend::read_log(AttemptKey key, std::uint64_t offset,
                                          std::uint64_t bytes_max) {
  if (logs_.size(key)) {
    return logs_.read(key, offset, bytes_max);
  }
  const Result<LogStreamView> stream = find_log_stream(reader_, logs_, key);
  if (!stream) {
    return tl::unexpected(stream.error());
  }
  LogPiece piece;
  piece.is_complete = stream->is_complete;
  return piece;
}

Result<LogGroup> ServiceBackend::log_group(std::string name) {
  return groups_.group(name);
}

Result<PageOf<LogGroup>> ServiceBackend::log_groups(LogGroupQuery query, Page page) {
  return groups_.groups(query, page);
}

Result<void> ServiceBackend::change_log_groups(LogGroupChange change) {
  if (const auto* gone = std::get_if<LogStreamGone>(&change)) {
    const Result<LogStreamView> stream = log_stream(gone->name);
    if (!stream) {
      return tl::unexpected(stream.error());
    }
  }
  return groups_.change(change);
}

Result<PutLogOutcome> ServiceBackend::put_log_events(LogStreamName stream,
                                                     std::vector<PutLogEvent> events) {
  return groups_.put(stream, events);
}

Result<std::vector<KeptLogEvent>> ServiceBackend::kept_log_events(KeptLogQuery query) {
  return groups_.events(query);
}

}  // namespace dray
