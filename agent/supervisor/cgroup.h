#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/supervisor/cgroup_layout.h"
#include "agent/supervisor/containment.h"

namespace dray::supervisor {

/// One attempt's folders in every tree of the layout, by the same name. Made once, used by many
/// attempts after each other: making and removing four v1 folders costs more than starting a
/// program.
class Cgroup : public Group {
 public:
  /// Creates the folders. Refused when the kernel refuses.
  static Result<std::unique_ptr<Cgroup>> create(const CgroupLayout& layout, std::string name,
                                                std::int64_t processes_max);
  ~Cgroup() override;

  /// Sets what changes from attempt to attempt, and where its accounts begin.
  Result<void> prepare(const GroupLimits& limits, bool is_cpu_limit_hard);
  /// Whether the next attempt would not notice the last one: no memory still charged, and no kill
  /// (after cgroup.kill Linux 6.18 lets nobody be born there).
  [[nodiscard]] bool is_as_new();
  /// Removes the folders, with those that jobs and engines made in them.
  void remove();

  /// A v2 group that hands controllers down to containers holds no processes: then the leaf's.
  [[nodiscard]] const Entrances& entrances() const override {
    const bool hands_down = (layout_.memory && layout_.memory->is_v2) ||
                            (layout_.cpu && layout_.cpu->is_v2) ||
                            (layout_.pids && layout_.pids->is_v2);
    return has_engine() && hands_down ? engine_entrances_ : entrances_;
  }
  [[nodiscard]] const Entrances& engine_entrances() const override { return engine_entrances_; }
  [[nodiscard]] std::string engine_path() const override;
  [[nodiscard]] bool has_engine() const { return !engine_entrances_.is_empty(); }
  void entered_by(pid_t) override {}
  void left_by_main(pid_t) override {}
  [[nodiscard]] bool is_empty() override;
  void kill() override;
  [[nodiscard]] Usage usage() override;
  [[nodiscard]] bool had_memory_kill() override;

 private:
  Cgroup(const CgroupLayout& layout, std::string name) : layout_(layout), name_(std::move(name)) {}
  [[nodiscard]] std::string in(const CgroupHome& home, const char* file) const;
  static Result<void> open_entrance(const std::string& folder, Entrances& entrances);
  Result<void> open_files();
  Result<void> make_room_for_engine();
  [[nodiscard]] const CgroupHome& killing_home() const {
    return layout_.unified ? *layout_.unified : *layout_.freezer;
  }
  void kill_each(const CgroupHome& home);
  Result<void> open_watch();
  [[nodiscard]] std::int64_t cpu_us();
  [[nodiscard]] std::int64_t memory_kills();
  Result<void> limit_memory(std::int64_t mib);
  Result<void> limit_cpu(std::int64_t milli_vcpus, bool is_hard);

  const CgroupLayout& layout_;
  std::string name_;
  Entrances entrances_;
  Entrances engine_entrances_;  ///< Of a leaf in the tree that kills.
  int populated_ =
      -1;  ///< cgroup.events, or cgroup.procs of v1; kept open, read after every attempt.
  int cpu_stat_ = -1;      ///< cpu.stat of the v2 tree.
  int memory_peak_ = -1;   ///< memory.max_usage_in_bytes or memory.peak.
  int memory_kills_ = -1;  ///< memory.oom_control or memory.events.
  int memory_alarm_ = -1;  ///< v1: counts the times the group, or one below it, met its limit.
  Resources limits_;       ///< As written last.
  std::int64_t cpu_us_before_ = 0;
  std::int64_t kills_before_ = 0;
  bool was_killed_ = false;
};

/// Control groups: v1, v2, or both beside each other.
class CgroupContainment : public Containment {
 public:
  CgroupContainment(CgroupLayout layout, ContainmentOptions options);
  ~CgroupContainment() override;
  [[nodiscard]] std::string name() const override;
  [[nodiscard]] std::vector<std::string> shortcomings() const override;
  Result<std::unique_ptr<Group>> create(const GroupLimits& limits) override;
  void take_back(std::unique_ptr<Group> group) override;
  bool clear_leftovers(const std::vector<std::string>& marks, int seconds) override;

 private:
  CgroupLayout layout_;
  ContainmentOptions options_;
  std::vector<std::unique_ptr<Cgroup>> spare_;  ///< At most kSpareMax.
  std::uint64_t made_ = 0;
};

}  // namespace dray::supervisor
