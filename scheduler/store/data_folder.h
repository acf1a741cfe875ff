#pragma once
#include <filesystem>

#include "model/error.h"

namespace dray::store {

/// The scheduler's data folder, locked for as long as this object lives: two schedulers on one
/// folder cannot be (D2). Holds `lock`, `dray.db` and
/// `client-logs.db` with their WALs, `reserve` and `logs/`.
class DataFolder {
 public:
  /// Creates the folder (mode 0700) when it is missing, and locks it. The refusal is one sentence
  /// for the operator: no right, not a folder, or another scheduler is on it.
  static Result<DataFolder> open(const std::filesystem::path& path);
  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&& other) noexcept;
  ~DataFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path database() const { return path_ / "dray.db"; }
  /// See ClientLogs.
  [[nodiscard]] std::filesystem::path client_logs() const { return path_ / "client-logs.db"; }
  /// Space given back when the disk is full, so that what was decided can still be written.
  [[nodiscard]] std::filesystem::path reserve() const { return path_ / "reserve"; }
  /// What opens the secrets in the database.
  [[nodiscard]] std::filesystem::path master_key() const { return path_ / "master.key"; }
  /// The first access key, as an AWS credentials file.
  [[nodiscard]] std::filesystem::path credentials() const { return path_ / "credentials"; }
  [[nodiscard]] std::filesystem::path logs() const { return path_ / "logs"; }

 private:
  DataFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_ = -1;
};

/// Reads the whole database on a read-only connection and says whether its structure is sound.
/// Takes as long as the disk needs: call it beside the start, on a thread of its own, and stop the
/// scheduler when it refuses.
Result<void> quick_check(const std::filesystem::path& database);

}  // namespace dray::store
