#include <cctype>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <unistd.h>

#include "agent/supervisor/containment.h"

// Without any right to control groups: orphans come to the supervisor (PR_SET_CHILD_SUBREAPER), and
// an attempt's processes are known by a variable that all of them inherit. Whoever clears its own
// environment and its parents escapes; hence the loud sentences.
namespace dray::supervisor {
namespace {

bool has_mark(pid_t process, const std::string& mark) {
  std::ifstream in("/proc/" + std::to_string(process) + "/environ", std::ios::binary);
  for (std::string variable; std::getline(in, variable, '\0');) {
    if (variable == mark) {
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

class MarkedGroup : public Group {
 public:
  explicit MarkedGroup(std::string mark) : mark_(std::move(mark)) {}
  [[nodiscard]] const std::vector<int>& entrances() const override { return entrances_; }
  void entered_by(pid_t main) override { main_ = main; }
  [[nodiscard]] bool is_empty() override { return members().empty(); }
  void kill() override {
    for (const pid_t process : members()) {
      ::kill(process, SIGKILL);
    }
  }
  [[nodiscard]] Usage usage() override { return {}; }
  [[nodiscard]] bool had_memory_kill() override { return false; }

 private:
  /// Those with the mark, and the children of members.
  [[nodiscard]] std::set<pid_t> members() const {
    std::set<pid_t> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", failed)) {
      const std::string name = entry.path().filename();
      if (std::isdigit(static_cast<unsigned char>(name[0])) == 0) {
        continue;
      }
      const auto process = static_cast<pid_t>(std::stol(name));
      const pid_t parent = parent_of(process);
      if (parent != 0 && (process == main_ || found.contains(parent) || has_mark(process, mark_))) {
        found.insert(process);
      }
    }
    return found;
  }

  std::string mark_;
  pid_t main_ = -1;
  std::vector<int> entrances_;
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
  bool clear_leftovers(int) override { return true; }
};

}  // namespace

std::unique_ptr<Containment> make_sub_reaper() {
  return std::make_unique<SubReaper>();
}

}  // namespace dray::supervisor
