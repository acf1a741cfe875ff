#include "agent/supervisor/scratch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

constexpr std::size_t kSpareFoldersMax = 64;

bool is_empty(int file) {
  DIR* folder = ::fdopendir(file);
  if (folder == nullptr) {
    ::close(file);
    return false;
  }
  int entries = 0;
  while (entries <= 2 && ::readdir(folder) != nullptr) {
    ++entries;  // Itself and its parent.
  }
  ::closedir(folder);
  return entries == 2;
}

/// Whose folder it is, when it is as `open` made it: empty, closed to others, without access lists.
bool read_untouched(const std::string& path, struct stat& found) {
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    return false;
  }
  const bool is_as_made = ::fstat(file, &found) == 0 && found.st_mode == (S_IFDIR | S_IRWXU) &&
                          ::flistxattr(file, nullptr, 0) <= 0;
  if (!is_as_made) {
    ::close(file);
    return false;
  }
  return is_empty(file);
}

}  // namespace

Scratch::~Scratch() {
  for (const Spare& spare : spare_) {
    ::rmdir(spare.path.c_str());
  }
}

bool Scratch::reuse(const std::string& path, uid_t user, gid_t group) {
  const auto fits = [&](const Spare& spare) { return spare.user == user && spare.group == group; };
  const auto at = std::find_if(spare_.rbegin(), spare_.rend(), fits);
  if (at == spare_.rend()) {
    return false;
  }
  const std::string from = std::move(at->path);
  spare_.erase(std::next(at).base());
  return ::rename(from.c_str(), path.c_str()) == 0;
}

Result<void> Scratch::open(const AttemptKey& key, uid_t user, gid_t group) {
  const std::string path = folders_.scratch(key);
  const auto refused = [&path] {
    return refuse(ErrorCode::Unavailable,
                  "ResourceInitializationError: " + path + ": " + std::strerror(errno));
  };
  // An attempt of the same name was here, in another life of the database.
  std::erase_if(spare_, [&path](const Spare& spare) { return spare.path == path; });
  if (reuse(path, user, group)) {
    return {};
  }
  if (::mkdir(path.c_str(), S_IRWXU) != 0) {
    if (errno != EEXIST) {
      return refused();
    }
    trash_.take(path);
    if (::mkdir(path.c_str(), S_IRWXU) != 0) {
      return refused();
    }
    trash_.empty();
  }
  if (::geteuid() == 0 && ::lchown(path.c_str(), user, group) != 0) {
    return refused();
  }
  return {};
}

Result<void> Scratch::open_volumes(const AttemptKey& key, const std::vector<std::string>& folders) {
  const std::string home = folders_.volumes(key);
  trash_.take(home);  // An attempt of the same name was here, in another life of the database.
  has_volumes_.insert(key);  // Also of those that cannot all be made.
  std::vector<std::pair<std::string, mode_t>> all{{home, S_IRWXU}};
  for (const std::string& folder : folders) {
    constexpr mode_t kForAll = 01777;
    all.emplace_back(folder, kForAll);
  }
  for (const auto& [path, mode] : all) {
    const bool is_made = ::mkdir(path.c_str(), mode) == 0 || (errno == EEXIST && path != home);
    if (!is_made || ::chmod(path.c_str(), mode) != 0) {
      return refuse(ErrorCode::Unavailable,
                    "ResourceInitializationError: " + path + ": " + std::strerror(errno));
    }
  }
  return {};
}

void Scratch::close(const AttemptKey& key) {
  std::string path = folders_.scratch(key);
  struct stat found {};
  if (spare_.size() < kSpareFoldersMax && read_untouched(path, found)) {
    spare_.push_back({std::move(path), found.st_uid, found.st_gid});
  } else if (::rmdir(path.c_str()) != 0 && errno != ENOENT) {
    trash_.take(path);
    trash_.empty();
  }
  if (has_volumes_.erase(key) > 0) {
    trash_.take(folders_.volumes(key));
    trash_.empty();
  }
}

}  // namespace dray::supervisor
