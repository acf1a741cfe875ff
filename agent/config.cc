#include "agent/config.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include <boost/asio/ip/address.hpp>
#include <toml++/toml.h>

namespace dray {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

tl::unexpected<Error> wants(std::string_view name, const char* what, const std::string& text) {
  return refuse(ErrorCode::BadRequest,
                "--" + std::string(name) + " wants " + what + ", not '" + text + "'.");
}

/// AWS's allow-list of names; they become parts of paths and control groups.
bool is_name(std::string_view text) {
  constexpr std::size_t kNameMax = 128;
  return !text.empty() && text.size() <= kNameMax && text.front() != '-' && text.front() != '.' &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") ==
             std::string_view::npos;
}

Result<void> set_scheduler(AgentConfig& config, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!port || colon == 0) {
    return wants("scheduler", "HOST:PORT, such as 127.0.0.1:8471", text);
  }
  config.scheduler_host = text.substr(0, colon);
  if (config.scheduler_host.front() == '[' && config.scheduler_host.back() == ']') {
    config.scheduler_host = config.scheduler_host.substr(1, config.scheduler_host.size() - 2);
  }
  config.scheduler_port = *port;
  return {};
}

/// "2", "0.5": up to three digits behind the point.
Result<void> set_vcpus(AgentConfig& config, const std::string& text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string part = point < text.size() ? text.substr(point + 1) : "";
  const auto whole = parse_number<std::int32_t>(std::string_view(text).substr(0, point));
  part.resize(std::max<std::size_t>(part.size(), 3), '0');
  const auto thousandths = parse_number<std::int32_t>(part);
  if (!whole || !thousandths || part.size() != 3 || *whole < 0 || *thousandths < 0 ||
      (*whole == 0 && *thousandths == 0)) {
    return wants("vcpus", "a number of vCPUs, such as 2 or 0.5", text);
  }
  config.milli_vcpus = std::int64_t{*whole} * 1000 + *thousandths;
  return {};
}

Result<void> set_flag(std::string_view name, bool& flag, const std::string& text) {
  if (text != "true" && text != "false") {
    return wants(name, "true or false", text);
  }
  flag = text == "true";
  return {};
}

Result<void> set_name(std::string_view name, std::string& value, const std::string& text) {
  if (!is_name(text)) {
    return wants(name, "letters, digits, '-', '_' and '.', at most 128", text);
  }
  value = text;
  return {};
}

/// A host's name or its address, of either version of IP: told to jobs as it is.
Result<void> set_address(AgentConfig& config, const std::string& text) {
  boost::system::error_code wrong;
  boost::asio::ip::make_address(text, wrong);
  if (wrong && !is_name(text)) {
    return wants("address", "a host's name or address", text);
  }
  config.address = text;
  return {};
}

Result<void> set_container_option(AgentConfig& config, std::string_view name,
                                  const std::string& text) {
  if (name == "volume-path") {
    if (!text.starts_with('/')) {
      return wants(name, "the absolute path of a folder", text);
    }
    config.volume_paths.push_back(text);
    return {};
  }
  if (name == "pull-timeout") {
    const auto seconds = parse_number<std::uint32_t>(text);
    if (!seconds || *seconds < 1) {
      return wants(name, "a number of seconds", text);
    }
    config.pull_seconds = *seconds;
    return {};
  }
  if (text != "auto" && text != "podman" && text != "docker" && text != "none") {
    return wants(name, "auto, podman, docker or none", text);
  }
  config.containers = text;
  return {};
}

}  // namespace

Result<void> set_agent_option(AgentConfig& config, std::string_view name, const std::string& text) {
  if (name == "scheduler") {
    return set_scheduler(config, text);
  }
  if (name == "vcpus") {
    return set_vcpus(config, text);
  }
  if (name == "name") {
    return set_name(name, config.name, text);
  }
  if (name == "address") {
    return set_address(config, text);
  }
  if (name == "environment") {
    return set_name(name, config.environment, text);
  }
  if (name == "sub-reaper") {
    return set_flag(name, config.is_sub_reaper_forced, text);
  }
  if (name == "container-root") {
    return set_flag(name, config.may_containers_be_root, text);
  }
  if (name == "container-network") {
    return set_name(name, config.container_network, text);
  }
  if (name == "containers" || name == "volume-path" || name == "pull-timeout") {
    return set_container_option(config, name, text);
  }
  if (name == "cpu-limit") {
    if (text != "hard" && text != "weight") {
      return wants(name, "hard or weight", text);
    }
    config.is_cpu_limit_hard = text == "hard";
    return {};
  }
  if (name == "memory") {
    const auto mib = parse_number<std::int64_t>(text);
    if (!mib || *mib < 1) {
      return wants(name, "a number of MiB", text);
    }
    config.memory_mib = *mib;
    return {};
  }
  if (name == "log-bytes-max") {
    const auto bytes = parse_number<std::uint64_t>(text);
    if (!bytes || *bytes < 1) {
      return wants(name, "a number of bytes", text);
    }
    config.log_bytes_max = *bytes;
    return {};
  }
  std::string* const value = name == "data-dir"    ? &config.data_dir
                             : name == "run-as"    ? &config.run_as
                             : name == "log-level" ? &config.log_level
                                                   : nullptr;
  if (value == nullptr) {
    return refuse(ErrorCode::BadRequest, "There is no option '" + std::string(name) + "'.");
  }
  *value = text;
  return {};
}

Result<std::vector<std::pair<std::string, std::string>>> read_agent_config(
    const std::string& path) {
  std::vector<std::pair<std::string, std::string>> options;
  try {
    const toml::table table = toml::parse_file(path);
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (const toml::array* list = node.as_array()) {  // An option that may be repeated.
        for (const auto& one : *list) {
          options.emplace_back(name, one.value_or(std::string()));
        }
      } else if (const auto text = node.value_exact<std::string>()) {
        options.emplace_back(name, *text);
      } else if (node.is_value()) {
        std::ostringstream out;
        node.visit([&out](const auto& value) {
          if constexpr (toml::is_value<decltype(value)>) {
            out << value;
          }
        });
        options.emplace_back(name, out.str());
      } else {
        return refuse(ErrorCode::BadRequest, path + ": '" + name + "' is not a plain value.");
      }
    }
  } catch (const toml::parse_error& failure) {
    return refuse(ErrorCode::BadRequest, path + ": " + std::string(failure.description()));
  }
  return options;
}

Result<void> check_agent_config(const AgentConfig& config) {
  if (config.data_dir.empty()) {
    return refuse(ErrorCode::BadRequest, "--data-dir must name a folder.");
  }
  if (config.name.empty()) {
    return refuse(ErrorCode::BadRequest, "--name must name the agent, uniquely.");
  }
  return {};
}

}  // namespace dray
