#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dray {

/// A named place where the process ends as if by kill -9, for tests: DRAY_CRASHPOINT=NAME:N ends it
/// when the place NAME (before_commit, after_commit) is passed for the N-th time.
class CrashPoint {
 public:
  /// From the environment; never crashes when the variable is not set.
  static CrashPoint from_environment();
  /// `text` as in the variable; what it does not understand never crashes.
  explicit CrashPoint(std::string_view text);
  /// Does not return when it is time: _exit(137).
  void pass(std::string_view name);

 private:
  std::string name_;
  std::uint64_t left_ = 0;
};

}  // namespace dray
