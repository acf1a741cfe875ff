#include "agent/supervisor/job_log.h"

#include <fcntl.h>
#include <unistd.h>

namespace dray::supervisor {

JobLog::~JobLog() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

void JobLog::append(LogStream stream, std::uint8_t container, std::string_view bytes, WallTime at) {
  while (!bytes.empty() && !is_truncated_) {
    const std::string_view piece = bytes.substr(0, kLogRecordBytesMax);
    bytes.remove_prefix(piece.size());
    if (size_ + kLogRecordHead + piece.size() > max_ || !write({stream, at, piece, container})) {
      truncate(container, at);
    }
  }
}

void JobLog::truncate(std::uint8_t container, WallTime at) {
  is_truncated_ = true;
  write({LogStream::Note, at, "[truncated]", container});
}

/// A record is in the file whole or not at all: readers follow it by offset.
bool JobLog::write(const LogRecord& record) {
  if (file_ < 0) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0) {
      return false;
    }
  }
  std::string bytes;
  append_log_record(bytes, record);
  const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
  if (written != static_cast<ssize_t>(bytes.size())) {
    if (::ftruncate(file_, static_cast<off_t>(size_)) != 0) {
      return false;
    }
    return false;
  }
  size_ += bytes.size();
  return true;
}

}  // namespace dray::supervisor
