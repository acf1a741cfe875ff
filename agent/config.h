#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.h"

namespace dray {

/// All that the operator can say to an agent. Names of options are those of the command line
/// without the dashes, and of the TOML file's keys.
struct AgentConfig {
  std::string scheduler_host = "127.0.0.1";
  std::uint16_t scheduler_port = 8471;
  std::string data_dir;
  std::string name;
  std::string environment = "default";
  std::string address;  ///< Where other machines reach this one; empty: as the scheduler sees it.
  std::int64_t milli_vcpus = 0;  ///< 0: what the machine has.
  std::int64_t memory_mib = 0;   ///< 0: what the machine has, less a reserve.
  std::string run_as;            ///< Empty: nobody when we are root, else ourselves.
  bool is_cpu_limit_hard = false;
  bool is_sub_reaper_forced = false;  ///< No control groups, though there may be some.
  std::uint64_t log_bytes_max = 0;    ///< Of one attempt; 0: the supervisor's default.
  std::string containers = "auto";    ///< auto, podman, docker or none.
  std::string container_network = "host";
  std::vector<std::string> volume_paths;  ///< Host folders below which containers may mount.
  bool may_containers_be_root = false;
  std::uint32_t pull_seconds = 600;
  std::string log_level = "info";
};

/// Sets one option from its text. The refusal is a sentence for the operator.
Result<void> set_agent_option(AgentConfig& config, std::string_view name, const std::string& text);

/// The options of a TOML file, as name and text. An unknown key is refused later.
Result<std::vector<std::pair<std::string, std::string>>> read_agent_config(const std::string& path);

/// What no single option shows: is everything named that must be.
Result<void> check_agent_config(const AgentConfig& config);

}  // namespace dray
