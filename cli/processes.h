#pragma once
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "api/client/failure.h"
#include "model/error.h"
#include "model/instant.h"

/// The programs that `dray up` starts: each in a session of its own, so that they outlive it, with
/// their output in a file and their pid in another.
namespace dray::cli {

struct Program {
  std::string name;  ///< "dray-scheduler"; looked for beside the running `dray`.
  std::vector<std::string> arguments;
  std::string pid_file;
  std::string log_file;  ///< Both streams, appended.
};

/// A process by its pid and when it began, so that a pid that was used again is not taken for it.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t began = 0;  ///< Clock ticks since boot, /proc/PID/stat.
};

/// A program that is ready.
struct Started {
  ProcessId process;
  std::string ready_line;  ///< "ready http=127.0.0.1:8470 agents=127.0.0.1:8471".
};

/// The path of a program beside this one; NotFound with a sentence when there is none.
Result<std::string> program_path(const std::string& name);
/// Starts it and waits until a line in its log begins with "ready". Otherwise the reason, with the
/// last line it wrote.
Result<Started> start_program(const Program& program, Duration patience);
/// Runs it to its end with the same log; its exit code.
Result<int> finish_program(const Program& program, Duration patience);
/// What the pid file names, if that still lives.
std::optional<ProcessId> living(const std::string& pid_file);
bool is_alive(const ProcessId& process);
/// SIGTERM, and waits for the end; false when it goes on after `patience`. Removes the pid file.
bool end_process(const ProcessId& process, const std::string& pid_file, Duration patience);

}  // namespace dray::cli
