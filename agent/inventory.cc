#include "agent/inventory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray {
namespace {

constexpr std::int64_t kMib = 1024 * 1024;

std::optional<std::int64_t> read_number(const std::string& path) {
  std::ifstream in(path);
  std::int64_t number = 0;
  if (in >> number) {
    return number;
  }
  return std::nullopt;
}

/// Our own group in the tree of `controller` (v1), or in the v2 tree (empty controller).
std::string own_group(const std::string& controller) {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string number;
    std::string names;
    std::string path;
    std::getline(fields, number, ':');
    std::getline(fields, names, ':');
    std::getline(fields, path);
    if (names == controller) {
      return path == "/" ? "" : path;
    }
  }
  return "";
}

std::int64_t memory_bytes() {
  std::int64_t bytes =
      std::int64_t{::sysconf(_SC_PHYS_PAGES)} * std::int64_t{::sysconf(_SC_PAGE_SIZE)};
  for (const std::string& file :
       {"/sys/fs/cgroup" + own_group("") + "/memory.max",
        "/sys/fs/cgroup/memory" + own_group("memory") + "/memory.limit_in_bytes"}) {
    bytes = std::min(bytes, read_number(file).value_or(bytes));
  }
  return bytes;
}

std::int64_t milli_cores() {
  cpu_set_t mine;
  CPU_ZERO(&mine);
  std::int64_t cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (::sched_getaffinity(0, sizeof(mine), &mine) == 0) {
    cores = CPU_COUNT(&mine);
  }
  std::int64_t milli = cores * 1000;
  std::ifstream v2("/sys/fs/cgroup" + own_group("") + "/cpu.max");
  std::int64_t quota = 0;
  std::int64_t period = 0;
  if (v2 >> quota >> period && quota > 0 && period > 0) {
    milli = std::min(milli, quota * 1000 / period);
  }
  const std::string v1 = "/sys/fs/cgroup/cpu" + own_group("cpu") + "/cpu.cfs_";
  quota = read_number(v1 + "quota_us").value_or(0);
  period = read_number(v1 + "period_us").value_or(0);
  if (quota > 0 && period > 0) {
    milli = std::min(milli, quota * 1000 / period);
  }
  return std::max<std::int64_t>(milli, 1000);
}

}  // namespace

Resources take_inventory() {
  const std::int64_t mib = memory_bytes() / kMib;
  // A tenth, at least 256 MiB and at most 4 GiB, for the system, the agent and page cache.
  const std::int64_t reserve = std::min(mib / 2, std::clamp<std::int64_t>(mib / 10, 256, 4096));
  return {.milli_vcpus = milli_cores(), .memory_mib = mib - reserve};
}

std::string impassable_folder(const std::string& path, unsigned user) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    struct stat found {};
    if (::stat(folder.c_str(), &found) == 0 && user != 0 && (found.st_mode & S_IXOTH) == 0 &&
        found.st_uid != user) {
      return folder;
    }
    if (slash == std::string::npos) {
      return "";
    }
  }
}

}  // namespace dray
