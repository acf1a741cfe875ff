#include "cli/durations.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace dray::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kSecondsMax = 10.0 * 365 * 86400;

/// How many seconds a unit has; nothing for an unknown word.
std::optional<double> seconds_in(std::string_view unit) {
  struct Unit {
    std::string_view word;
    double seconds;
  };
  static constexpr std::array kUnits = {Unit{"", 1},      Unit{"ms", 0.001},  Unit{"s", 1},
                                        Unit{"sec", 1},   Unit{"m", 60},      Unit{"min", 60},
                                        Unit{"h", 3600},  Unit{"hour", 3600}, Unit{"hours", 3600},
                                        Unit{"d", 86400}, Unit{"day", 86400}, Unit{"days", 86400}};
  for (const Unit& known : kUnits) {
    if (known.word == unit) {
      return known.seconds;
    }
  }
  return std::nullopt;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
}

std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view take_word(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && std::isalpha(static_cast<unsigned char>(text[length])) != 0) {
    ++length;
  }
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

std::string two_units(std::int64_t big, char big_unit, std::int64_t small, char small_unit) {
  std::array<char, 48> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%lld%c%02lld%c", static_cast<long long>(big),
                big_unit, static_cast<long long>(small), small_unit);
  return buffer.data();
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  double total = 0;
  skip_spaces(text);
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    if (!number) {
      return std::nullopt;
    }
    skip_spaces(text);
    const std::optional<double> unit = seconds_in(take_word(text));
    if (!unit) {
      return std::nullopt;
    }
    total += *number * *unit;
    skip_spaces(text);
  }
  if (total <= 0 || total > kSecondsMax) {
    return std::nullopt;
  }
  return Duration(static_cast<std::int64_t>(std::llround(total * 1e6)));
}

std::string duration_text(Duration duration) {
  const std::int64_t ms = duration_cast<milliseconds>(duration).count();
  const std::int64_t s = ms / 1000;
  if (s < 10) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.1fs", static_cast<double>(ms) / 1000);
    return buffer.data();
  }
  if (s < 60) {
    return std::to_string(s) + "s";
  }
  if (s < 3600) {
    return two_units(s / 60, 'm', s % 60, 's');
  }
  if (s < 86400) {
    return two_units(s / 3600, 'h', s % 3600 / 60, 'm');
  }
  return two_units(s / 86400, 'd', s % 86400 / 3600, 'h');
}

std::optional<std::int64_t> parse_memory_mib(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (!number) {
    return std::nullopt;
  }
  double mib = 0;
  if (text.empty() || text == "M" || text == "MiB" || text == "MB" || text == "m") {
    mib = *number;
  } else if (text == "G" || text == "GiB" || text == "GB" || text == "g") {
    mib = *number * 1024;
  } else if (text == "T" || text == "TiB" || text == "TB") {
    mib = *number * 1024 * 1024;
  } else {
    return std::nullopt;
  }
  if (mib < 1 || mib > 1e12) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(std::ceil(mib));
}

std::string memory_text(std::int64_t kib) {
  std::array<char, 48> buffer{};
  if (kib < 1024) {
    std::snprintf(buffer.data(), buffer.size(), "%lld KiB", static_cast<long long>(kib));
  } else if (kib < 1024 * 1024) {
    std::snprintf(buffer.data(), buffer.size(), "%.4g MiB", static_cast<double>(kib) / 1024);
  } else {
    std::snprintf(buffer.data(), buffer.size(), "%.4g GiB",
                  static_cast<double>(kib) / (1024 * 1024));
  }
  return buffer.data();
}

std::string local_time_text(WallTime at) {
  const std::time_t seconds_since_epoch = at.epoch_ms / 1000;
  std::tm local{};
  localtime_r(&seconds_since_epoch, &local);
  std::array<char, 32> buffer{};
  std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S", &local);
  return buffer.data();
}

}  // namespace dray::cli
