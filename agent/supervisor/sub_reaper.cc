#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <utility>

#include <unistd.h>

#include "agent/supervisor/containment.h"

// Without any right to control groups: orphans come to the supervisor (PR_SET_CHILD_SUBREAPER), and
// an attempt's processes are known by a variable that all of them inherit. Whoever clears its own
// environment and its parents escapes; hence the loud sentences.
namespace dray::supervisor {
namespace {

using Marks = std::set<std::string>;

bool has_mark(pid_t process, const Marks& marks) {
  std::ifstream in("/proc/" + std::to_string(process) + "/environ", std::ios::binary);
  for (std::string variable; std::getline(in, variable, '\0');) {
    if (marks.contains(variable)) {
      return true;
    }
  }
  return false;
}

/// The parent of a process; 0 when it is gone or a zombie.
pid_t parent_of(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(in, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) {
    return 0;
  }
  std::istringstream rest(line.substr(name_end + 1));
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return state == 'Z' || state == 'X' ? 0 : parent;
}

/// `mains`, those with a mark, and the children of all these.
std::set<pid_t> find_members(const std::set<pid_t>& mains, const Marks& marks) {
  std::set<pid_t> found;
  std::vector<std::pair<pid_t, pid_t>> others;  // Process and parent.
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
    const std::string name = entry.path().filename();
    if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) {
      continue;
    }
    const auto process = static_cast<pid_t>(std::stol(name));
    const pid_t parent = parent_of(process);
    if (parent != 0 && (mains.contains(process) || has_mark(process, marks))) {
      found.insert(process);
    } else if (parent != 0) {
      others.emplace_back(process, parent);
    }
  }
  for (bool has_grown = !found.empty(); has_grown;) {
    const auto is_child = [&found](const auto& other) { return found.contains(other.second); };
    const auto children = std::partition(others.begin(), others.end(), std::not_fn(is_child));
    has_grown = children != others.end();
    std::for_each(children, others.end(), [&](const auto& child) { found.insert(child.first); });
    others.erase(children, others.end());
  }
  return found;
}

void kill_all(const std::set<pid_t>& processes) {
  for (const pid_t process : processes) {
    ::kill(process, SIGKILL);
  }
}

class MarkedGroup : public Group {
 public:
  explicit MarkedGroup(std::string mark) : marks_{std::move(mark)} {}
  [[nodiscard]] const Entrances& entrances() const override { return entrances_; }
  [[nodiscard]] const Entrances& engine_entrances() const override { return entrances_; }
  [[nodiscard]] std::string engine_path() const override { return ""; }
  void entered_by(pid_t main) override { mains_.insert(main); }
  void left_by_main(pid_t main) override { mains_.erase(main); }
  /// Two looks: a process has no environment while it executes another program.
  [[nodiscard]] bool is_empty() override {
    return find_members(mains_, marks_).empty() && find_members(mains_, marks_).empty();
  }
  void kill() override { kill_all(find_members(mains_, marks_)); }
  [[nodiscard]] Usage usage() override { return {}; }
  [[nodiscard]] bool had_memory_kill() override { return false; }

 private:
  Marks marks_;
  std::set<pid_t> mains_;  ///< A pod has several.
  Entrances entrances_;
};

class SubReaper : public Containment {
 public:
  [[nodiscard]] std::string name() const override { return "sub-reaper"; }
  [[nodiscard]] std::vector<std::string> shortcomings() const override {
    return {
        "No control groups may be used here: memory, vCPUs and the number of processes are NOT "
        "limited.",
        "Processes of a job that clear their environment and leave their parents may outlive "
        "it."};
  }
  Result<std::unique_ptr<Group>> create(const GroupLimits& limits) override {
    return std::make_unique<MarkedGroup>(limits.mark);
  }
  void take_back(std::unique_ptr<Group>) override {}
  bool clear_leftovers(const std::vector<std::string>& marks, int seconds) override {
    const Marks all(marks.begin(), marks.end());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    for (;;) {
      const std::set<pid_t> left = find_members({}, all);
      if (left.empty() || std::chrono::steady_clock::now() >= deadline) {
        return left.empty();
      }
      kill_all(left);
      ::usleep(2000);  // The first thing of a supervisor's life: there is nothing else to do.
    }
  }
};

}  // namespace

std::string mark_of(const AttemptToken& token) {
  std::array<char, 33> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx%016llx",
                static_cast<unsigned long long>(token.high),
                static_cast<unsigned long long>(token.low));
  return std::string("DRAY_ATTEMPT_TOKEN=") + digits.data();
}

std::unique_ptr<Containment> make_sub_reaper() {
  return std::make_unique<SubReaper>();
}

}  // namespace dray::supervisor
