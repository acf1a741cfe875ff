#include "scheduler/store/client_logs.h"

#include <limits>
#include <utility>

#include <sqlite3.h>

#include "scheduler/store/database.h"

namespace dray::store {
namespace {

constexpr std::int64_t kWalBytesMax = 4 * 1024 * 1024;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kOldestDays = 14;  ///< AWS: older events are not taken,
constexpr std::int64_t kNewestHours = 2;  ///< nor those from further in the future.

constexpr const char* kSchema = R"sql(
CREATE TABLE log_group (
  name TEXT NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL,
  retention_days INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE log_group_tag (
  log_group TEXT NOT NULL REFERENCES log_group (name) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (log_group, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_stream (
  id INTEGER PRIMARY KEY,
  log_group TEXT NOT NULL REFERENCES log_group (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (log_group, name)
) STRICT;
CREATE TABLE log_event (
  stream INTEGER NOT NULL REFERENCES log_stream (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  ingested_at INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (stream, at, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE next_event (sequence INTEGER NOT NULL) STRICT;
INSERT INTO next_event VALUES (1);
-- Streams of attempts that clients deleted.
CREATE TABLE hidden_stream (
  log_group TEXT NOT NULL REFERENCES log_group (name) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (log_group, name)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
)sql";

Error client_log_error(const SqlError& error) {
  if (error.primary_code() == SQLITE_FULL) {
    return {ErrorCode::Unavailable, "The scheduler's disk is full."};
  }
  return {ErrorCode::Internal, "The database of log groups: " + error.message + "."};
}

/// What a member function does, with refusals as values.
template <class Do>
auto guarded(Do what) -> decltype(what()) {
  try {
    return what();
  } catch (const SqlError& error) {
    return tl::unexpected(client_log_error(error));
  }
}

tl::unexpected<Error> no_group() {
  return refuse(ErrorCode::NotFound, std::string(kNoLogGroup));
}

}  // namespace

std::optional<WallTime> kept_from(const LogGroup& group, WallTime now) {
  return group.retention_days
             ? std::optional(WallTime{now.epoch_ms - *group.retention_days * kDayMs})
             : std::nullopt;
}

struct ClientLogs::Room {
  explicit Room(const std::filesystem::path& file) : database(file, Database::Access::Write) {}
  Database database;

  /// Finds by key; for what is asked once a call.
  Statement find(std::string_view sql) { return database.prepare(sql); }

  bool has_group(const std::string& name) {
    return find("SELECT 1 FROM log_group WHERE name = ?").bind(name).step();
  }
  std::optional<std::int64_t> stream_id(const LogStreamName& name) {
    Statement found = find("SELECT id FROM log_stream WHERE log_group = ? AND name = ?");
    return found.bind(name.group, name.stream).step() ? std::optional(found.integer(0))
                                                      : std::nullopt;
  }
  void commit(Transaction& transaction) {
    transaction.commit();
    if (database.wal_bytes() > kWalBytesMax) {
      database.checkpoint(CheckpointMode::Passive);
    }
  }
  LogGroup read_group(const Statement& row) {
    LogGroup group;
    group.name = row.text(0);
    group.created_at = {row.integer(1)};
    if (const auto days = row.optional_integer(2)) {
      group.retention_days = static_cast<std::int32_t>(*days);
    }
    group.stored_bytes = row.number(3);
    Statement tags = find("SELECT key, value FROM log_group_tag WHERE log_group = ?");
    tags.bind(group.name);
    while (tags.step()) {
      group.tags.emplace(tags.text(0), tags.text(1));
    }
    return group;
  }
  std::optional<LogGroup> group(const std::string& name) {
    Statement found = find(
        "SELECT name, created_at, retention_days, (SELECT coalesce(sum(stored_bytes), 0) FROM "
        "log_stream WHERE log_group = log_group.name) FROM log_group WHERE name = ?");
    return found.bind(name).step() ? std::optional(read_group(found)) : std::nullopt;
  }
  LogStreamView read_stream(const Statement& row, std::optional<WallTime> from);
  /// Drops what the retention of a group does not keep.
  void drop_old(const LogGroup& group, WallTime now);

  Result<void> apply(const LogGroupAdded& added, WallTime now);
  Result<void> apply(const LogGroupGone& gone, WallTime now);
  Result<void> apply(const LogRetentionSet& set, WallTime now);
  Result<void> apply(const LogGroupTagged& tagged, WallTime now);
  Result<void> apply(const LogStreamAdded& added, WallTime now);
  Result<void> apply(const LogStreamGone& gone, WallTime now);
};

LogStreamView ClientLogs::Room::read_stream(const Statement& row, std::optional<WallTime> from) {
  LogStreamView view;
  view.client_stream = row.integer(0);
  view.group = row.text(1);
  view.name = row.text(2);
  view.created_at = {row.integer(3)};
  view.stored_bytes = row.number(4);
  view.kept_from = from;
  Statement span = find("SELECT min(at), max(at) FROM log_event WHERE stream = ? AND at >= ?");
  if (span.bind(*view.client_stream, from ? from->epoch_ms : 0).step() && !span.is_null(0)) {
    view.first_at = WallTime{span.integer(0)};
    view.last_at = WallTime{span.integer(1)};
  }
  return view;
}

void ClientLogs::Room::drop_old(const LogGroup& group, WallTime now) {
  const auto from = kept_from(group, now);
  if (!from) {
    return;
  }
  Statement streams = find("SELECT id FROM log_stream WHERE log_group = ?");
  Statement drop = find("DELETE FROM log_event WHERE stream = ? AND at < ?");
  Statement count = find(
      "UPDATE log_stream SET stored_bytes = (SELECT coalesce(sum(length(CAST(message AS BLOB)) + "
      "26), 0) FROM "
      "log_event WHERE stream = log_stream.id) WHERE id = ?");
  streams.bind(group.name);
  while (streams.step()) {
    drop.bind(streams.integer(0), from->epoch_ms).run();
    if (database.query_integer("SELECT changes()") > 0) {
      count.bind(streams.integer(0)).run();
    }
  }
}

// ---- changes ------------------------------------------------------------------------------------

Result<void> ClientLogs::Room::apply(const LogGroupAdded& added, WallTime now) {
  if (has_group(added.name)) {
    return refuse(ErrorCode::Conflict, "The specified log group already exists");
  }
  find("INSERT INTO log_group VALUES (?, ?, NULL)").bind(added.name, now.epoch_ms).run();
  return apply(LogGroupTagged{added.name, added.tags, {}}, now);
}

Result<void> ClientLogs::Room::apply(const LogGroupGone& gone, WallTime now) {
  if (!has_group(gone.name)) {
    return no_group();
  }
  find("DELETE FROM log_group WHERE name = ?").bind(gone.name).run();
  return gone.name == kJobLogGroup ? apply(LogGroupAdded{gone.name, {}}, now) : Result<void>();
}

Result<void> ClientLogs::Room::apply(const LogRetentionSet& set, WallTime now) {
  if (!has_group(set.group)) {
    return no_group();
  }
  find("UPDATE log_group SET retention_days = ? WHERE name = ?").bind(set.days, set.group).run();
  drop_old(*group(set.group), now);
  return {};
}

Result<void> ClientLogs::Room::apply(const LogGroupTagged& tagged, WallTime) {
  if (!has_group(tagged.group)) {
    return no_group();
  }
  Statement put = find("INSERT OR REPLACE INTO log_group_tag VALUES (?, ?, ?)");
  for (const auto& [key, value] : tagged.added) {
    put.bind(tagged.group, key, value).run();
  }
  Statement drop = find("DELETE FROM log_group_tag WHERE log_group = ? AND key = ?");
  for (const std::string& key : tagged.removed) {
    drop.bind(tagged.group, key).run();
  }
  if (group(tagged.group)->tags.size() > 50) {
    return refuse(ErrorCode::BadRequest, "The maximum number of tags is 50.");
  }
  return {};
}

Result<void> ClientLogs::Room::apply(const LogStreamAdded& added, WallTime now) {
  if (!has_group(added.name.group)) {
    return no_group();
  }
  if (stream_id(added.name)) {
    return refuse(ErrorCode::Conflict, "The specified log stream already exists");
  }
  find("INSERT INTO log_stream (log_group, name, created_at) VALUES (?, ?, ?)")
      .bind(added.name.group, added.name.stream, now.epoch_ms)
      .run();
  return {};
}

Result<void> ClientLogs::Room::apply(const LogStreamGone& gone, WallTime) {
  if (!has_group(gone.name.group)) {
    return no_group();
  }
  if (const auto id = stream_id(gone.name)) {
    find("DELETE FROM log_stream WHERE id = ?").bind(*id).run();
  } else {
    find("INSERT OR IGNORE INTO hidden_stream VALUES (?, ?)")
        .bind(gone.name.group, gone.name.stream)
        .run();
  }
  return {};
}

// ---- the class ----------------------------------------------------------------------------------

ClientLogs::ClientLogs(std::unique_ptr<Room> room) : room_(std::move(room)) {}
ClientLogs::ClientLogs(ClientLogs&&) noexcept = default;
ClientLogs& ClientLogs::operator=(ClientLogs&&) noexcept = default;
ClientLogs::~ClientLogs() = default;

Result<ClientLogs> ClientLogs::open(const std::filesystem::path& file, WallTime now) {
  return guarded([&]() -> Result<ClientLogs> {
    auto room = std::make_unique<Room>(file);
    Transaction transaction(room->database);
    if (room->database.query_integer("PRAGMA user_version") == 0) {
      room->database.execute(kSchema);
      room->apply(LogGroupAdded{std::string(kJobLogGroup), {}}, WallTime{});  // Since ever.
    }
    Statement names = room->find("SELECT name FROM log_group WHERE retention_days IS NOT NULL");
    while (names.step()) {
      room->drop_old(*room->group(std::string(names.text(0))), now);
    }
    room->commit(transaction);
    return ClientLogs(std::move(room));
  });
}

Result<LogGroup> ClientLogs::group(const std::string& name) {
  return guarded([&]() -> Result<LogGroup> {
    std::optional<LogGroup> found = room_->group(name);
    return found ? Result<LogGroup>(std::move(*found)) : no_group();
  });
}

Result<PageOf<LogGroup>> ClientLogs::groups(const LogGroupQuery& query, const Page& page) {
  return guarded([&]() -> Result<PageOf<LogGroup>> {
    // Few: looked at one by one, and whatever a pattern holds is only text.
    Statement names = room_->find("SELECT name FROM log_group WHERE name > ? ORDER BY name");
    names.bind(page.after);
    PageOf<LogGroup> result;
    while (names.step()) {
      const std::string name(names.text(0));
      if (!name.starts_with(query.prefix) || name.find(query.pattern) == std::string::npos) {
        continue;
      }
      if (result.items.size() == static_cast<std::size_t>(page.results_max)) {
        result.next = result.items.back().name;
        break;
      }
      result.items.push_back(*room_->group(name));
    }
    return result;
  });
}

Result<void> ClientLogs::change(const LogGroupChange& change, WallTime now) {
  return guarded([&]() -> Result<void> {
    Transaction transaction(room_->database);
    const Result<void> done =
        std::visit([&](const auto& one) { return room_->apply(one, now); }, change);
    if (done) {
      room_->commit(transaction);
    }
    return done;
  });
}

Result<std::optional<LogStreamView>> ClientLogs::stream(const LogStreamName& name, WallTime now) {
  return guarded([&]() -> Result<std::optional<LogStreamView>> {
    const std::optional<LogGroup> group = room_->group(name.group);
    if (!group) {
      return no_group();
    }
    Statement found = room_->find(
        "SELECT id, log_group, name, created_at, stored_bytes FROM log_stream "
        "WHERE log_group = ? AND name = ?");
    if (!found.bind(name.group, name.stream).step()) {
      return std::optional<LogStreamView>();
    }
    return std::optional(room_->read_stream(found, kept_from(*group, now)));
  });
}

Result<std::vector<LogStreamView>> ClientLogs::streams(const LogStreamName& prefix,
                                                       const Page& page, WallTime now) {
  return guarded([&]() -> Result<std::vector<LogStreamView>> {
    const std::optional<LogGroup> group = room_->group(prefix.group);
    if (!group) {
      return no_group();
    }
    Statement rows = room_->find(
        "SELECT id, log_group, name, created_at, stored_bytes FROM log_stream WHERE log_group = ? "
        "AND name >= ? AND name > ? ORDER BY name LIMIT ?");
    rows.bind(prefix.group, prefix.stream, page.after, page.results_max);
    std::vector<LogStreamView> found;
    while (rows.step() && rows.text(2).starts_with(prefix.stream)) {
      found.push_back(room_->read_stream(rows, kept_from(*group, now)));
    }
    return found;
  });
}

Result<bool> ClientLogs::is_hidden(const LogStreamName& name) {
  return guarded([&]() -> Result<bool> {
    return room_->find("SELECT 1 FROM hidden_stream WHERE log_group = ? AND name = ?")
        .bind(name.group, name.stream)
        .step();
  });
}

Result<PutLogOutcome> ClientLogs::put(const LogStreamName& name,
                                      const std::vector<PutLogEvent>& events, WallTime now) {
  return guarded([&]() -> Result<PutLogOutcome> {
    Transaction transaction(room_->database);
    const std::optional<LogGroup> group = room_->group(name.group);
    if (!group) {
      return no_group();
    }
    const std::optional<std::int64_t> stream = room_->stream_id(name);
    if (!stream) {
      return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
    }
    const std::int64_t oldest = now.epoch_ms - kOldestDays * kDayMs;
    const std::int64_t newest = now.epoch_ms + kNewestHours * kHourMs;
    const std::int64_t kept = kept_from(*group, now).value_or(WallTime{0}).epoch_ms;
    std::int64_t sequence = room_->database.query_integer("SELECT sequence FROM next_event");
    std::int64_t bytes = 0;
    PutLogOutcome outcome;
    Statement add = room_->find("INSERT INTO log_event VALUES (?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < events.size(); ++i) {
      const PutLogEvent& event = events[i];
      if (event.at.epoch_ms < oldest) {
        outcome.too_old_end = i + 1;
      } else if (event.at.epoch_ms < kept) {
        outcome.expired_end = i + 1;
      } else if (event.at.epoch_ms > newest) {
        outcome.too_new_start = outcome.too_new_start.value_or(i);
      } else {
        add.run_with(*stream, event.at.epoch_ms, sequence++, now.epoch_ms, event.message);
        bytes += static_cast<std::int64_t>(event.message.size()) + 26;
      }
    }
    room_->find("UPDATE next_event SET sequence = ?").bind(sequence).run();
    room_->find("UPDATE log_stream SET stored_bytes = stored_bytes + ? WHERE id = ?")
        .bind(bytes, *stream)
        .run();
    room_->drop_old(*group, now);
    room_->commit(transaction);
    return outcome;
  });
}

Result<std::vector<KeptLogEvent>> ClientLogs::events(const KeptLogQuery& query) {
  return guarded([&]() -> Result<std::vector<KeptLogEvent>> {
    constexpr std::string_view kForwards =
        "SELECT at, sequence, ingested_at, message FROM log_event WHERE stream = ? AND at >= ? AND "
        "at < ? AND (at, sequence) > (?, ?) ORDER BY at, sequence LIMIT ?";
    constexpr std::string_view kBackwards =
        "SELECT at, sequence, ingested_at, message FROM log_event WHERE stream = ? AND at >= ? AND "
        "at < ? AND (at, sequence) < (?, ?) ORDER BY at DESC, sequence DESC LIMIT ?";
    const bool is_from_end = query.is_backwards && query.sequence == 0;
    constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
    Statement rows = room_->find(query.is_backwards ? kBackwards : kForwards);
    rows.bind(query.stream, query.start.value_or(WallTime{0}).epoch_ms,
              query.end.value_or(WallTime{kEnd}).epoch_ms, is_from_end ? kEnd : query.at.epoch_ms,
              query.sequence, query.count_max);
    std::vector<KeptLogEvent> found;
    while (rows.step()) {
      found.push_back({WallTime{rows.integer(0)}, rows.number(1), WallTime{rows.integer(2)},
                       std::string(rows.text(3))});
    }
    return found;
  });
}

}  // namespace dray::store
