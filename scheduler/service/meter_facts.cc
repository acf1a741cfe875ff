#include "scheduler/service/meter_facts.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "model/names.h"

namespace dray {
namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;
using Families = std::vector<prometheus::MetricFamily>;

prometheus::MetricFamily& add_family(Families& all, const char* name, const char* help) {
  prometheus::MetricFamily& one = all.emplace_back();
  one.name = name;
  one.help = help;
  one.type = prometheus::MetricType::Gauge;
  return one;
}

void add(prometheus::MetricFamily& to, double value, Labels labels = {}) {
  prometheus::ClientMetric& metric = to.metric.emplace_back();
  metric.label = std::move(labels);
  metric.gauge.value = value;
}

void measure_queues(Families& all, const MeterFacts& facts) {
  auto& jobs = add_family(all, "dray_jobs", "Jobs by queue and state, children one by one.");
  for (const QueueStatus& status : facts.queues) {
    for (std::size_t i = 0; i < kJobStates; ++i) {
      add(jobs, status.counts[i],
          {{"queue", status.queue.name},
           {"state", std::string(name_of(static_cast<JobState>(i)))}});
    }
  }
  auto& oldest = add_family(all, "dray_queue_oldest_runnable_seconds",
                            "Since the submission of the oldest job that waits for room; 0: none.");
  for (const QueueStatus& status : facts.queues) {
    const auto at = status.oldest_runnable_at;
    const std::int64_t ms = at ? facts.now.epoch_ms - at->epoch_ms : 0;
    add(oldest, static_cast<double>(ms) / 1000, {{"queue", status.queue.name}});
  }
}

/// One gauge of every agent.
template <class Value>
void measure_agents(Families& all, const MeterFacts& facts, const char* name, const char* help,
                    Value value) {
  auto& one = add_family(all, name, help);
  for (const api::AgentStatus& status : facts.agents) {
    add(one, static_cast<double>(value(status)), {{"agent", status.agent.name}});
  }
}

void measure_agents(Families& all, const MeterFacts& facts) {
  using Status = api::AgentStatus;
  constexpr double kMiB = 1024.0 * 1024.0;
  measure_agents(all, facts, "dray_agent_up", "1 when the agent is connected and heard.",
                 [](const Status& it) { return it.state == "ready" || it.state == "draining"; });
  measure_agents(all, facts, "dray_agent_draining", "1 when the agent takes nothing new.",
                 [](const Status& it) { return it.agent.is_draining; });
  measure_agents(all, facts, "dray_agent_cpu_cores", "vCPUs the agent has.", [](const Status& it) {
    return static_cast<double>(it.agent.capacity.milli_vcpus) / 1000;
  });
  measure_agents(
      all, facts, "dray_agent_cpu_cores_reserved", "vCPUs of what starts and runs there.",
      [](const Status& it) { return static_cast<double>(it.reserved.milli_vcpus) / 1000; });
  measure_agents(
      all, facts, "dray_agent_memory_bytes", "Memory the agent has.",
      [](const Status& it) { return static_cast<double>(it.agent.capacity.memory_mib) * kMiB; });
  measure_agents(
      all, facts, "dray_agent_memory_bytes_reserved", "Memory of what starts and runs there.",
      [](const Status& it) { return static_cast<double>(it.reserved.memory_mib) * kMiB; });
  measure_agents(all, facts, "dray_agent_gpus", "GPUs the agent has.",
                 [](const Status& it) { return it.agent.capacity.gpus; });
  measure_agents(all, facts, "dray_agent_gpus_reserved", "GPUs of what starts and runs there.",
                 [](const Status& it) { return it.reserved.gpus; });
  measure_agents(all, facts, "dray_agent_attempts", "Attempts that start and run there.",
                 [](const Status& it) { return it.attempts_live; });
}

/// Fields of /proc/self/stat from the third on: before it is the program's name, which may hold
/// anything.
std::vector<std::string> process_stat() {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::istringstream rest(text.substr(std::min(text.rfind(')') + 1, text.size())));
  return {std::istream_iterator<std::string>(rest), {}};
}

double boot_time_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) {
      return std::stod(line.substr(6));
    }
  }
  return 0;
}

/// The names that all programs have in common.
void measure_process(Families& all) {
  const std::vector<std::string> stat = process_stat();
  const auto field = [&stat](std::size_t number) {  // As proc(5) counts them.
    return number - 3 < stat.size() ? std::stod(stat[number - 3]) : 0.0;
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto one = [&all](const char* name, const char* help, double value) {
    add(add_family(all, name, help), value);
  };
  one("process_start_time_seconds", "Start of the process since 1970.",
      boot_time_seconds() + field(22) / ticks);
  one("process_virtual_memory_bytes", "Virtual memory.", field(23));
  one("process_resident_memory_bytes", "Resident memory.",
      field(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  one("process_threads", "Threads.", field(20));
  std::error_code error;
  const auto files = std::filesystem::directory_iterator("/proc/self/fd", error);
  one("process_open_fds", "Open file descriptors.",
      static_cast<double>(std::distance(begin(files), end(files))));
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  one("process_max_fds", "File descriptors it may open.", static_cast<double>(limit.rlim_cur));
  auto& cpu = add_family(all, "process_cpu_seconds_total", "User and system CPU time.");
  cpu.type = prometheus::MetricType::Counter;
  cpu.metric.emplace_back().counter.value = (field(14) + field(15)) / ticks;
}

void measure_door(Families& all, const api::DoorFacts& door) {
  add(add_family(all, "dray_http_streams", "Event streams that are open."),
      static_cast<double>(door.streams_open));
  add(add_family(all, "dray_http_connections", "HTTP connections that are open, idle ones too."),
      static_cast<double>(door.connections_open));
  const auto refusals = [&all](const char* name, const char* help, const auto& counts) {
    auto& refused = add_family(all, name, help);
    refused.type = prometheus::MetricType::Counter;
    for (const auto& [reason, count] : counts) {
      auto& metric = refused.metric.emplace_back();
      metric.label = {{"reason", std::string(reason)}};
      metric.counter.value = static_cast<double>(count);
    }
  };
  refusals("dray_http_connections_refused_total", "HTTP connections turned away or closed.",
           door.connections_refused);
  refusals("dray_http_requests_refused_total", "Requests refused before they reached anything.",
           door.requests_refused);
}

}  // namespace

std::vector<prometheus::MetricFamily> measure(const MeterFacts& facts) {
  Families all;
  measure_queues(all, facts);
  measure_agents(all, facts);
  measure_door(all, facts.door);
  add(add_family(all, "dray_db_size_bytes", "The database file."),
      static_cast<double>(facts.database_bytes));
  add(add_family(all, "dray_db_wal_bytes", "The database's write-ahead log."),
      static_cast<double>(facts.wal_bytes));
  measure_process(all);
  return all;
}

}  // namespace dray
