#pragma once
#include <cstdint>
#include <string>

#include <sys/types.h>

namespace dray::supervisor {

/// Folders that jobs filled, on their way out. They are removed by one child process at a time, so
/// that nobody waits for it: without following links, however deep they are, and with nothing of
/// the supervisor's open. The child dies with the supervisor; the next one goes on.
class Trash {
 public:
  /// `folder` exists and is closed to everybody else.
  explicit Trash(std::string folder) : folder_(std::move(folder)) {}

  /// Moves a folder here, from the same file system. It may be gone already.
  void take(const std::string& path);
  /// Begins to remove what lies here, unless that is under way.
  void empty();
  /// A child was reaped, perhaps ours.
  void reaped(pid_t child);

 private:
  std::string folder_;
  pid_t remover_ = -1;
  bool has_more_ = false;    ///< Came while the remover was at work.
  std::uint64_t taken_ = 0;  ///< Makes names of folders here unique.
};

}  // namespace dray::supervisor
