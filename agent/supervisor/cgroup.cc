#include "agent/supervisor/cgroup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dray::supervisor {
namespace {

constexpr std::int64_t kMib = 1024 * 1024;
/// Memory that may stay charged to a group that is used again.
constexpr std::int64_t kResidueMax = 2 * kMib;

/// A small control file that is kept open.
std::string read_again(int file) {
  std::array<char, 1024> bytes{};
  const ssize_t length = file < 0 ? -1 : ::pread(file, bytes.data(), bytes.size(), 0);
  return length <= 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(length));
}

/// The number behind `key` in "key number" lines; with an empty key, the first number.
std::int64_t number_in(const std::string& text, std::string_view key) {
  std::size_t at = 0;
  while (!key.empty() && at < text.size() &&
         (text.compare(at, key.size(), key) != 0 || text[at + key.size()] != ' ')) {
    at = text.find('\n', at);
    at = at == std::string::npos ? text.size() : at + 1;
  }
  at += key.empty() ? 0 : key.size() + 1;
  std::int64_t number = 0;
  if (at < text.size()) {
    std::from_chars(text.data() + at, text.data() + text.size(), number);
  }
  return number;
}

Error kernel_said(const std::string& path) {
  return {ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
}

}  // namespace

std::string Cgroup::in(const CgroupHome& home, const char* file) const {
  return home.path + "/" + name_ + "/" + file;
}

Result<std::unique_ptr<Cgroup>> Cgroup::create(const CgroupLayout& layout, std::string name,
                                               std::int64_t processes_max) {
  std::unique_ptr<Cgroup> group(new Cgroup(layout, std::move(name)));
  for (const std::string& home : layout.homes()) {
    const std::string path = home + "/" + group->name_;
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
      return tl::unexpected<Error>(kernel_said(path));
    }
  }
  if (layout.pids) {
    write_control(group->in(*layout.pids, "pids.max"), std::to_string(processes_max));
  }
  if (auto opened = group->open_files(); !opened) {
    group->remove();
    return tl::unexpected<Error>(opened.error());
  }
  return group;
}

Result<void> Cgroup::open_entrance(const std::string& folder, Entrances& entrances) {
  // A v1 `tasks` file moves the one thread that enters, without the lock that `cgroup.procs` takes
  // for whole processes: 3 us instead of 40.
  const bool is_v1 = ::access((folder + "/tasks").c_str(), F_OK) == 0;
  const std::string path = folder + (is_v1 ? "/tasks" : "/cgroup.procs");
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return tl::unexpected<Error>(kernel_said(path));
  }
  if (is_v1) {
    entrances.files.push_back(file);
    return {};
  }
  entrances.birthplace_file = file;
  entrances.birthplace = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (entrances.birthplace < 0) {
    return tl::unexpected<Error>(kernel_said(folder));
  }
  return {};
}

Result<void> Cgroup::open_files() {
  for (const std::string& home : layout_.homes()) {
    if (auto opened = open_entrance(home + "/" + name_, entrances_); !opened) {
      return opened;
    }
  }
  if (auto opened = open_watch(); !opened) {
    return opened;
  }
  const auto open_in = [this](const std::optional<CgroupHome>& home, const char* file) {
    return home ? ::open(in(*home, file).c_str(), O_RDONLY | O_CLOEXEC) : -1;
  };
  cpu_stat_ = open_in(layout_.unified, "cpu.stat");
  if (layout_.memory) {
    const bool is_v2 = layout_.memory->is_v2;
    memory_peak_ = open_in(layout_.memory, is_v2 ? "memory.peak" : "memory.max_usage_in_bytes");
    memory_kills_ = open_in(layout_.memory, is_v2 ? "memory.events" : "memory.oom_control");
    if (memory_kills_ < 0) {
      return tl::unexpected<Error>(kernel_said(in(*layout_.memory, "")));
    }
  }
  return {};
}

/// What tells that nothing is left: without it, an attempt would end with its processes alive.
Result<void> Cgroup::open_watch() {
  const std::string path = layout_.unified ? in(*layout_.unified, "cgroup.events")
                                           : in(*layout_.freezer, "cgroup.procs");
  populated_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (populated_ < 0) {
    return tl::unexpected<Error>(kernel_said(path));
  }
  return {};
}

Cgroup::~Cgroup() {
  std::vector<int> files{populated_, cpu_stat_, memory_peak_, memory_kills_, memory_alarm_};
  for (const Entrances* entrances : {&entrances_, &engine_entrances_}) {
    files.insert(files.end(), entrances->files.begin(), entrances->files.end());
    files.insert(files.end(), {entrances->birthplace, entrances->birthplace_file});
  }
  for (const int file : files) {
    if (file >= 0) {
      ::close(file);
    }
  }
}

Result<void> Cgroup::limit_memory(std::int64_t mib) {
  if (!layout_.memory || mib == limits_.memory_mib) {
    return {};
  }
  const std::string bytes = std::to_string(mib * kMib);
  const bool is_v2 = layout_.memory->is_v2;
  const std::string limit = in(*layout_.memory, is_v2 ? "memory.max" : "memory.limit_in_bytes");
  // No swap beyond the limit, where the kernel counts swap. v1 refuses a memory limit above that of
  // memory and swap together, and one of both below that of memory: raise in one order, lower in
  // the other.
  const std::string swap = in(*layout_.memory, "memory.memsw.limit_in_bytes");
  const bool is_raised = !is_v2 && mib > limits_.memory_mib && write_control(swap, bytes);
  if (!write_control(limit, bytes)) {
    return tl::unexpected<Error>(kernel_said(limit));
  }
  if (is_v2) {  // And the whole group dies together.
    write_control(in(*layout_.memory, "memory.swap.max"), "0");
    write_control(in(*layout_.memory, "memory.oom.group"), "1");
  } else if (!is_raised && !write_control(swap, bytes)) {
    write_control(in(*layout_.memory, "memory.swappiness"), "0");
  }
  return {};
}

Result<void> Cgroup::limit_cpu(std::int64_t milli_vcpus, bool is_hard) {
  if (!layout_.cpu || milli_vcpus == limits_.milli_vcpus) {
    return {};
  }
  constexpr std::int64_t kPeriodUs = 100'000;
  const std::int64_t quota_us = std::max<std::int64_t>(1000, milli_vcpus * kPeriodUs / 1000);
  if (layout_.cpu->is_v2) {
    const std::int64_t weight = std::clamp<std::int64_t>(milli_vcpus / 10, 1, 10'000);
    write_control(in(*layout_.cpu, "cpu.weight"), std::to_string(weight));
    if (is_hard) {
      write_control(in(*layout_.cpu, "cpu.max"),
                    std::to_string(quota_us) + " " + std::to_string(kPeriodUs));
    }
    return {};
  }
  const std::int64_t shares = std::clamp<std::int64_t>(milli_vcpus * 1024 / 1000, 2, 262'144);
  write_control(in(*layout_.cpu, "cpu.shares"), std::to_string(shares));
  if (is_hard) {
    write_control(in(*layout_.cpu, "cpu.cfs_quota_us"), std::to_string(quota_us));
  }
  return {};
}

Result<void> Cgroup::prepare(const GroupLimits& limits, bool is_cpu_limit_hard) {
  if (auto limited = limit_memory(limits.request.memory_mib); !limited) {
    return limited;
  }
  if (auto limited = limit_cpu(limits.request.milli_vcpus, is_cpu_limit_hard); !limited) {
    return limited;
  }
  limits_ = limits.request;
  if (limits.has_engine) {
    if (auto made = make_room_for_engine(); !made) {
      return made;
    }
  }
  if (layout_.memory && !layout_.memory->is_v2) {
    write_control(in(*layout_.memory, "memory.max_usage_in_bytes"), "0");
  }
  cpu_us_before_ = cpu_us();
  kills_before_ = memory_kills();
  return {};
}

/// The engine sits in a leaf of the tree that kills: below the attempt, as its containers' groups
/// are (a v2 group that hands controllers down holds no processes), and outside its limits.
Result<void> Cgroup::make_room_for_engine() {
  const std::string leaf = killing_home().path + "/" + name_ + "/engine";
  if (::mkdir(leaf.c_str(), 0755) != 0 && errno != EEXIST) {
    return tl::unexpected<Error>(kernel_said(leaf));
  }
  if (auto opened = open_entrance(leaf, engine_entrances_); !opened) {
    return opened;
  }
  if (layout_.memory && !layout_.memory->is_v2) {
    // v1 counts a kill only in the victim's own group, which is gone with its container. Who is
    // over a limit is told to that group: to ours.
    memory_alarm_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    write_control(in(*layout_.memory, "cgroup.event_control"),
                  std::to_string(memory_alarm_) + " " + std::to_string(memory_kills_));
  }
  return {};
}

std::string Cgroup::engine_path() const {
  const std::string& home = killing_home().path;
  return home.substr(home.rfind('/')) + "/" + name_;
}

bool Cgroup::is_as_new() {
  if (was_killed_ || !is_empty() || had_memory_kill()) {
    return false;
  }
  if (!layout_.memory) {
    return true;
  }
  if (layout_.memory->is_v2) {
    return false;  // memory.peak cannot be set back on all kernels; making a v2 group is cheap.
  }
  const std::string used = read_control(in(*layout_.memory, "memory.usage_in_bytes"));
  return number_in(used, "") <= kResidueMax;
}

bool Cgroup::is_empty() {
  const std::string text = read_again(populated_);
  if (layout_.unified) {
    return number_in(text, "populated") == 0;
  }
  if (!has_engine()) {
    return text.empty();
  }
  std::vector<std::string> folders = folders_below(layout_.freezer->path + "/" + name_);
  return text.empty() && std::all_of(folders.begin(), folders.end(), [](const std::string& folder) {
           return read_control(folder + "/cgroup.procs").empty();
         });
}

/// D6: one write where the kernel can; else nothing forks while each is killed.
void Cgroup::kill() {
  was_killed_ = true;
  if (layout_.has_kill_file) {
    write_control(in(*layout_.unified, "cgroup.kill"), "1");
    return;
  }
  if (layout_.unified) {
    write_control(in(*layout_.unified, "cgroup.freeze"), "1");
    kill_each(*layout_.unified);
    write_control(in(*layout_.unified, "cgroup.freeze"), "0");
    return;
  }
  write_control(in(*layout_.freezer, "freezer.state"), "FROZEN");
  kill_each(*layout_.freezer);
  write_control(in(*layout_.freezer, "freezer.state"), "THAWED");
}

void Cgroup::kill_each(const CgroupHome& home) {
  const std::string top = home.path + "/" + name_;
  std::vector<std::string> folders = folders_below(top);
  folders.push_back(top);
  for (const std::string& folder : folders) {
    std::istringstream processes(read_control(folder + "/cgroup.procs"));
    for (pid_t process = 0; processes >> process;) {
      ::kill(process, SIGKILL);
    }
  }
}

std::int64_t Cgroup::cpu_us() {
  return number_in(read_again(cpu_stat_), "usage_usec");
}

std::int64_t Cgroup::memory_kills() {
  return number_in(read_again(memory_kills_), "oom_kill");
}

Usage Cgroup::usage() {
  return {.cpu_ms = (cpu_us() - cpu_us_before_ + 500) / 1000,
          .memory_peak_kib = number_in(read_again(memory_peak_), "") / 1024};
}

bool Cgroup::had_memory_kill() {
  std::uint64_t alarms = 0;
  const bool is_alarmed = memory_alarm_ >= 0 &&
                          ::read(memory_alarm_, &alarms, sizeof alarms) == sizeof alarms &&
                          alarms > 0;
  return is_alarmed || memory_kills() > kills_before_;
}

void Cgroup::remove() {
  for (const std::string& home : has_engine() ? layout_.homes_and_sides() : layout_.homes()) {
    const std::string top = home + "/" + name_;
    if (::rmdir(top.c_str()) != 0 && errno != ENOENT) {
      for (const std::string& folder : folders_below(top)) {
        ::rmdir(folder.c_str());
      }
      ::rmdir(top.c_str());
    }
  }
}

}  // namespace dray::supervisor
