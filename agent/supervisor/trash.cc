#include "agent/supervisor/trash.h"

#include <filesystem>

#include <unistd.h>

namespace dray::supervisor {

void remove_in_child(const std::string& folder) {
  const pid_t child = ::fork();
  if (child != 0) {
    return;
  }
  // libstdc++ 12 removes by openat and unlinkat and follows no link. A folder that its owner shut
  // is opened first, and everything is tried once more.
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (failed) {
    using std::filesystem::perms;
    for (std::filesystem::recursive_directory_iterator at(
             folder, std::filesystem::directory_options::skip_permission_denied, failed);
         at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
      std::error_code ignored;
      if (at->symlink_status(ignored).type() == std::filesystem::file_type::directory) {
        std::filesystem::permissions(at->path(), perms::owner_all, ignored);
      }
    }
    std::filesystem::remove_all(folder, failed);
  }
  ::_exit(failed ? 1 : 0);
}

}  // namespace dray::supervisor
