#include "scheduler/store/writer.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/check.h"
#include "scheduler/store/batch.h"
#include "scheduler/store/migrations.h"
#include "scheduler/store/row_writer.h"

namespace dray::store {
namespace {

constexpr int kExitIoError = 70;
constexpr std::int64_t kPassiveAboveBytes = 8LL * 1024 * 1024;
constexpr std::int64_t kTruncateAboveBytes = 64LL * 1024 * 1024;

/// What SQLite could not do, and what that means for the process (D2).
enum class Failure { DiskFull, UnknownOutcome, OurFault };

Failure kind_of(const SqlError& error) {
  switch (error.primary_code()) {
    case SQLITE_FULL:
      return Failure::DiskFull;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
    case SQLITE_TOOBIG:
      return Failure::OurFault;
    default:  // I/O error, corrupt, no database, no memory, busy: end before anything leaves.
      return Failure::UnknownOutcome;
  }
}

}  // namespace

struct Writer::Room {
  Database database;
  RowWriter rows;
  std::filesystem::path reserve;
  std::int64_t reserve_bytes;
  std::function<void(int)> exit_now;
  bool has_reserve = false;

  /// Ends the process: what has been written since the last commit is not known.
  [[noreturn]] void die(const SqlError& error) const {
    std::fprintf(stderr, "dray-scheduler: the database failed (%s, code %d): stopping at once.\n",
                 error.message.c_str(), error.code);
    std::fflush(stderr);
    if (kind_of(error) == Failure::OurFault) {
      CHECK(!"a row that the schema refuses");
    }
    exit_now(kExitIoError);
    CHECK(!"exit_now returned");
    std::abort();
  }

  void give_back_reserve() {
    std::error_code ignored;
    std::filesystem::remove(reserve, ignored);
    has_reserve = false;
  }

  bool lay_reserve() {
    const int file = ::open(reserve.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) {
      return false;
    }
    has_reserve = reserve_bytes == 0 || ::posix_fallocate(file, 0, reserve_bytes) == 0;
    ::close(file);
    if (!has_reserve) {
      give_back_reserve();
    }
    return has_reserve;
  }
};

Writer::Writer(std::unique_ptr<Room> room) : room_(std::move(room)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<Writer> Writer::open(const DataFolder& folder, WriterOptions options) {
  if (!options.exit_now) {
    options.exit_now = [](int status) { ::_exit(status); };
  }
  try {
    Database database(folder.database(), Database::Access::Write, options.vfs);
    if (const auto migrated = migrate(database); !migrated) {
      return tl::unexpected(migrated.error());
    }
    RowWriter rows(database);
    auto room = std::make_unique<Room>(Room{std::move(database), std::move(rows), folder.reserve(),
                                            options.reserve_bytes, std::move(options.exit_now)});
    room->lay_reserve();
    return Writer(std::move(room));
  } catch (const SqlError& error) {
    return refuse(ErrorCode::Unavailable, "Cannot open the database " + folder.database().string() +
                                              ": " + error.message + ".");
  }
}

CommitResult Writer::commit(std::span<const Decision> decisions) {
  std::vector<Batch> batches;
  for (std::size_t from = 0, to = 0; from < decisions.size(); from = to) {
    for (to = from + 1; to < decisions.size() && !Batch::begins_with(decisions[to]);) {
      ++to;
    }
    Batch batch(decisions.subspan(from, to - from));
    if (!batch.is_empty()) {
      batches.push_back(std::move(batch));
    }
  }
  if (batches.empty()) {
    return CommitResult::Durable;
  }
  try {
    Transaction transaction(room_->database);
    for (const Batch& batch : batches) {
      room_->rows.write(batch);
    }
    transaction.commit();
    return CommitResult::Durable;
  } catch (const SqlError& error) {
    if (kind_of(error) != Failure::DiskFull || room_->database.is_in_transaction()) {
      room_->die(error);
    }
    room_->give_back_reserve();
    return CommitResult::DiskFull;
  }
}

void Writer::checkpoint_when_due() {
  const std::int64_t bytes = room_->database.wal_bytes();
  if (bytes <= kPassiveAboveBytes) {
    return;
  }
  try {
    room_->database.checkpoint(bytes > kTruncateAboveBytes ? CheckpointMode::Truncate
                                                           : CheckpointMode::Passive);
  } catch (const SqlError& error) {
    if (kind_of(error) != Failure::DiskFull) {
      room_->die(error);
    }
    // The WAL still holds everything; the next attempt has the reserve's room.
    room_->give_back_reserve();
  }
}

bool Writer::has_reserve() const {
  return room_->has_reserve;
}

bool Writer::lay_reserve() {
  return room_->has_reserve || room_->lay_reserve();
}

std::uint64_t Writer::cluster_epoch() const {
  return static_cast<std::uint64_t>(room_->database.query_integer("SELECT epoch FROM cluster"));
}

bool Writer::has_access_keys() const {
  return room_->database.query_integer("SELECT count(*) FROM access_key") != 0;
}

Database& Writer::database() {
  return room_->database;
}

}  // namespace dray::store
