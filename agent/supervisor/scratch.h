#pragma once
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/supervisor/folders.h"
#include "agent/supervisor/trash.h"
#include "model/error.h"
#include "model/ids.h"

namespace dray::supervisor {

/// The working folders of attempts. One that its attempt left as it was is renamed for another of
/// the same user: ext4 looks past every inode that was freed in the last minutes before it takes
/// one, so that a folder made and removed for each attempt costs more than a program.
class Scratch {
 public:
  /// Both must outlive it.
  Scratch(const Folders& folders, Trash& trash) : folders_(folders), trash_(trash) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  /// Removes the spare ones.
  ~Scratch();

  /// An empty folder for `user` alone. Refused when the disk or the kernel refuses.
  Result<void> open(const AttemptKey& key, uid_t user, gid_t group);
  /// Folders that the containers of a pod share, each for every user, in one that is closed to all:
  /// engines are root, and what they mount must not be a job's to replace by a link.
  Result<void> open_volumes(const AttemptKey& key, const std::vector<std::string>& folders);
  /// Nothing of the attempt lives any more: its folder goes, with what is in it.
  void close(const AttemptKey& key);

 private:
  struct Spare {
    std::string path;
    uid_t user;
    gid_t group;
  };
  bool reuse(const std::string& path, uid_t user, gid_t group);

  const Folders& folders_;
  Trash& trash_;
  std::set<AttemptKey> has_volumes_;
  std::vector<Spare> spare_;  ///< At most kSpareFoldersMax.
};

}  // namespace dray::supervisor
