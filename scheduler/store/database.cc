#include "scheduler/store/database.h"

#include <string>
#include <utility>

#include <sqlite3.h>

#include "model/check.h"

namespace dray::store {
namespace {

using Clock = std::chrono::steady_clock;

/// How often a long query looks at the clock, in steps of SQLite's machine.
constexpr int kStepsBetweenLooks = 4'000;
/// A foreign process with the file open for a moment is no reason to stop.
constexpr int kBusyMsMax = 1'000;

constexpr const char* kPragmas =
    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;";
constexpr const char* kWritePragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA cache_size = -65536;";
constexpr const char* kReadPragmas = "PRAGMA query_only = ON; PRAGMA cache_size = -8192;";

}  // namespace

// ---- Statement ----------------------------------------------------------------------------------

Statement::Statement(sqlite3* database, std::string_view sql) {
  const int code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) {
    throw SqlError{code, std::string(sqlite3_errmsg(database)) + " in: " + std::string(sql)};
  }
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

SqlError Statement::error(int code) const {
  return {code, sqlite3_errmsg(sqlite3_db_handle(statement_))};
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  const SqlError why = error(code);
  sqlite3_reset(statement_);
  throw why;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() {
  sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(integer(column));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return text == nullptr ? std::string_view() : std::string_view(text, size);
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
}

namespace {
sqlite3_destructor_type lifetime_of(bool is_copied) {
  return is_copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
}
}  // namespace

void Statement::bind_integer(int index, std::int64_t value) {
  CHECK(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK);
}

void Statement::bind_text(int index, std::string_view value, Bytes bytes) {
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  const char* text = value.empty() ? "" : value.data();
  CHECK(sqlite3_bind_text64(statement_, index, text, value.size(),
                            lifetime_of(bytes == Bytes::Copied), SQLITE_UTF8) == SQLITE_OK);
}

void Statement::bind_blob(int index, std::string_view value, Bytes bytes) {
  const char* data = value.empty() ? "" : value.data();
  CHECK(sqlite3_bind_blob64(statement_, index, data, value.size(),
                            lifetime_of(bytes == Bytes::Copied)) == SQLITE_OK);
}

void Statement::bind_null(int index) {
  CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK);
}

// ---- Database -----------------------------------------------------------------------------------

struct Database::Connection {
  sqlite3* handle = nullptr;
  std::int64_t wal_pages = 0;
  std::int64_t page_bytes = 0;
  std::chrono::milliseconds time_max{0};
  Clock::time_point ends_at;

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { sqlite3_close_v2(handle); }
};

namespace {

int note_wal(void* pages, sqlite3*, const char*, int count) {
  *static_cast<std::int64_t*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

Database::Database(const std::filesystem::path& file, Access access, const std::string& vfs)
    : connection_(std::make_unique<Connection>()) {
  // Nobody asks for SQLite's own count of memory, which costs a lock at every allocation. Refused,
  // harmlessly, once the first connection is open.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const bool is_writer = access == Access::Write;
  const int flags =
      (is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(file.c_str(), &connection_->handle, flags,
                                   vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    throw SqlError{code, connection_->handle == nullptr ? sqlite3_errstr(code)
                                                        : sqlite3_errmsg(connection_->handle)};
  }
  sqlite3* handle = connection_->handle;
  sqlite3_busy_timeout(handle, kBusyMsMax);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (!is_writer) {
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  execute(kPragmas);
  execute(is_writer ? kWritePragmas : kReadPragmas);
  connection_->page_bytes = query_integer("PRAGMA page_size");
  // Set after wal_autocheckpoint, which would take the hook away.
  sqlite3_wal_hook(handle, note_wal, &connection_->wal_pages);
}

Database::Database(Database&& other) noexcept = default;
Database& Database::operator=(Database&& other) noexcept = default;
Database::~Database() = default;

Statement Database::prepare(std::string_view sql) {
  return {connection_->handle, sql};
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(connection_->handle, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw SqlError{code, sqlite3_errmsg(connection_->handle)};
  }
}

std::int64_t Database::query_integer(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

void Database::end_queries_after(std::chrono::milliseconds time_max) {
  connection_->time_max = time_max;
  sqlite3_progress_handler(
      connection_->handle, time_max.count() == 0 ? 0 : kStepsBetweenLooks,
      [](void* ends_at) {
        return Clock::now() > *static_cast<Clock::time_point*>(ends_at) ? 1 : 0;
      },
      &connection_->ends_at);
  begin_query();
}

void Database::begin_query() {
  connection_->ends_at = Clock::now() + connection_->time_max;
}

bool Database::is_in_transaction() const {
  return sqlite3_get_autocommit(connection_->handle) == 0;
}

std::int64_t Database::wal_bytes() const {
  return connection_->wal_pages * connection_->page_bytes;
}

void Database::checkpoint(CheckpointMode mode) {
  const int code = sqlite3_wal_checkpoint_v2(
      connection_->handle, nullptr,
      mode == CheckpointMode::Truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE,
      nullptr, nullptr);
  if (code == SQLITE_OK && mode == CheckpointMode::Truncate) {
    connection_->wal_pages = 0;
  }
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    throw SqlError{code, sqlite3_errmsg(connection_->handle)};
  }
}

// ---- Transaction --------------------------------------------------------------------------------

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // After some errors SQLite has rolled back by itself.
  if (is_open_ && database_.is_in_transaction()) {
    try {
      database_.execute("ROLLBACK");
    } catch (const SqlError&) {
      // The connection is broken: its owner has the first error, and ends.
    }
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  is_open_ = false;
}

}  // namespace dray::store
