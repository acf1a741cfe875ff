#include "agent/supervisor/trash.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

/// An ordinary process that holds nothing of the supervisor's: an inherited lock or socket would
/// outlive a killed supervisor and hide its death.
void become_remover(pid_t supervisor) {
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) {
    ::_exit(1);
  }
  ::setpriority(PRIO_PROCESS, 0, 10);
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY);
  if (score >= 0) {
    (void)!::write(score, "0", 1);
    ::close(score);
  }
}

using OpenFolder = std::unique_ptr<DIR, int (*)(DIR*)>;

OpenFolder open_folder(int parent, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int file = ::openat(parent, name, kFlags);
  if (file < 0 && errno == EACCES) {
    // Its owner shut it, and we are no more than its owner.
    (void)!::fchmodat(parent, name, S_IRWXU, 0);
    file = ::openat(parent, name, kFlags);
  }
  return {file < 0 ? nullptr : ::fdopendir(file), ::closedir};
}

bool is_taken_name(int error) {
  return error == ENOTEMPTY || error == EEXIST || error == ENOTDIR;
}

/// Calls `take` with the name of every entry.
template <class Take>
void each_entry(DIR* folder, Take take) {
  while (const dirent* entry = ::readdir(folder)) {
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
      take(entry->d_name);
    }
  }
}

/// Empties the trash with two open folders, however deep the trees are: what lies in a folder of
/// the trash is removed, and its full folders become folders of the trash themselves.
class Remover {
 public:
  explicit Remover(DIR* trash) : trash_(trash), top_(::dirfd(trash)) {}

  void remove_all() {
    do {
      has_removed_ = false;
      ::rewinddir(trash_);
      each_entry(trash_, [this](const char* name) { remove(name); });
    } while (has_removed_);
  }

 private:
  bool is_gone(int parent, const char* name) {
    const bool is_gone =
        ::unlinkat(parent, name, 0) == 0 || ::unlinkat(parent, name, AT_REMOVEDIR) == 0;
    has_removed_ = has_removed_ || is_gone;
    return is_gone;
  }

  void remove(const char* name) {
    if (is_gone(top_, name)) {
      return;
    }
    const OpenFolder folder = open_folder(top_, name);
    if (!folder) {
      return;
    }
    const int inside = ::dirfd(folder.get());
    each_entry(folder.get(), [this, inside](const char* entry) {
      if (!is_gone(inside, entry) && !lift(inside, entry) && errno == EACCES) {
        (void)!::fchmodat(inside, entry, S_IRWXU, 0);
        lift(inside, entry);
      }
    });
    is_gone(top_, name);
  }

  /// Under a name that an earlier remover has not left there.
  bool lift(int parent, const char* name) {
    bool is_lifted = false;
    do {
      const std::string lifted = "lifted-" + std::to_string(++lifted_);
      is_lifted = ::renameat(parent, name, top_, lifted.c_str()) == 0;
    } while (!is_lifted && is_taken_name(errno));
    has_removed_ = has_removed_ || is_lifted;
    return is_lifted;
  }

  DIR* trash_;
  int top_;
  bool has_removed_ = false;
  std::uint64_t lifted_ = 0;
};

}  // namespace

void Trash::take(const std::string& path) {
  const std::string name = path.substr(path.rfind('/'));
  const auto move_aside = [&] {
    return ::rename(path.c_str(), (folder_ + name + "-" + std::to_string(++taken_)).c_str()) == 0;
  };
  if (!move_aside() && errno == EACCES) {
    (void)!::chmod(path.c_str(),
                   S_IRWXU);  // Whoever moves a folder must be allowed to write into it.
    move_aside();
  }
}

void Trash::empty() {
  has_more_ = true;
  if (remover_ >= 0) {
    return;
  }
  const pid_t supervisor = ::getpid();
  const pid_t child = ::fork();
  if (child > 0) {
    remover_ = child;
    has_more_ = false;
  }
  if (child != 0) {
    return;  // No process to be had: with the next folder, then.
  }
  become_remover(supervisor);
  if (const OpenFolder trash = open_folder(AT_FDCWD, folder_.c_str())) {
    Remover(trash.get()).remove_all();
  }
  ::_exit(0);
}

void Trash::reaped(pid_t child) {
  if (child == remover_) {
    remover_ = -1;
    if (has_more_) {
      empty();
    }
  }
}

}  // namespace dray::supervisor
