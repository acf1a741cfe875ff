#include "scheduler/store/data_folder.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scheduler/store/database.h"

namespace dray::store {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(const std::string& what, const fs::path& path, int error) {
  return refuse(ErrorCode::Unavailable,
                "Cannot " + what + " " + path.string() + ": " + std::strerror(error) + ".");
}

}  // namespace

Result<DataFolder> DataFolder::open(const fs::path& path) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).parent_path();
  fs::create_directories(parent, error);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return cannot("create the data folder", path, errno);
  }
  if (!fs::is_directory(path, error)) {
    return refuse(ErrorCode::BadRequest, path.string() + " is not a folder.");
  }
  const fs::path file = path / "lock";
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return cannot("write to the data folder", path, errno);
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(lock);
    if (why == EWOULDBLOCK) {
      return refuse(ErrorCode::Conflict,
                    "Another scheduler is running on the data folder " + path.string() + ".");
    }
    return cannot("lock the data folder", path, why);
  }
  return DataFolder(path, lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

Result<void> quick_check(const fs::path& database) {
  try {
    Database connection(database, Database::Access::Read);
    Statement check = connection.prepare("PRAGMA quick_check(1)");
    if (check.step() && check.text(0) != "ok") {
      return refuse(ErrorCode::Internal, "The database " + database.string() + " is damaged: " +
                                             std::string(check.text(0)) + ". Restore a backup.");
    }
    return {};
  } catch (const SqlError& error) {
    return refuse(ErrorCode::Internal,
                  "The database " + database.string() + " cannot be read: " + error.message + ".");
  }
}

}  // namespace dray::store
