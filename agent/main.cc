#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "agent/agent_loop.h"
#include "agent/config.h"
#include "agent/inventory.h"
#include "agent/runner/container_runner.h"
#include "agent/shutdown.h"

namespace dray {
namespace {

constexpr int kCannotServe = 1;
constexpr int kBadOptions = 2;
using Options = std::vector<std::pair<std::string, std::string>>;

int fail(const Error& error, int code) {
  std::fprintf(stderr, "dray-agent: %s\n", error.reason.c_str());
  return code;
}

/// The command line before the file: what was typed wins.
Result<AgentConfig> gather(const Options& typed, const std::string& file) {
  Options options;
  if (!file.empty()) {
    auto read = read_agent_config(file);
    if (!read) {
      return tl::unexpected(read.error());
    }
    options = std::move(*read);
  }
  options.insert(options.end(), typed.begin(), typed.end());
  AgentConfig config;
  for (const auto& [name, text] : options) {
    if (const auto set = set_agent_option(config, name, text); !set) {
      return tl::unexpected(set.error());
    }
  }
  return config;
}

void log_to_stderr(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("dray-agent"));
  spdlog::set_level(spdlog::level::from_str(level));
}

/// D8: jobs never run as root. Says what that means here.
Result<MachineUser> choose_user(const AgentConfig& config) {
  if (::geteuid() != 0) {
    spdlog::warn("Not root: jobs run as this agent's own user, {}.", current_user().name);
    return current_user();
  }
  auto user = find_user(config.run_as.empty() ? "nobody" : config.run_as);
  if (user && user->user == 0) {
    return refuse(ErrorCode::BadRequest, "--run-as may not be root.");
  }
  return user;
}

EngineChoice engine_choice(const AgentConfig& config) {
  return config.containers == "podman"   ? EngineChoice::Podman
         : config.containers == "docker" ? EngineChoice::Docker
         : config.containers == "none"   ? EngineChoice::None
                                         : EngineChoice::Auto;
}

/// The machine's engine, in one line; only root's is used: its containers' limits are real.
Result<ContainerEngine> choose_engine(const AgentConfig& config,
                                      const supervisor::Folders& folders) {
  if (::geteuid() != 0 && config.containers != "none") {
    spdlog::info("Containers: none, because this agent is not root.");
    return refuse(ErrorCode::NotAllowed, "it is not root");
  }
  auto engine = find_engine(engine_choice(config), folders.data());
  spdlog::info("Containers: {}.", engine ? to_string(*engine) : "none, " + engine.error().reason);
  return engine;
}

std::vector<std::string> supervisor_options(const AgentConfig& config,
                                            const Result<ContainerEngine>& engine,
                                            const supervisor::Folders& folders) {
  std::vector<std::string> options;
  if (config.is_cpu_limit_hard) {
    options.emplace_back("--cpu-limit-hard");
  }
  if (config.is_sub_reaper_forced) {
    options.emplace_back("--sub-reaper");
  }
  if (config.log_bytes_max != 0) {
    options.insert(options.end(), {"--log-bytes-max", std::to_string(config.log_bytes_max)});
  }
  if (engine) {
    for (const std::string& word : clear_command(*engine, folders.data())) {
      options.insert(options.end(), {"--clear", word});
    }
  }
  return options;
}

void warn_of_folder(const supervisor::Folders& folders, const MachineUser& user) {
  const std::string shut = impassable_folder(folders.scratches(), user.user);
  if (!shut.empty()) {
    spdlog::warn(
        "{} is closed to user {}: jobs work in their own folders by relative names only, "
        "and TMPDIR is of no use to them.",
        shut, user.name);
  }
}

/// Owns everything long-lived; runs until a signal.
Result<void> serve(const AgentConfig& config, const supervisor::Folders& folders) {
  if (auto made = folders.create(); !made) {
    return made;
  }
  auto lock = supervisor::FolderLock::take(folders.agent_lock());
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  boost::asio::io_context io(1);
  boost::asio::signal_set signals(io, SIGTERM, SIGINT, SIGUSR2);
  if (auto written = write_agent_pid(folders); !written) {
    return written;
  }
  auto sequence = SequenceFile::open(folders.agent_sequence());
  if (!sequence) {
    return tl::unexpected(sequence.error());
  }
  auto user = choose_user(config);
  if (!user) {
    return tl::unexpected(user.error());
  }
  warn_of_folder(folders, *user);
  Resources capacity = take_inventory();
  capacity.milli_vcpus = config.milli_vcpus != 0 ? config.milli_vcpus : capacity.milli_vcpus;
  capacity.memory_mib = config.memory_mib != 0 ? config.memory_mib : capacity.memory_mib;
  const auto engine = choose_engine(config, folders);
  const NativeRunner native(*user, ::geteuid() == 0);
  const ContainerRunner container(engine.value_or(ContainerEngine{}),
                                  {.folder = folders.data(),
                                   .volume_paths = config.volume_paths,
                                   .network = config.container_network,
                                   .start_seconds = config.pull_seconds,
                                   .may_be_root = config.may_containers_be_root},
                                  native);
  const AnyRunner runner(native, engine ? &container : nullptr,
                         engine ? "" : engine.error().reason);
  AgentLoop loop(io, folders, *sequence, runner,
                 {.name = config.name,
                  .environment = config.environment,
                  .address = config.address,
                  .capacity = capacity,
                  .boot_id = supervisor::read_boot_id(),
                  .folder = sequence->folder(),
                  .incarnation = sequence->incarnation()},
                 {.scheduler_host = config.scheduler_host,
                  .scheduler_port = config.scheduler_port,
                  .supervisor_options = supervisor_options(config, engine, folders)});
  spdlog::info("Agent {} with {}; scheduler {}:{}; jobs run as {}.", config.name,
               to_string(capacity), config.scheduler_host, config.scheduler_port, user->name);
  signals.async_wait([&loop](boost::system::error_code failed, int signal) {
    if (failed) {
      return;
    }
    if (signal == SIGUSR2) {
      spdlog::info("Shutting down: the jobs and the supervisor end.");
      loop.shut_down();
    } else {
      spdlog::info("Signal {}: the agent ends; its supervisor and the jobs go on.", signal);
      loop.stop();
    }
  });
  loop.start();
  io.run();
  return {};
}

int run(int argc, char** argv) {
  CLI::App app{"dray-agent: runs the jobs of a Dray scheduler on this machine."};
  app.set_version_flag("--version", "dray-agent " DRAY_VERSION);
  Options typed;
  const auto option = [&](const std::string& name, const std::string& what) {
    app.add_option_function<std::string>(
           "--" + name, [&typed, name](const std::string& text) { typed.emplace_back(name, text); },
           what)
        ->trigger_on_parse();
  };
  option("scheduler", "HOST:PORT of the scheduler's link [127.0.0.1:8471]");
  option("data-dir", "Folder of this agent (created when missing)");
  option("name", "Name of this agent, unique among the scheduler's");
  option("vcpus", "vCPUs for jobs [the machine's]");
  option("memory", "MiB for jobs [the machine's, less a reserve]");
  option("address",
         "Address by which nodes of other machines reach this one [as the scheduler sees it]");
  option("environment", "Compute environment to join [default]");
  option("run-as", "User of jobs that name none, when root [nobody]");
  option("cpu-limit", "weight: vCPUs are a share; hard: a cap [weight]");
  option("sub-reaper", "true: do without control groups [false]");
  option("log-bytes-max", "Bytes of output kept of one attempt [1 GiB]");
  option("containers", "Engine for images but native: auto, podman, docker or none [auto]");
  option("container-network", "Network of containers, in the engine's words [host]");
  option("container-root", "true: containers may run as root [false]");
  option("volume-path", "Host folder below which containers may mount; may be repeated [none]");
  option("pull-timeout", "Seconds for an image to arrive [600]");
  option("log-level", "trace, debug, info, warn, error, critical or off [info]");
  std::string file;
  app.add_option("--config", file, "TOML file with the same options; typed ones win");
  bool is_shutdown = false;
  app.add_flag("--shutdown", is_shutdown,
               "End the jobs, the supervisor and the agent of --data-dir");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& failure) {
    return app.exit(failure) == 0 ? 0 : kBadOptions;
  }
  auto config = gather(typed, file);
  if (!config) {
    return fail(config.error(), kBadOptions);
  }
  if (is_shutdown && config->name.empty()) {
    config->name = "any";
  }
  if (const auto checked = check_agent_config(*config); !checked) {
    return fail(checked.error(), kBadOptions);
  }
  std::signal(SIGPIPE, SIG_IGN);
  log_to_stderr(config->log_level);
  const supervisor::Folders folders(
      std::filesystem::absolute(config->data_dir).lexically_normal().string());
  const auto done = is_shutdown ? shut_down_folder(folders) : serve(*config, folders);
  return done ? 0 : fail(done.error(), kCannotServe);
}

}  // namespace
}  // namespace dray

int main(int argc, char** argv) {
  return dray::run(argc, argv);
}
