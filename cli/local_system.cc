#include "cli/local_system.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/selectors.h"

namespace dray::cli {
namespace {

using std::chrono::seconds;

constexpr Duration kStartPatience = seconds(60);  // A store with millions of jobs is read first.
constexpr Duration kStopPatience = seconds(20);
constexpr Duration kShutdownPatience = seconds(60);  // SIGTERM, 30 s of grace, SIGKILL.

/// Refuses when something listens on the address already: clearer than the program's own word.
Result<void> check_free(const std::string& address, const char* option) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in place{};
  place.sin_family = AF_INET;
  const std::string host = address.substr(0, colon);
  const int port = colon == std::string::npos ? 0 : std::atoi(address.c_str() + colon + 1);
  if (inet_pton(AF_INET, host.c_str(), &place.sin_addr) != 1 || port < 0 || port > 65535) {
    return {};  // A name or IPv6: the program itself will say.
  }
  place.sin_port = htons(static_cast<std::uint16_t>(port));
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool is_taken = bind(probe, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 &&
                        errno == EADDRINUSE;
  close(probe);
  if (is_taken) {
    return refuse(ErrorCode::Conflict, address + " is in use by another program; end that, or " +
                                           "choose another with " + option);
  }
  return {};
}

std::string own_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name_from(name);
}

}  // namespace

Result<std::string> LocalSystem::data_folder(const std::string& given) {
  if (!given.empty()) {
    return std::filesystem::absolute(given).lexically_normal().string();
  }
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') {
    return std::string(data) + "/dray";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home != '/') {
    return refuse(ErrorCode::BadRequest, "HOME is not set; name a folder with --data-dir");
  }
  return std::string(home) + "/.local/share/dray";
}

Result<bool> LocalSystem::hold() {
  std::error_code error;
  std::filesystem::create_directories(path("agent"), error);
  lock_ = error ? -1 : open(path("up.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) {
    return refuse(ErrorCode::NotAllowed, "cannot use " + folder_ + ": " +
                                             (error ? error.message() : std::strerror(errno)) +
                                             "; name another folder with --data-dir");
  }
  return flock(lock_, LOCK_EX | LOCK_NB) == 0;
}

bool LocalSystem::is_scheduler_alive() const {
  return living(path("scheduler.pid")).has_value();
}

bool LocalSystem::is_agent_alive() const {
  return living(path("agent.pid")).has_value();
}

std::string LocalSystem::address(const std::string& of) const {
  std::ifstream file(path("addresses"));
  for (std::string word; file >> word;) {
    if (word.starts_with(of + "=")) {
      return word.substr(of.size() + 1);
    }
  }
  return "";
}

Result<void> LocalSystem::start_scheduler(const UpOptions& options) {
  if (is_scheduler_alive()) {
    return {};
  }
  for (const char* name : {"dray-scheduler", "dray-agent"}) {
    const Result<std::string> found = program_path(name);
    if (!found) {
      return tl::unexpected(found.error());
    }
  }
  const std::string agents = "127.0.0.1:" + std::to_string(options.agents_port);
  for (const auto& [address, option] :
       {std::pair(options.http, "--http"), std::pair(agents, "--agents-port")}) {
    const Result<void> is_free = check_free(address, option);
    if (!is_free) {
      return is_free;
    }
  }
  const Result<Started> started = start_program(
      {.name = "dray-scheduler",
       .arguments = {"--data-dir", path("scheduler"), "--http", options.http, "--agents", agents},
       .pid_file = path("scheduler.pid"),
       .log_file = path("scheduler.log")},
      kStartPatience);
  if (!started) {
    return tl::unexpected(started.error());
  }
  std::ofstream(path("addresses")) << started->ready_line << "\n";
  return {};
}

Result<void> LocalSystem::start_agent(const UpOptions& options) {
  if (is_agent_alive()) {
    return {};
  }
  std::vector<std::string> arguments = {"--scheduler",   address("agents"), "--data-dir",
                                        path("agent"),   "--name",          own_name(),
                                        "--environment", "default"};
  if (!options.vcpus.empty()) {
    arguments.insert(arguments.end(), {"--vcpus", options.vcpus});
  }
  if (!options.memory.empty()) {
    arguments.insert(arguments.end(), {"--memory", options.memory});
  }
  const Result<Started> started = start_program({.name = "dray-agent",
                                                 .arguments = std::move(arguments),
                                                 .pid_file = path("agent.pid"),
                                                 .log_file = path("agent.log")},
                                                kStartPatience);
  if (!started) {
    return tl::unexpected(started.error());
  }
  return {};
}

Result<void> LocalSystem::stop(bool keep_jobs) {
  const std::optional<ProcessId> agent = living(path("agent.pid"));
  if (agent && !end_process(*agent, path("agent.pid"), kStopPatience)) {
    return refuse(ErrorCode::Unavailable,
                  "dray-agent (pid " + std::to_string(agent->pid) + ") does not end");
  }
  if (!keep_jobs) {
    const Result<int> code =
        finish_program({.name = "dray-agent",
                        .arguments = {"--data-dir", path("agent"), "--shutdown"},
                        .pid_file = {},
                        .log_file = path("agent.log")},
                       kShutdownPatience);
    if (!code || *code != 0) {
      say("dray: jobs may still run: " +
          (code ? "`dray-agent --shutdown` failed, see " + path("agent.log")
                : code.error().reason));
    }
  }
  const std::optional<ProcessId> scheduler = living(path("scheduler.pid"));
  if (scheduler && !end_process(*scheduler, path("scheduler.pid"), kStopPatience)) {
    return refuse(ErrorCode::Unavailable,
                  "dray-scheduler (pid " + std::to_string(scheduler->pid) + ") does not end");
  }
  return {};
}

}  // namespace dray::cli
