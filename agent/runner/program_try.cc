#include "agent/runner/program_try.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dray {
namespace {

constexpr std::size_t kSaidMax = 64 * 1024;

pid_t start(const std::vector<std::string>& command, int output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  pid_t child = -1;
  const int failed = ::posix_spawn(&child, words[0], &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? child : -1;
}

/// Until the program ends or the time does; false when it was the time.
bool listen(int input, pid_t child, int seconds, std::string& said, int& status) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::array<char, 4096> bytes{};
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd wait{input, POLLIN, 0};
    constexpr int kLookMs = 20;  // A grandchild may hold the pipe: its end says nothing.
    if (::poll(&wait, 1, kLookMs) > 0) {
      const ssize_t length = ::read(input, bytes.data(), bytes.size());
      if (length > 0 && said.size() < kSaidMax) {
        said.append(bytes.data(), static_cast<std::size_t>(length));
      }
      if (length == 0) {
        return ::waitpid(child, &status, 0) == child;
      }
    } else if (::waitpid(child, &status, WNOHANG) == child) {
      return true;
    }
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return false;
}

}  // namespace

ProgramTry try_program(const std::vector<std::string>& command, int seconds) {
  std::array<int, 2> pipe{-1, -1};
  ProgramTry result;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return result;
  }
  const pid_t child = start(command, pipe[1]);
  ::close(pipe[1]);
  int status = -1;
  if (child > 0) {
    result.has_succeeded = listen(pipe[0], child, seconds, result.said, status) && status == 0;
  }
  ::close(pipe[0]);
  return result;
}

std::string find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream in(path != nullptr ? path : "/usr/sbin:/usr/bin:/sbin:/bin");
  for (std::string folder; std::getline(in, folder, ':');) {
    const std::string file = folder + "/" + name;
    if (!folder.empty() && folder.front() == '/' && ::access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return "";
}

}  // namespace dray
