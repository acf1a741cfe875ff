#pragma once
#include <memory>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/resources.h"

namespace dray::supervisor {

/// How a first process comes into a group. The descriptors are the group's, for as long as it
/// lives.
struct Entrances {
  /// It writes "0" into each, of one thread still, before it executes.
  std::vector<int> files;
  /// A folder of a v2 tree, or -1: it is born there, where the kernel does that (Linux 5.7).
  int birthplace = -1;
  /// The cgroup.procs of that folder, for other kernels. To move a process of a quiet machine by it
  /// waits for a grace period of RCU: 5 to 15 ms, where birth costs nothing.
  int birthplace_file = -1;
  [[nodiscard]] bool is_empty() const { return files.empty() && birthplace < 0; }
};

/// What holds all processes of one attempt together (D6). Made before they start.
class Group {
 public:
  virtual ~Group() = default;
  [[nodiscard]] virtual const Entrances& entrances() const = 0;
  /// The same for a container engine: it is held and killed with its container, and not limited.
  /// Empty when containers cannot be held together here.
  [[nodiscard]] virtual const Entrances& engine_entrances() const = 0;
  /// The group as container engines name it: below the root of every tree.
  [[nodiscard]] virtual std::string engine_path() const = 0;
  /// The first process of a program, once it runs.
  virtual void entered_by(pid_t main) = 0;
  /// It was reaped: its number may become another's.
  virtual void left_by_main(pid_t main) = 0;
  /// True when no process is left in it.
  [[nodiscard]] virtual bool is_empty() = 0;
  /// One round of killing everything in it; to be repeated until it is empty.
  virtual void kill() = 0;
  /// What its processes used, as far as the group can tell; zeros otherwise.
  [[nodiscard]] virtual Usage usage() = 0;
  /// The kernel killed in it for its memory limit.
  [[nodiscard]] virtual bool had_memory_kill() = 0;
};

/// What an attempt may use, and how to recognise its processes.
struct GroupLimits {
  Resources request;
  std::string mark;         ///< A NAME=value that is in the environment of each of its processes.
  bool has_engine = false;  ///< A container engine will make groups of its own below this one.
};

std::string mark_of(const AttemptToken& token);

/// How attempts are held together on this machine.
class Containment {
 public:
  virtual ~Containment() = default;
  /// For people: "cgroup v1 + v2".
  [[nodiscard]] virtual std::string name() const = 0;
  /// What cannot be enforced here, as sentences.
  [[nodiscard]] virtual std::vector<std::string> shortcomings() const = 0;
  virtual Result<std::unique_ptr<Group>> create(const GroupLimits& limits) = 0;
  /// Takes an empty group back: removes it, or keeps it for another attempt.
  virtual void take_back(std::unique_ptr<Group> group) = 0;
  /// Kills everything that earlier supervisors of this agent left, until nothing is left of it, and
  /// removes its groups. `marks` are those of attempts whose end was not recorded. False when
  /// something cannot be killed within `seconds`.
  virtual bool clear_leftovers(const std::vector<std::string>& marks, int seconds) = 0;
};

struct ContainmentOptions {
  std::string agent_name;          ///< Of this agent and of no other on this machine.
  bool is_cpu_limit_hard = false;  ///< vCPUs are a cap (quota), not only a weight.
  std::int64_t processes_max = 4096;
};

/// The best this machine allows: control groups, else a sub-reaper that cannot enforce limits.
std::unique_ptr<Containment> choose_containment(const ContainmentOptions& options);
std::unique_ptr<Containment> make_sub_reaper();

}  // namespace dray::supervisor
