#include <algorithm>

#include "api/wire/arn.h"
#include "model/log_record.h"
#include "tests/support/fake_backend.h"

/// The fake's logs: attempts' as tests and jobs write them, clients' by the real store.
namespace dray::test {
namespace {

constexpr WallTime kLogNow{1'795'337'337'012};

}  // namespace

Result<LogStreamView> FakeBackend::attempt_stream(AttemptKey key) {
  const auto log = logs.find(key);
  for (const JobDetail& detail : details) {
    if (log != logs.end() && detail.job.id == key.job.job && detail.child == key.job.child) {
      LogStreamView view;
      view.key = key;
      view.group = kJobLogGroup;
      view.name = wire::log_stream_name(detail.job.spec->definition, key);
      view.created_at = kLogNow;
      view.first_at = kLogNow;
      view.last_at = kLogNow;
      view.stored_bytes = log->second.size();
      view.is_complete = is_terminal(detail.job.state);
      return view;
    }
  }
  return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
}

Result<LogStreamView> FakeBackend::attempt_log(AttemptKey key) {
  const std::lock_guard lock(mutex);
  return attempt_stream(key);
}

Result<LogStreamView> FakeBackend::log_stream(LogStreamName name) {
  const std::lock_guard lock(mutex);
  Result<std::optional<LogStreamView>> made = client_logs_.stream(name, kLogNow);
  if (!made) {
    return tl::unexpected(made.error());
  }
  if (*made) {
    return std::move(**made);
  }
  const auto source = wire::parse_log_stream_name(name.stream);
  if (source) {
    Result<LogStreamView> found = attempt_stream(source->attempt);
    if (found && found->group == name.group && found->name == name.stream) {
      return found;
    }
  }
  return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
}

Result<PageOf<LogStreamView>> FakeBackend::log_streams(LogStreamName prefix, Page page) {
  const std::lock_guard lock(mutex);
  const auto made = client_logs_.streams(prefix, {1000, page.after}, kLogNow);
  if (!made) {
    return tl::unexpected(made.error());
  }
  std::vector<LogStreamView> all = *made;
  for (const auto& [key, records] : logs) {
    Result<LogStreamView> view = attempt_stream(key);
    if (view && view->group == prefix.group && view->name.starts_with(prefix.stream) &&
        view->name > page.after) {
      all.push_back(std::move(*view));
    }
  }
  std::sort(all.begin(), all.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  PageOf<LogStreamView> result;
  for (LogStreamView& view : all) {
    if (result.items.size() == static_cast<std::size_t>(page.results_max)) {
      result.next = result.items.back().name;
      break;
    }
    result.items.push_back(std::move(view));
  }
  return result;
}

Result<LogPiece> FakeBackend::read_log(AttemptKey key, std::uint64_t offset,
                                       std::uint64_t bytes_max) {
  const std::lock_guard lock(mutex);
  const Result<LogStreamView> stream = attempt_stream(key);
  if (!stream) {
    return tl::unexpected(stream.error());
  }
  const std::string& log = logs[key];
  LogPiece piece{"", std::min<std::uint64_t>(offset, log.size()), 0, log.size(),
                 stream->is_complete};
  std::string_view rest = log;
  bool is_broken = false;
  // An offset inside a record goes on to the next one.
  for (std::size_t at = 0; piece.records.size() < bytes_max; at = log.size() - rest.size()) {
    if (!take_log_record(rest, is_broken)) {
      break;
    }
    if (at >= offset) {
      piece.offset = piece.records.empty() ? at : piece.offset;
      piece.records += log.substr(at, log.size() - rest.size() - at);
    }
  }
  piece.end = piece.offset + piece.records.size();
  return piece;
}

Result<LogGroup> FakeBackend::log_group(std::string name) {
  const std::lock_guard lock(mutex);
  return client_logs_.group(name);
}

Result<PageOf<LogGroup>> FakeBackend::log_groups(LogGroupQuery query, Page page) {
  const std::lock_guard lock(mutex);
  return client_logs_.groups(query, page);
}

Result<void> FakeBackend::change_log_groups(LogGroupChange change) {
  const std::lock_guard lock(mutex);
  return client_logs_.change(change, kLogNow);
}

Result<PutLogOutcome> FakeBackend::put_log_events(LogStreamName stream,
                                                  std::vector<PutLogEvent> events) {
  const std::lock_guard lock(mutex);
  return client_logs_.put(stream, events, events.back().at);
}

Result<std::vector<KeptLogEvent>> FakeBackend::kept_log_events(KeptLogQuery query) {
  const std::lock_guard lock(mutex);
  return client_logs_.events(query);
}

}  // namespace dray::test
