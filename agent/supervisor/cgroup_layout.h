#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dray::supervisor {

/// Where one controller's groups of this agent live, and which version it speaks.
struct CgroupHome {
  std::string path;  ///< ".../dray-NAME", exists.
  bool is_v2 = false;
};

/// What this machine offers, with `dray-NAME` created in each tree. On a hybrid machine the
/// controllers are v1 and a v2 tree without controllers stands beside them: it kills and tells when
/// a group is empty, and counts CPU time.
struct CgroupLayout {
  std::optional<CgroupHome> unified;  ///< cgroup.events, cgroup.kill, cpu.stat.
  std::optional<CgroupHome> memory;
  std::optional<CgroupHome> cpu;
  std::optional<CgroupHome> pids;
  std::optional<CgroupHome> freezer;  ///< v1, only looked for when there is no v2 tree.
  /// In v1 trees that we do not use, but container engines do: they make our folders there.
  std::vector<std::string> side_homes;
  bool has_kill_file = false;  ///< cgroup.kill, Linux 5.14.

  /// Whether attempts can be held together at all.
  [[nodiscard]] bool can_contain() const { return unified || freezer; }
  /// Every folder once.
  [[nodiscard]] std::vector<std::string> homes() const;
  /// And those of engines, which may be missing.
  [[nodiscard]] std::vector<std::string> homes_and_sides() const;
};

/// Looks, and creates the agent's folder in every tree it may use.
CgroupLayout lay_out_cgroups(const std::string& agent_name);

/// Folders below `folder`, deepest first.
std::vector<std::string> folders_below(const std::string& folder);

/// Writes a control file; false when the kernel refuses.
bool write_control(const std::string& path, std::string_view value);
/// Reads a control file; empty when it is not there.
std::string read_control(const std::string& path);

}  // namespace dray::supervisor
