#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.h"

namespace dray {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;  ///< 0: the kernel picks a free one.
};

/// AWS: "jobs are available for at least 7 days after they finish".
inline constexpr std::chrono::hours kAwsKeepsFinished{7 * 24};

/// All that the operator can say to the scheduler. Names of options are those of the command line
/// without the dashes, and of the TOML file's keys.
struct Config {
  std::string data_dir;
  Endpoint http{"127.0.0.1", 8470};
  Endpoint agents{"127.0.0.1", 8471};
  std::chrono::seconds lease{30 * 60};
  std::chrono::milliseconds renew_every{5'000};
  std::chrono::seconds silent_after{15};
  /// Finished jobs stay so long; zero: for ever. AWS keeps them for at least kAwsKeepsFinished.
  std::chrono::seconds keep_finished{std::chrono::hours(90 * 24)};
  std::string region = "us-east-1";
  std::string account = "000000000000";
  bool is_strict = false;  ///< `compat = "strict"`: AWS's own limits (D12).
  std::string log_level = "info";
  std::vector<std::string> http_host_names;  ///< Beside those of loopback.
  std::string tls_cert;                      ///< PEM; with tls_key: HTTPS.
  std::string tls_key;
  bool insecure_plain_http = false;  ///< Beyond loopback without TLS, by the operator's word.
  std::size_t http_body_max = 1024 * 1024;
  std::uint32_t address_rate = 10'000;  ///< Requests a second; 0: any.
  std::uint32_t key_rate = 10'000;
  std::string web_dir;  ///< Empty: the status page in the binary.
};

/// Sets one option from its text. The refusal is a sentence for the operator.
Result<void> set_option(Config& config, std::string_view name, const std::string& text);

/// The options of a TOML file, as name and text. An unknown key is refused later, by set_option.
Result<std::vector<std::pair<std::string, std::string>>> read_config_file(const std::string& path);

/// What no single option shows: is the folder named, are the times in order.
Result<void> check_config(const Config& config);

}  // namespace dray
