#include "agent/supervisor/cgroup_layout.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

struct Mount {
  std::string path;
  std::string kind;
  std::vector<std::string> options;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

std::vector<Mount> cgroup_mounts() {
  std::vector<Mount> mounts;
  std::ifstream in("/proc/self/mounts");
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() >= 4 && (words[2] == "cgroup" || words[2] == "cgroup2")) {
      mounts.push_back({words[1], words[2], split(words[3], ',')});
    }
  }
  return mounts;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<CgroupHome> make_home(const std::string& parent, const std::string& agent_name,
                                    bool is_v2) {
  const std::string path = parent + "/dray-" + agent_name;
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
    return std::nullopt;
  }
  if (::access((path + "/cgroup.procs").c_str(), W_OK) != 0) {
    return std::nullopt;
  }
  return CgroupHome{path, is_v2};
}

/// Our own group in the v2 tree, as a path below the mount.
std::string own_v2_path() {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("0::", 0) == 0) {
      return line.substr(3) == "/" ? "" : line.substr(3);
    }
  }
  return "";
}

/// Hands `controller` down to the children of `folder`. A v2 group with processes of its own may
/// not: then this process moves into a leaf beside its attempts and tries once more.
bool hand_down(const std::string& folder, const std::string& controller) {
  const std::string file = folder + "/cgroup.subtree_control";
  if (write_control(file, "+" + controller)) {
    return true;
  }
  const std::string leaf = folder + "/dray-supervisor";
  if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST) {
    return false;
  }
  return write_control(leaf + "/cgroup.procs", "0") && write_control(file, "+" + controller);
}

/// A v2 tree that carries controllers: use those that can be handed down to our groups.
void use_v2_controllers(CgroupLayout& layout, const std::string& parent) {
  const std::string offered = read_control(parent + "/cgroup.controllers");
  std::vector<std::string> words = split(offered.substr(0, offered.find('\n')), ' ');
  const auto use = [&](const std::string& name, std::optional<CgroupHome>& home) {
    if (!home && has(words, name) && hand_down(parent, name) &&
        write_control(layout.unified->path + "/cgroup.subtree_control", "+" + name)) {
      home = layout.unified;
    }
  };
  use("memory", layout.memory);
  use("cpu", layout.cpu);
  use("pids", layout.pids);
}

}  // namespace

bool write_control(const std::string& path, std::string_view value) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return false;
  }
  const ssize_t written = ::write(file, value.data(), value.size());
  ::close(file);
  return written == static_cast<ssize_t>(value.size());
}

std::string read_control(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

std::vector<std::string> CgroupLayout::homes() const {
  std::vector<std::string> homes;
  for (const auto& home : {unified, memory, cpu, pids, freezer}) {
    if (home && !has(homes, home->path)) {
      homes.push_back(home->path);
    }
  }
  return homes;
}

std::vector<std::string> CgroupLayout::homes_and_sides() const {
  std::vector<std::string> all = homes();
  all.insert(all.end(), side_homes.begin(), side_homes.end());
  return all;
}

std::vector<std::string> folders_below(const std::string& folder) {
  std::vector<std::string> folders;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator at(folder, failed);
  for (; !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
    if (at->is_directory(failed)) {
      folders.push_back(at->path().string());
    }
  }
  std::sort(folders.begin(), folders.end(), std::greater<>());
  return folders;
}

CgroupLayout lay_out_cgroups(const std::string& agent_name) {
  CgroupLayout layout;
  const std::vector<Mount> mounts = cgroup_mounts();
  for (const Mount& mount : mounts) {
    if (mount.kind == "cgroup") {
      const auto use = [&](const char* controller, std::optional<CgroupHome>& home) {
        if (!home && has(mount.options, controller)) {
          home = make_home(mount.path, agent_name, false);
        }
      };
      use("memory", layout.memory);
      use("cpu", layout.cpu);
      use("pids", layout.pids);
      use("freezer", layout.freezer);
    }
  }
  for (const Mount& mount : mounts) {
    if (mount.kind == "cgroup2" && !layout.unified) {
      const std::string parent = mount.path + own_v2_path();
      layout.unified = make_home(parent, agent_name, true);
      if (layout.unified) {
        use_v2_controllers(layout, parent);
        layout.has_kill_file = ::access((layout.unified->path + "/cgroup.kill").c_str(), W_OK) == 0;
      }
    }
  }
  if (layout.unified && layout.freezer) {
    ::rmdir(layout.freezer->path.c_str());
    layout.freezer.reset();
  }
  for (const Mount& mount : mounts) {
    const std::string home = mount.path + "/dray-" + agent_name;
    if (mount.kind == "cgroup" && !has(layout.homes(), home)) {
      layout.side_homes.push_back(home);
    }
  }
  return layout;
}

}  // namespace dray::supervisor
