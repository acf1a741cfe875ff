#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/error.h"
#include "model/log_group.h"
#include "model/queries.h"

namespace dray::store {

/// Log groups, and the streams and events that clients put into them: a database of its own, so
/// that nobody who logs holds up the loop that decides. Every change is durable when it returns.
/// Refusals have AWS's words. One thread at a time.
///
/// Retention is kept by dropping: when it is set, whenever something is put into the group, and at
/// the start. What is beyond it is never shown in between.
class ClientLogs {
 public:
  /// Makes the file when it is missing, with the group of the jobs in it. ":memory:" keeps nothing.
  static Result<ClientLogs> open(const std::filesystem::path& file, WallTime now);
  ClientLogs(ClientLogs&&) noexcept;
  ClientLogs& operator=(ClientLogs&&) noexcept;
  ~ClientLogs();

  Result<LogGroup> group(const std::string& name);
  Result<PageOf<LogGroup>> groups(const LogGroupQuery& query, const Page& page);
  /// LogStreamGone of a stream no client made: an attempt's, which is hidden from now on. The group
  /// of the jobs comes back at once when it goes, without what was in it.
  Result<void> change(const LogGroupChange& change, WallTime now);

  /// Nothing when no client made it. NotFound when there is no such group.
  Result<std::optional<LogStreamView>> stream(const LogStreamName& name, WallTime now);
  /// Those clients made, by name, from behind `page.after`.
  Result<std::vector<LogStreamView>> streams(const LogStreamName& prefix, const Page& page,
                                             WallTime now);
  /// Whether an attempt's stream was deleted by a client.
  Result<bool> is_hidden(const LogStreamName& name);

  Result<PutLogOutcome> put(const LogStreamName& name, const std::vector<PutLogEvent>& events,
                            WallTime now);
  Result<std::vector<KeptLogEvent>> events(const KeptLogQuery& query);

 private:
  struct Room;
  explicit ClientLogs(std::unique_ptr<Room> room);
  std::unique_ptr<Room> room_;
};

/// What a group with that retention still shows.
std::optional<WallTime> kept_from(const LogGroup& group, WallTime now);

}  // namespace dray::store
