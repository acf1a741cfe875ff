#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/instant.h"

namespace dray::cli {

/// "90", "90s", "2h30m", "1d 12h", "15min", "500ms" as a duration; a bare number is seconds.
/// Nothing when the text is anything else, zero, or longer than 10 years.
std::optional<Duration> parse_duration(std::string_view text);
/// "0.3s", "42s", "2m05s", "3h07m", "2d03h": at most two units.
std::string duration_text(Duration duration);
/// "512", "512M", "2G", "1.5GiB" as MiB (a bare number is MiB). Nothing when it is anything else.
std::optional<std::int64_t> parse_memory_mib(std::string_view text);
/// "512 MiB", "1.5 GiB".
std::string memory_text(std::int64_t kib);
/// "2026-11-24 08:07:19", in the time zone of the terminal.
std::string local_time_text(WallTime at);

}  // namespace dray::cli
