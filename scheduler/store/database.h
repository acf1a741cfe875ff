#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace dray::store {

/// What SQLite refused. Thrown and caught inside this room only.
struct SqlError {
  int code = 0;         ///< Extended result code.
  std::string message;  ///< For the operator.
  [[nodiscard]] int primary_code() const { return code & 0xff; }
};

/// A prepared statement, reused: bind all, then `run` or `step` until false. One thread at a time.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3* database, std::string_view sql);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  /// Binds one value per parameter, in order, after a reset; texts and blobs are copied.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values, Bytes::Copied), ...);
    return *this;
  }
  /// Binds all and steps through to the end, with nothing copied.
  template <class... Values>
  void run_with(const Values&... values) {
    reset();
    int index = 0;
    (bind_one(++index, values, Bytes::Kept), ...);
    run();
  }
  /// Steps to the next row; false at the end, and the statement is reset.
  bool step();
  /// Steps through to the end.
  void run();
  void reset();

  // Columns of the current row, from 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;

 private:
  /// Whether what is bound is copied, or outlives the run.
  enum class Bytes : std::uint8_t { Copied, Kept };
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value, Bytes bytes);
  void bind_blob(int index, std::string_view value, Bytes bytes);
  void bind_null(int index);
  template <class Value>
  void bind_one(int index, const Value& value, Bytes bytes);
  [[nodiscard]] SqlError error(int code) const;

  sqlite3_stmt* statement_ = nullptr;
};

/// Marks bytes as a BLOB for `bind`.
struct AsBlob {
  std::string_view bytes;
};

template <class Value>
void Statement::bind_one(int index, const Value& value, Bytes bytes) {
  if constexpr (std::is_same_v<Value, AsBlob>) {
    bind_blob(index, value.bytes, bytes);
  } else if constexpr (std::is_integral_v<Value>) {
    bind_integer(index, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    bind_text(index, value, bytes);
  } else {  // An optional.
    if (value) {
      bind_one(index, *value, bytes);
    } else {
      bind_null(index);
    }
  }
}

enum class CheckpointMode { Passive, Truncate };

/// One connection. Every PRAGMA it lives by is written out in database.cc. One thread at a time.
class Database {
 public:
  enum class Access {
    Write,  ///< The only one of its kind: commits and checkpoints (D2).
    Read,   ///< Never writes, never checkpoints.
  };
  /// Throws SqlError. `vfs` names SQLite's file layer; empty means the system's.
  Database(const std::filesystem::path& file, Access access, const std::string& vfs = {});
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  [[nodiscard]] Statement prepare(std::string_view sql);
  /// Runs statements without parameters, one after another.
  void execute(const char* sql);
  [[nodiscard]] std::int64_t query_integer(std::string_view sql);
  /// Queries end with an error (SQLITE_INTERRUPT) after this time; zero: never.
  void end_queries_after(std::chrono::milliseconds time_max);
  /// Starts the time of `end_queries_after` anew.
  void begin_query();
  [[nodiscard]] bool is_in_transaction() const;
  /// How much of the WAL is in use, as of the last commit of this connection.
  [[nodiscard]] std::int64_t wal_bytes() const;
  /// Moves the WAL into the database, as far as readers allow: one in the way is no error.
  void checkpoint(CheckpointMode mode);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

/// BEGIN IMMEDIATE (or a read transaction), rolled back unless committed.
class Transaction {
 public:
  enum class Kind { Write, Read };
  explicit Transaction(Database& database, Kind kind = Kind::Write);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool is_open_ = true;
};

}  // namespace dray::store
