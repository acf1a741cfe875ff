#include "scheduler/service/audit_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray {

namespace fs = std::filesystem;

AuditLog::AuditLog(fs::path folder, Bounds bounds) : folder_(std::move(folder)), bounds_(bounds) {
  open();
}

AuditLog::~AuditLog() {
  if (handle_ >= 0) {
    ::close(handle_);
  }
}

fs::path AuditLog::file(int age) const {
  return folder_ / (age == 0 ? "audit.log" : "audit.log." + std::to_string(age));
}

void AuditLog::open() {
  handle_ = ::open(file(0).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat status {};
  size_ = handle_ >= 0 && ::fstat(handle_, &status) == 0
              ? static_cast<std::uint64_t>(status.st_size)
              : 0;
}

void AuditLog::rotate() {
  ::close(handle_);
  std::error_code ignored;
  for (int age = bounds_.files_max - 1; age > 0; --age) {
    fs::rename(file(age - 1), file(age), ignored);
  }
  open();
}

void AuditLog::append(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (size_ >= bounds_.file_bytes_max) {
    rotate();
  }
  const std::string bytes = line + '\n';
  if (handle_ < 0 ||
      ::write(handle_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    // What was asked for has been done: it is told here at least.
    spdlog::error("The audit log cannot be written ({}): {}", std::strerror(errno), line);
    return;
  }
  size_ += bytes.size();
}

std::vector<std::string> AuditLog::newest(std::size_t lines_max) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const int age : {1, 0}) {
    std::ifstream in(file(age));
    for (std::string line; std::getline(in, line);) {
      lines.push_back(std::move(line));
    }
  }
  const std::size_t surplus = lines.size() - std::min(lines.size(), lines_max);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(surplus));
  return lines;
}

}  // namespace dray
