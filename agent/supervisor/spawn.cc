#include "agent/supervisor/spawn.h"

#include <cerrno>
#include <csignal>

#include <boost/process/v2/posix/default_launcher.hpp>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/vfork_into.h"

// A launcher and an initializer for Boost.Process v2. Its own launchers do not serve a supervisor:
// default_launcher forks, which copies page tables and costs twice a spawn; vfork_launcher tells
// the context in the child that it forked, which closes the parent's epoll (seen: "assign: Invalid
// argument"); both leave a failed exec through `exit`, which flushes the parent's buffers a second
// time; and both wait by a pidfd each, where a sub-reaper must reap orphans as well, in one place.
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

  [[nodiscard]] int birthplace() const { return place_.entrances.birthplace; }
  void be_born_in_place(bool is_it) { is_born_in_place_ = is_it; }

  template <class Launcher>
  process::error_code on_exec_setup(Launcher&, const process::filesystem::path&,
                                    const char* const*&) {
    // The parent's memory is shared until exec: nothing here may write to it but by its own hand.
    if (enter_groups() && take_streams() && be_ordinary() && become_user() && die_with_parent()) {
      return {};
    }
    return {errno, process::system_category()};
  }

 private:
  [[nodiscard]] bool enter_groups() const {
    for (const int file : place_.entrances.files) {
      if (::write(file, "0", 1) != 1) {
        return false;
      }
    }
    return is_born_in_place_ || place_.entrances.birthplace < 0 ||
           ::write(place_.entrances.birthplace_file, "0", 1) == 1;
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
    for (const int number : kIgnoredSignals) {
      ::signal(number, SIG_DFL);
    }
    ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::setrlimit(RLIMIT_NOFILE, &place_.files);
    const int score = ::open("/proc/self/oom_score_adj", O_WRONLY);
    if (score >= 0) {
      (void)!::write(score, "0", 1);
      ::close(score);
    }
    return ::chdir(place_.folder.c_str()) == 0;
  }

  [[nodiscard]] bool become_user() const {
    if (::geteuid() == 0) {
      // Not the library's functions: they would change all threads, which are the parent's.
      if (::syscall(SYS_setgroups, 0, nullptr) != 0 || ::syscall(SYS_setgid, plan_.group) != 0 ||
          ::syscall(SYS_setuid, plan_.user) != 0) {
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
  bool is_born_in_place_ = false;
  std::vector<const char*> arguments_;
  std::vector<const char*> environment_;
};

/// vfork and exec: the parent waits until the child has executed or given up. All signals are held
/// back meanwhile, so that no handler of the parent runs in the child.
class VforkLauncher : public process::posix::default_launcher {
 public:
  VforkLauncher(const process::filesystem::path& program, Preparation& preparation)
      : program_(program), preparation_(preparation) {
    process::posix::detail::on_setup(*this, program_, arguments_, preparation_);
  }

  Spawned launch() {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = start_child();
    const int fork_failed = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (child < 0) {
      return {.pid = -1, .error = fork_failed};
    }
    if (failed_ != 0) {
      ::waitpid(child, nullptr, 0);
      return {.pid = -1, .error = failed_};
    }
    return {.pid = child, .error = 0};
  }

 private:
  pid_t start_child() {
    const auto run = [](void* launcher) { static_cast<VforkLauncher*>(launcher)->be_child(); };
    if (preparation_.birthplace() >= 0) {
      preparation_.be_born_in_place(true);
      const pid_t child = vfork_into(preparation_.birthplace(), run, this);
      if (child >= 0 && has_begun_) {
        return child;
      }
      if (child >= 0) {
        ::waitpid(child, nullptr, 0);
      }
      preparation_.be_born_in_place(false);
    }
    const pid_t child = ::vfork();
    if (child == 0) {
      run(this);
    }
    return child;
  }

  void be_child() {
    has_begun_ = true;
    const auto refused =
        process::posix::detail::on_exec_setup(*this, program_, arguments_, preparation_);
    if (!refused) {
      sigset_t none;
      ::sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      ::execve(program_.c_str(), const_cast<char* const*>(arguments_),
               const_cast<char* const*>(env));
    }
    failed_ = errno;
    ::_exit(127);
  }

  const process::filesystem::path& program_;
  Preparation& preparation_;
  const char* const* arguments_ = nullptr;
  // Written by the child: the memory is one.
  volatile int failed_ = 0;
  /// Linux 6.18 kills who is born where cgroup.kill was ever written, before its first instruction.
  volatile bool has_begun_ = false;
};

}  // namespace

Spawned spawn(const LaunchPlan& plan, const SpawnPlace& place) {
  Preparation preparation(plan, place);
  const process::filesystem::path program(plan.program);
  return VforkLauncher(program, preparation).launch();
}

}  // namespace dray::supervisor
