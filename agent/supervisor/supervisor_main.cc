#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"
#include "agent/supervisor/engine_watch.h"
#include "agent/supervisor/spawn.h"
#include "agent/supervisor/supervisor.h"
#include "agent/supervisor/trash.h"

// dray-supervisor: the parent of all attempts of one agent (D5). Started by dray-agent, not by
// people; small, because everything it starts is a copy of it for a moment.
namespace dray::supervisor {
namespace {

struct Options {
  std::string data;
  std::string name;
  std::uint64_t log_bytes_max = kLogBytesMax;
  std::chrono::seconds idle{60};
  bool is_cpu_limit_hard = false;
  std::vector<std::string> clear_command;  ///< Removes containers of earlier supervisors.
  bool is_contained_by_sub_reaper = false;
};

/// Nothing when the words cannot be understood.
bool parse(int count, char** words, Options& options) {
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word == "--cpu-limit-hard") {
      options.is_cpu_limit_hard = true;
    } else if (word == "--sub-reaper") {
      options.is_contained_by_sub_reaper = true;
    } else if (at + 1 < count && word == "--clear") {
      options.clear_command.emplace_back(words[++at]);
    } else if (at + 1 < count && word == "--data-dir") {
      options.data = words[++at];
    } else if (at + 1 < count && word == "--name") {
      options.name = words[++at];
    } else if (at + 1 < count && word == "--idle-seconds") {
      options.idle = std::chrono::seconds(std::strtoul(words[++at], nullptr, 10));
    } else if (at + 1 < count && word == "--log-bytes-max") {
      options.log_bytes_max = std::strtoull(words[++at], nullptr, 10);
    } else {
      return false;
    }
  }
  return !options.data.empty() && !options.name.empty();
}

/// Signals of a terminal or of a service manager that stops the agent are not for us: attempts
/// outlive agents. SIGKILL ends us, and the attempts with us. What our own parent ignored is not
/// handed down to jobs.
void take_signals() {
  for (int number = 1; number < NSIG; ++number) {
    ::signal(number, SIG_DFL);
  }
  for (const int number : kIgnoredSignals) {
    ::signal(number, SIG_IGN);
  }
}

void become_supervisor() {
  take_signals();
  (void)!::chdir("/");  // Holds no file system but that of its folder.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_DUMPABLE, 0);
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score >= 0) {
    (void)!::write(score, "-999", 4);  // Needs a right that containers may not have.
    ::close(score);
  }
}

/// An attempt needs a dozen descriptors. Returns the limits as they were, which jobs get.
rlimit open_many_files() {
  rlimit before{};
  if (::getrlimit(RLIMIT_NOFILE, &before) == 0) {
    const rlimit all{before.rlim_max, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &all);
  }
  return before;
}

/// Scratch folders of dead attempts go the way of those of ended ones.
void sweep(const Folders& folders, Trash& trash) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folders.scratches(), failed)) {
    trash.take(entry.path().string());
  }
  if (!std::filesystem::is_empty(folders.trash(), failed)) {
    trash.empty();
  }
}

/// Names the control groups: two agents of one name on this machine, with a data folder each, must
/// not take each other's attempts for leftovers; nor must one whose folder was removed and made
/// anew. FNV-1a of the folder's real path and inode.
std::string group_name(const Options& options, const Folders& folders) {
  std::error_code failed;
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  struct stat found {};
  ::stat(folders.data().c_str(), &found);
  const std::string path = std::filesystem::canonical(folders.data(), failed).string();
  for (const char c : path + ":" + std::to_string(found.st_ino)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return options.name + "-" + std::string(text, 8);
}

int fail(const std::string& reason) {
  std::fprintf(stderr, "dray-supervisor: %s\n", reason.c_str());
  return 1;
}

int run(const Options& options) {
  const Folders folders(options.data);
  if (auto made = folders.create(); !made) {
    return fail(made.error().reason);
  }
  auto lock = FolderLock::inherit(folders.supervisor_lock());
  if (!lock) {
    return fail(lock.error().reason);
  }
  become_supervisor();
  const rlimit files_of_jobs = open_many_files();
  const auto containment =
      options.is_contained_by_sub_reaper
          ? make_sub_reaper()
          : choose_containment({.agent_name = group_name(options, folders),
                                .is_cpu_limit_hard = options.is_cpu_limit_hard});
  auto journal = Journal::open(folders.journal(), read_boot_id(), read_clock());
  if (!journal) {
    return fail(journal.error().reason);
  }
  // Before anything new: what an earlier supervisor held is dead, or we are not its heir.
  std::vector<std::string> marks;
  for (const SeenAttempt& seen : journal->found().seen) {
    marks.push_back(mark_of(seen.token));
  }
  constexpr int kSeconds = 120;
  if (!containment->clear_leftovers(marks, kSeconds)) {
    return fail("processes of an earlier supervisor cannot be killed");
  }
  if (!options.clear_command.empty()) {
    constexpr int kTries = 3;
    ::waitpid(run_until_done(options.clear_command, kTries), nullptr, 0);
  }
  Trash trash(folders.trash());
  sweep(folders, trash);
  boost::asio::io_context io(1);
  Supervisor supervisor(io, folders, *containment, *journal, trash,
                        {options.name, options.log_bytes_max, files_of_jobs, options.idle});
  if (auto started = supervisor.start(); !started) {
    return fail(started.error().reason);
  }
  io.run();
  return 0;
}

}  // namespace
}  // namespace dray::supervisor

int main(int count, char** words) {
  dray::supervisor::Options options;
  if (!dray::supervisor::parse(count, words, options)) {
    std::fprintf(stderr,
                 "usage: dray-supervisor --data-dir DIR --name NAME [--cpu-limit-hard] "
                 "[--sub-reaper] [--log-bytes-max N] [--idle-seconds N] [--clear WORD]...\n");
    return 2;
  }
  return dray::supervisor::run(options);
}
