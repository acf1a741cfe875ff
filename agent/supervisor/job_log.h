#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "model/log_record.h"

namespace dray::supervisor {

/// Default cap of one attempt's log file.
inline constexpr std::uint64_t kLogBytesMax = 1024ULL * 1024 * 1024;

/// One attempt's log file: records, appended, created with the first byte. After the cap, or when
/// the disk takes no more, one note "[truncated]" follows and the rest of the output is dropped: a
/// job never blocks on its log and never fills the disk with it.
class JobLog {
 public:
  JobLog(std::string path, std::uint64_t bytes_max) : path_(std::move(path)), max_(bytes_max) {}
  JobLog(const JobLog&) = delete;
  JobLog& operator=(const JobLog&) = delete;
  ~JobLog();

  /// `bytes` of any length, of a container of a pod; 0 elsewhere.
  void append(LogStream stream, std::uint8_t container, std::string_view bytes, WallTime at);
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  bool write(const LogRecord& record);
  void truncate(std::uint8_t container, WallTime at);

  std::string path_;
  std::uint64_t max_;
  std::uint64_t size_ = 0;
  int file_ = -1;
  bool is_truncated_ = false;
};

}  // namespace dray::supervisor
