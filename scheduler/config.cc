#include "scheduler/config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>

#include <arpa/inet.h>
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

bool is_loopback(const std::string& host) {
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
    return (ntohl(four.s_addr) >> 24) == 127;
  }
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six) != 0;
}

/// "127.0.0.1:8470", "[::1]:8470".
Result<Endpoint> parse_endpoint(std::string_view option, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!port) {
    return refuse(ErrorCode::BadRequest, "--" + std::string(option) +
                                             " wants ADDRESS:PORT, such as 127.0.0.1:8470, not '" +
                                             text + "'.");
  }
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host == "localhost") {
    host = "127.0.0.1";
  }
  // Only the API has TLS so far: agents stay on loopback.
  if (option != "http" && !is_loopback(host)) {
    return refuse(ErrorCode::BadRequest,
                  "--" + std::string(option) +
                      " must be a loopback address such as 127.0.0.1, not '" + host +
                      "': agents are not authenticated yet.");
  }
  return Endpoint{host, *port};
}

template <class Number>
Result<void> set_number(Number& number, std::string_view option, const std::string& text,
                        Number least, Number most) {
  const auto parsed = parse_number<Number>(text);
  if (!parsed || *parsed < least || *parsed > most) {
    return refuse(ErrorCode::BadRequest, "--" + std::string(option) +
                                             " wants a whole number from " + std::to_string(least) +
                                             " to " + std::to_string(most) + ", not '" + text +
                                             "'.");
  }
  number = *parsed;
  return {};
}

Result<void> set_flag(bool& flag, std::string_view option, const std::string& text) {
  if (text != "true" && text != "false") {
    return refuse(ErrorCode::BadRequest,
                  "--" + std::string(option) + " wants true or false, not '" + text + "'.");
  }
  flag = text == "true";
  return {};
}

template <class Span>
Result<void> set_span(Span& span, std::string_view option, const std::string& text,
                      std::int64_t least) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number || *number < least || *number > 100'000'000) {
    return refuse(ErrorCode::BadRequest, "--" + std::string(option) +
                                             " wants a whole number from " + std::to_string(least) +
                                             " on, not '" + text + "'.");
  }
  span = Span(*number);
  return {};
}

/// "90d", "36h", "10m", "30s"; "forever" is zero.
Result<void> set_age(std::chrono::seconds& age, std::string_view option, const std::string& text) {
  static const std::map<char, std::int64_t> kUnits{
      {'s', 1}, {'m', 60}, {'h', 60 * 60}, {'d', 24 * 60 * 60}};
  constexpr std::int64_t kSecondsMax = 100LL * 366 * 24 * 60 * 60;
  if (text == "forever") {
    age = std::chrono::seconds(0);
    return {};
  }
  const auto unit = text.empty() ? kUnits.end() : kUnits.find(text.back());
  const auto number =
      unit == kUnits.end()
          ? std::nullopt
          : parse_number<std::int64_t>(std::string_view(text).substr(0, text.size() - 1));
  if (!number || *number < 1 || *number > kSecondsMax / unit->second) {
    return refuse(ErrorCode::BadRequest, "--" + std::string(option) +
                                             " wants a time such as 90d, 36h or 30m, or forever, "
                                             "not '" +
                                             text + "'.");
  }
  age = std::chrono::seconds(*number * unit->second);
  return {};
}

Result<void> set_endpoint(Endpoint& endpoint, std::string_view option, const std::string& text) {
  Result<Endpoint> parsed = parse_endpoint(option, text);
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  endpoint = std::move(*parsed);
  return {};
}

Result<void> set_account(Config& config, const std::string& text) {
  const bool is_number = std::all_of(text.begin(), text.end(),
                                     [](char digit) { return digit >= '0' && digit <= '9'; });
  if (text.size() != 12 || !is_number) {
    return refuse(ErrorCode::BadRequest, "--account wants 12 digits, not '" + text + "'.");
  }
  config.account = text;
  return {};
}

/// Names with commas between them.
Result<void> set_host_names(std::vector<std::string>& names, const std::string& text) {
  std::stringstream list(text);
  for (std::string name; std::getline(list, name, ',');) {
    if (name.empty() || name.find_first_of(" :/*") != std::string::npos) {
      return refuse(ErrorCode::BadRequest,
                    "--http-host-name wants names such as dray.example.org, with commas between "
                    "them and without ports, not '" +
                        text + "'.");
    }
    names.push_back(name);
  }
  return {};
}

Result<void> set_word(std::string& word, std::string_view option, const std::string& text,
                      const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
    std::string words;
    for (const std::string& it : allowed) {
      words += (words.empty() ? "" : ", ") + it;
    }
    return refuse(ErrorCode::BadRequest,
                  "--" + std::string(option) + " wants one of " + words + ", not '" + text + "'.");
  }
  word = text;
  return {};
}

/// Options of the HTTP door; nothing for others.
std::optional<Result<void>> set_http_option(Config& config, std::string_view name,
                                            const std::string& text) {
  constexpr std::size_t kBodyMax = 64 * 1024 * 1024;
  constexpr std::uint32_t kRateMax = 10'000'000;
  if (name == "http") {
    return set_endpoint(config.http, name, text);
  }
  if (name == "http-host-name") {
    return set_host_names(config.http_host_names, text);
  }
  if (name == "tls-cert") {
    config.tls_cert = text;
    return Result<void>();
  }
  if (name == "tls-key") {
    config.tls_key = text;
    return Result<void>();
  }
  if (name == "insecure-plain-http") {
    return set_flag(config.insecure_plain_http, name, text);
  }
  if (name == "http-body-max") {
    return set_number<std::size_t>(config.http_body_max, name, text, 1024, kBodyMax);
  }
  if (name == "address-rate") {
    return set_number<std::uint32_t>(config.address_rate, name, text, 0, kRateMax);
  }
  if (name == "key-rate") {
    return set_number<std::uint32_t>(config.key_rate, name, text, 0, kRateMax);
  }
  return std::nullopt;
}

}  // namespace

Result<void> set_option(Config& config, std::string_view name, const std::string& text) {
  if (const std::optional<Result<void>> set = set_http_option(config, name, text)) {
    return *set;
  }
  if (name == "data-dir") {
    config.data_dir = text;
    return {};
  }
  if (name == "web-dir") {
    config.web_dir = text;
    return {};
  }
  if (name == "agents") {
    return set_endpoint(config.agents, name, text);
  }
  if (name == "lease") {
    return set_span(config.lease, name, text, 1);
  }
  if (name == "renew-every") {
    return set_span(config.renew_every, name, text, 10);
  }
  if (name == "silent-after") {
    return set_span(config.silent_after, name, text, 1);
  }
  if (name == "keep-finished") {
    return set_age(config.keep_finished, name, text);
  }
  if (name == "region") {
    config.region = text;
    return {};
  }
  if (name == "account") {
    return set_account(config, text);
  }
  if (name == "compat") {
    std::string word;
    const Result<void> set = set_word(word, name, text, {"dray", "strict"});
    config.is_strict = word == "strict";
    return set;
  }
  if (name == "log-level") {
    return set_word(config.log_level, name, text,
                    {"trace", "debug", "info", "warn", "error", "critical", "off"});
  }
  return refuse(ErrorCode::BadRequest, "There is no option '" + std::string(name) + "'.");
}

Result<std::vector<std::pair<std::string, std::string>>> read_config_file(const std::string& path) {
  try {
    const toml::table table = toml::parse_file(path);
    std::vector<std::pair<std::string, std::string>> options;
    for (const auto& [key, value] : table) {
      const std::string name(key.str());
      if (const auto text = value.value_exact<std::string>()) {
        options.emplace_back(name, *text);
      } else if (const auto number = value.value_exact<std::int64_t>()) {
        options.emplace_back(name, std::to_string(*number));
      } else if (const auto flag = value.value_exact<bool>()) {
        options.emplace_back(name, *flag ? "true" : "false");
      } else {
        return refuse(ErrorCode::BadRequest,
                      path + ": '" + name + "' wants a text, a whole number, true or false.");
      }
    }
    return options;
  } catch (const toml::parse_error& failure) {
    std::ostringstream where;
    where << failure.source().begin;
    return refuse(ErrorCode::BadRequest,
                  path + ": " + std::string(failure.description()) + " (" + where.str() + ").");
  }
}

Result<void> check_config(const Config& config) {
  if (config.data_dir.empty()) {
    return refuse(ErrorCode::BadRequest,
                  "--data-dir is missing: say where the scheduler keeps its "
                  "database and logs.");
  }
  if (config.tls_cert.empty() != config.tls_key.empty()) {
    return refuse(ErrorCode::BadRequest, "--tls-cert and --tls-key belong together.");
  }
  if (!is_loopback(config.http.host) && config.tls_cert.empty() && !config.insecure_plain_http) {
    return refuse(ErrorCode::BadRequest,
                  "--http " + config.http.host +
                      " is reached from other machines: give --tls-cert and --tls-key ('dray tls "
                      "init' makes both), or say --insecure-plain-http if whoever is on the "
                      "network may read what is said, and use it.");
  }
  if (config.renew_every * 2 > config.lease) {
    return refuse(ErrorCode::BadRequest,
                  "--renew-every (milliseconds) must be at most half of --lease (seconds).");
  }
  return {};
}

}  // namespace dray
