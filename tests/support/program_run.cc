#include "tests/support/program_run.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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

ProgramRun::ProgramRun(std::vector<std::string> words, const Environment& environment) {
  const std::string out = folder_.path() / "out";
  const std::string err = folder_.path() / "err";
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
    for (const auto& [name, value] : environment) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    execv(argv.front(), argv.data());
    _exit(127);
  }
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
