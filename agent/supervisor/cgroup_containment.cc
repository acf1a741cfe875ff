#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <sstream>
#include <utility>

#include <unistd.h>

#include "agent/supervisor/cgroup.h"

namespace dray::supervisor {
namespace {

/// As many as attempts end and begin on one machine at a time; more are removed.
constexpr std::size_t kSpareGroupsMax = 64;

/// Kills what is in a folder; false when nothing was there.
bool kill_in(const std::string& folder) {
  const std::string processes = read_control(folder + "/cgroup.procs");
  if (processes.empty()) {
    return false;
  }
  if (write_control(folder + "/cgroup.kill", "1")) {
    return true;
  }
  const bool is_frozen = write_control(folder + "/freezer.state", "FROZEN");
  std::istringstream in(processes);
  for (pid_t process = 0; in >> process;) {
    ::kill(process, SIGKILL);
  }
  if (is_frozen) {
    write_control(folder + "/freezer.state", "THAWED");
  }
  return true;
}

}  // namespace

CgroupContainment::CgroupContainment(CgroupLayout layout, ContainmentOptions options)
    : layout_(std::move(layout)), options_(std::move(options)) {}

CgroupContainment::~CgroupContainment() {
  for (const auto& group : spare_) {
    group->remove();
  }
  for (const std::string& home : layout_.homes_and_sides()) {
    ::rmdir(home.c_str());
  }
}

std::string CgroupContainment::name() const {
  const bool has_v1 = (layout_.memory && !layout_.memory->is_v2) || layout_.freezer;
  if (layout_.unified && has_v1) {
    return "cgroup v1 + v2";
  }
  return layout_.unified ? "cgroup v2" : "cgroup v1";
}

std::vector<std::string> CgroupContainment::shortcomings() const {
  std::vector<std::string> sentences;
  if (!layout_.memory) {
    sentences.emplace_back("memory is not limited: no memory control group may be used here.");
  }
  if (!layout_.cpu) {
    sentences.emplace_back("vCPUs are not enforced: no cpu control group may be used here.");
  }
  if (!layout_.pids) {
    sentences.emplace_back(
        "the number of processes is not limited: no pids control group may be used here.");
  }
  return sentences;
}

Result<std::unique_ptr<Group>> CgroupContainment::create(const GroupLimits& limits) {
  std::unique_ptr<Cgroup> group;
  if (!spare_.empty()) {
    group = std::move(spare_.back());
    spare_.pop_back();
  } else {
    made_ += 1;
    auto made = Cgroup::create(layout_, "slot-" + std::to_string(made_), options_.processes_max);
    if (!made) {
      return tl::unexpected<Error>(made.error());
    }
    group = std::move(*made);
  }
  if (auto prepared = group->prepare(limits, options_.is_cpu_limit_hard); !prepared) {
    group->remove();
    return tl::unexpected<Error>(prepared.error());
  }
  return group;
}

void CgroupContainment::take_back(std::unique_ptr<Group> group) {
  std::unique_ptr<Cgroup> mine(static_cast<Cgroup*>(group.release()));
  if (spare_.size() < kSpareGroupsMax && !mine->has_engine() && mine->is_as_new()) {
    spare_.push_back(std::move(mine));
  } else {
    mine->remove();
  }
}

/// Groups are known by name, whatever is in them.
bool CgroupContainment::clear_leftovers(const std::vector<std::string>&, int seconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    bool is_clear = true;
    for (const std::string& home : layout_.homes_and_sides()) {
      for (const std::string& folder : folders_below(home)) {
        // Removal is itself the proof that nothing is left in it.
        if (kill_in(folder) || (::rmdir(folder.c_str()) != 0 && errno == EBUSY)) {
          is_clear = false;
        }
      }
    }
    if (is_clear || std::chrono::steady_clock::now() >= deadline) {
      return is_clear;
    }
    ::usleep(2000);  // The first thing of a supervisor's life: there is nothing else to do.
  }
}

std::unique_ptr<Containment> choose_containment(const ContainmentOptions& options) {
  CgroupLayout layout = lay_out_cgroups(options.agent_name);
  if (!layout.can_contain()) {
    return make_sub_reaper();
  }
  return std::make_unique<CgroupContainment>(std::move(layout), options);
}

}  // namespace dray::supervisor
