#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "model/error.h"
#include "scheduler/core/decision.h"
#include "scheduler/store/data_folder.h"
#include "scheduler/store/database.h"

namespace dray::store {

enum class CommitResult : std::uint8_t {
  Durable,
  /// Nothing was written. The reserve has been given back: commit the same decisions again, each
  /// second if it must be (D2).
  DiskFull,
};

struct WriterOptions {
  std::int64_t reserve_bytes = 16 * 1024 * 1024;
  /// Ends the process without unwinding; must not return. Tests put their own.
  std::function<void(int status)> exit_now;
  std::string vfs;  ///< Tests put a file layer of their own.
};

/// The one connection that writes and checkpoints (D2). One thread: the loop's.
class Writer {
 public:
  /// Opens the database of `folder`, creates or migrates it. Refuses a database of a newer schema,
  /// and what is no database, with a sentence for the operator. `folder` must outlive the writer.
  static Result<Writer> open(const DataFolder& folder, WriterOptions options = {});
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  /// All changes of all decisions in one transaction; none at all when there are no changes.
  /// Durable when this returns so. After an I/O error nobody can say what is on disk: prints one
  /// line and ends the process with status 70, without an answer (D2).
  CommitResult commit(std::span<const Decision> decisions);

  /// Between batches: moves the WAL into the database when it has grown. Cheap when it has not.
  void checkpoint_when_due();

  /// False after a DiskFull until `lay_reserve` succeeds: new submits are refused meanwhile.
  [[nodiscard]] bool has_reserve() const;
  /// Lays the reserve again; false when there is still no room. Try it once a second at most.
  bool lay_reserve();

  /// Grows with every restore of a backup (F8).
  [[nodiscard]] std::uint64_t cluster_epoch() const;
  [[nodiscard]] bool has_access_keys() const;
  /// For `load`, before the first commit.
  [[nodiscard]] Database& database();

 private:
  struct Room;
  explicit Writer(std::unique_ptr<Room> room);
  std::unique_ptr<Room> room_;
};

}  // namespace dray::store
