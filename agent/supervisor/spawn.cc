#include "agent/supervisor/spawn.h"

#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// Boost.Process v2 forks, closes descriptors, executes and reports errno; everything else the child
// does is our initializer's. Two things of it are not used: its handle (pidfd), because a
// sub-reaper must reap orphans as well and waits for all of them in one place; and its way out when
// exec fails
// (`exit`, which would flush the parent's buffers a second time), because on_exec_error leaves
// first.
namespace dray::supervisor {
namespace {

namespace process = boost::process::v2;

/// What happens between fork and exec. In the child only async-signal-safe calls are allowed:
/// everything is prepared here, before the fork.
class Preparation {
 public:
  Preparation(const LaunchPlan& plan, const SpawnPlace& place)
      : plan_(plan), place_(place), parent_(::getpid()) {
    for (const std::string& argument : plan.arguments) {
      arguments_.push_back(argument.c_str());
    }
    arguments_.push_back(nullptr);
    for (const std::string& variable : plan.environment) {
      environment_.push_back(variable.c_str());
    }
    environment_.push_back(nullptr);
  }

  template <class Launcher>
  process::error_code on_setup(Launcher& launcher, const process::filesystem::path&,
                               const char* const*& arguments) {
    arguments = arguments_.data();  // argv[0] as the user wrote it.
    launcher.env = environment_.data();
    return {};
  }

  template <class Launcher>
  process::error_code on_exec_setup(Launcher&, const process::filesystem::path&,
                                    const char* const*&) {
    if (enter_groups() && take_streams() && be_ordinary() && become_user() && die_with_parent()) {
      return {};
    }
    return {errno, process::system_category()};
  }

  template <class Launcher>
  void on_exec_error(Launcher&, const process::filesystem::path&, const char* const*&,
                     const process::error_code&) {
    ::_exit(127);
  }

 private:
  [[nodiscard]] bool enter_groups() const {
    for (const int file : place_.group_files) {
      if (::write(file, "0", 1) != 1) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool take_streams() const {
    const int nothing = ::open("/dev/null", O_RDONLY);
    return nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
           ::dup2(place_.output, STDOUT_FILENO) >= 0 && ::dup2(place_.error, STDERR_FILENO) >= 0;
  }

  /// Undoes what a child inherits from a supervisor that it should not.
  [[nodiscard]] bool be_ordinary() const {
    ::setsid();
    ::umask(022);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
      ::signal(number, SIG_DFL);  // A supervisor ignores them.
    }
    // Boost's own closing leaves gaps at 1.81.
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const int score = ::open("/proc/self/oom_score_adj", O_WRONLY);
    if (score >= 0) {
      (void)!::write(score, "0", 1);
      ::close(score);
    }
    return ::chdir(place_.folder.c_str()) == 0;
  }

  [[nodiscard]] bool become_user() const {
    if (::geteuid() == 0) {
      if (::setgroups(0, nullptr) != 0 || ::setgid(plan_.group) != 0 || ::setuid(plan_.user) != 0) {
        return false;
      }
    }
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  }

  /// After the change of user, which would clear the signal (guarantees: killed supervisor).
  [[nodiscard]] bool die_with_parent() const {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
      return false;
    }
    if (::getppid() != parent_) {
      ::_exit(127);
    }
    return true;
  }

  const LaunchPlan& plan_;
  const SpawnPlace& place_;
  pid_t parent_;
  std::vector<const char*> arguments_;
  std::vector<const char*> environment_;
};

}  // namespace

Spawned spawn(const LaunchPlan& plan, const SpawnPlace& place) {
  // A context of its own: in the child Asio re-registers every descriptor of the context it forks
  // with, and the supervisor's has two pipes an attempt.
  boost::asio::io_context context(1);
  process::error_code failed;
  process::posix::default_launcher launcher;
  auto started = launcher(context.get_executor(), failed, process::filesystem::path(plan.program),
                          std::vector<std::string>{}, Preparation(plan, place));
  if (failed) {
    return {.pid = -1, .error = failed.value()};
  }
  return {.pid = started.detach().id(), .error = 0};
}

}  // namespace dray::supervisor
