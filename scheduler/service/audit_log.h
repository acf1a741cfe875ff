#pragma once
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "model/error.h"

namespace dray {

/// Lines about what was changed by whom, appended to a file of mode 0600; a full file becomes
/// `audit.log.1` and so on, and the oldest goes. Any thread.
class AuditLog {
 public:
  struct Bounds {
    std::uint64_t file_bytes_max = 32ULL * 1024 * 1024;
    int files_max = 8;
  };
  /// Into this folder, which is there.
  explicit AuditLog(std::filesystem::path folder) : AuditLog(std::move(folder), Bounds{}) {}
  AuditLog(std::filesystem::path folder, Bounds bounds);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// `line` has no line break. In the kernel's hands when this returns: it survives the process.
  void append(const std::string& line);
  /// The newest `lines_max` lines of the newest file and the one before it, oldest first.
  [[nodiscard]] std::vector<std::string> newest(std::size_t lines_max) const;

 private:
  [[nodiscard]] std::filesystem::path file(int age) const;
  void open();
  void rotate();

  const std::filesystem::path folder_;
  const Bounds bounds_;
  mutable std::mutex mutex_;
  int handle_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace dray
