#pragma once
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "tests/support/temporary_folder.h"

namespace dray::test {

struct ProgramEnd {
  int code = -1;  ///< Or 128 + signal.
  std::string out;
  std::string err;
};

/// A program as a process of its own, without a terminal. Ends with this object, by force if need
/// be.
class ProgramRun {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  /// `words` begins with the program's path; `environment` is added to ours.
  ProgramRun(std::vector<std::string> words, const Environment& environment);
  ProgramRun(const ProgramRun&) = delete;
  ProgramRun& operator=(const ProgramRun&) = delete;
  ~ProgramRun();

  void send(int signal) const;
  /// What it has written to stderr so far.
  [[nodiscard]] std::string err() const;
  /// Waits until stderr holds `text`; false when the program ends or 20 s pass before.
  bool wait_for_err(const std::string& text);
  /// Waits for its end, at most 30 s; then it is killed and the code is 137.
  ProgramEnd end();

 private:
  bool has_ended();
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool is_reaped_ = false;
};

}  // namespace dray::test
