#include "cli/processes.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/session.h"

namespace dray::cli {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(20);

void pause_briefly() {
  poll(nullptr, 0,
       static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(kLook).count()));
}

/// When the process began; nothing when there is none, or a zombie only.
std::optional<std::uint64_t> began_at(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  fields >> state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) {
    fields >> skipped;
  }
  std::uint64_t began = 0;
  if (!(fields >> began) || state == "Z" || state == "X") {
    return std::nullopt;
  }
  return began;
}

/// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(const std::string& path, char* const* argv, int log, int report) {
  setsid();
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  execv(path.c_str(), argv);
  const int why = errno;
  [[maybe_unused]] const ssize_t written = write(report, &why, sizeof why);
  _exit(127);
}

Result<pid_t> spawn(const Program& program) {
  Result<std::string> path = program_path(program.name);
  if (!path) {
    return tl::unexpected(path.error());
  }
  const int log = open(program.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  std::array<int, 2> report{};
  if (log < 0 || pipe2(report.data(), O_CLOEXEC) != 0) {
    return refuse(ErrorCode::Unavailable,
                  "cannot write " + program.log_file + ": " + std::strerror(errno));
  }
  std::vector<std::string> words = {*path};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    become(*path, argv.data(), log, report[1]);
  }
  close(log);
  close(report[1]);
  int why = pid < 0 ? errno : 0;
  const bool has_failed = pid < 0 || read(report[0], &why, sizeof why) == sizeof why;
  close(report[0]);
  if (has_failed) {
    return refuse(ErrorCode::Unavailable, "cannot start " + *path + ": " + std::strerror(why));
  }
  return pid;
}

std::uint64_t size_of(const std::string& path) {
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  return ignored ? 0 : size;
}

/// Lines that were written to the log from `offset` on; the last may be without an end.
std::vector<std::string> lines_from(const std::string& path, std::uint64_t offset) {
  std::ifstream file(path);
  file.seekg(static_cast<std::streamoff>(offset));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(line);
  }
  return lines;
}

std::string last_words(const std::string& path, std::uint64_t offset) {
  const std::vector<std::string> lines = lines_from(path, offset);
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (!line->empty()) {
      return *line;
    }
  }
  return "it wrote nothing to " + path;
}

std::optional<std::string> ready_line(const std::string& path, std::uint64_t offset) {
  for (std::string& line : lines_from(path, offset)) {
    if (line.starts_with("ready")) {
      return std::move(line);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> program_path(const std::string& name) {
  std::error_code error;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path path = own.parent_path() / name;
  if (error || access(path.c_str(), X_OK) != 0) {
    return refuse(ErrorCode::NotFound,
                  name + " is not beside " + own.string() + "; build or install it there");
  }
  return path.string();
}

Result<Started> start_program(const Program& program, Duration patience) {
  const std::uint64_t offset = size_of(program.log_file);
  const Result<pid_t> pid = spawn(program);
  if (!pid) {
    return tl::unexpected(pid.error());
  }
  const Instant began = now();
  while (now() - began < patience) {
    if (std::optional<std::string> line = ready_line(program.log_file, offset)) {
      const ProcessId process{*pid, began_at(*pid).value_or(0)};
      std::ofstream(program.pid_file) << process.pid << " " << process.began << "\n";
      return Started{process, std::move(*line)};
    }
    if (waitpid(*pid, nullptr, WNOHANG) == *pid) {
      return refuse(ErrorCode::Unavailable,
                    program.name + " did not start: " + last_words(program.log_file, offset));
    }
    pause_briefly();
  }
  kill(*pid, SIGTERM);
  return refuse(ErrorCode::Unavailable,
                program.name + " was not ready in time; see " + program.log_file);
}

Result<int> finish_program(const Program& program, Duration patience) {
  const Result<pid_t> pid = spawn(program);
  if (!pid) {
    return tl::unexpected(pid.error());
  }
  const Instant began = now();
  int status = 0;
  while (waitpid(*pid, &status, WNOHANG) == 0) {
    if (now() - began >= patience) {
      kill(*pid, SIGTERM);
      return refuse(ErrorCode::Unavailable,
                    program.name + " did not end in time; see " + program.log_file);
    }
    pause_briefly();
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<ProcessId> living(const std::string& pid_file) {
  std::ifstream file(pid_file);
  ProcessId process;
  if (!(file >> process.pid >> process.began) || process.pid <= 0 || !is_alive(process)) {
    return std::nullopt;
  }
  return process;
}

bool is_alive(const ProcessId& process) {
  // One of our own children stays a zombie until it is asked for.
  waitpid(process.pid, nullptr, WNOHANG);
  const std::optional<std::uint64_t> began = began_at(process.pid);
  return began && *began == process.began;
}

bool end_process(const ProcessId& process, const std::string& pid_file, Duration patience) {
  if (is_alive(process)) {
    kill(process.pid, SIGTERM);
  }
  const Instant began = now();
  while (is_alive(process)) {
    if (now() - began >= patience) {
      return false;
    }
    pause_briefly();
  }
  std::error_code ignored;
  std::filesystem::remove(pid_file, ignored);
  return true;
}

}  // namespace dray::cli
