#include "agent/supervisor/folders.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

Result<void> make(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  if (::chmod(path.c_str(), mode) != 0) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace

Result<void> Folders::create() const {
  constexpr mode_t kPassThrough = 0711;
  constexpr mode_t kOurs = 0700;
  if (auto made = make(data_, kPassThrough); !made) {
    return made;
  }
  if (auto made = make(scratches(), kPassThrough); !made) {
    return made;
  }
  if (auto made = make(trash(), kOurs); !made) {
    return made;
  }
  return make(data_ + "/logs", kOurs);
}

Result<FolderLock> FolderLock::take(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return refuse(ErrorCode::Unavailable, path + ": " + std::strerror(errno));
  }
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return refuse(ErrorCode::Conflict, path + ": held by another process");
  }
  return FolderLock(file);
}

Result<FolderLock> FolderLock::inherit(const std::string& path) {
  constexpr int kTries = 200;
  constexpr int kPauseUs = 10'000;
  auto lock = take(path);
  for (int left = kTries; !lock && lock.error().code == ErrorCode::Conflict && left > 0; --left) {
    ::usleep(kPauseUs);
    lock = take(path);
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

std::string read_boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

}  // namespace dray::supervisor
