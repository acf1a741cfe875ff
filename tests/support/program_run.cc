#include "tests/support/program_run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/check.h"

namespace dray::test {
namespace {

using Clock = std::chrono::steady_clock;

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void breathe() {
  poll(nullptr, 0, 5);
}

}  // namespace

/// Spawned and not forked: the child of a program with threads may not allocate, nor set variables.
ProgramRun::ProgramRun(std::vector<std::string> words, const Environment& environment) {
  const std::string out = folder_.path() / "out";
  const std::string err = folder_.path() / "err";
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(name + "=" + value);
  }
  std::vector<char*> envp;
  for (std::string& variable : variables) {
    envp.push_back(variable.data());
  }
  for (char** ours = environ; *ours != nullptr; ++ours) {
    const std::string_view variable(*ours);
    const auto is_given = [&](const auto& given) {
      return variable.starts_with(given.first + "=");
    };
    if (std::none_of(environment.begin(), environment.end(), is_given)) {
      envp.push_back(*ours);
    }
  }
  envp.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  const int refused = posix_spawn(&pid_, argv.front(), &files, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&files);
  CHECK(refused == 0);
}

ProgramRun::~ProgramRun() {
  if (!has_ended()) {
    send(SIGKILL);
    waitpid(pid_, &status_, 0);
  }
}

bool ProgramRun::has_ended() {
  is_reaped_ = is_reaped_ || waitpid(pid_, &status_, WNOHANG) == pid_;
  return is_reaped_;
}

void ProgramRun::send(int signal) const {
  kill(pid_, signal);
}

std::string ProgramRun::err() const {
  return read_file(folder_.path() / "err");
}

bool ProgramRun::wait_for_err(const std::string& text) {
  const Clock::time_point limit = Clock::now() + std::chrono::seconds(20);
  while (err().find(text) == std::string::npos) {
    if (has_ended() || Clock::now() > limit) {
      return err().find(text) != std::string::npos;
    }
    breathe();
  }
  return true;
}

ProgramEnd ProgramRun::end() {
  const Clock::time_point limit = Clock::now() + std::chrono::seconds(30);
  while (!has_ended()) {
    if (Clock::now() > limit) {
      send(SIGKILL);
    }
    breathe();
  }
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, read_file(folder_.path() / "out"), err()};
}

}  // namespace dray::test
