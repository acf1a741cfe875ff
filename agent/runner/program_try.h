#pragma once
#include <string>
#include <vector>

namespace dray {

/// What a program said and how it ended.
struct ProgramTry {
  bool has_succeeded = false;
  std::string said;  ///< Both streams, at most 64 KiB.
};

/// Runs a program to its end and listens, for at most `seconds`; then it is killed.
ProgramTry try_program(const std::vector<std::string>& command, int seconds);

/// The file that a name means in the agent's own PATH; empty when there is none.
std::string find_in_path(const std::string& name);

}  // namespace dray
