#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/instant.h"

namespace dray::auth {

/// "20260131T235959Z". Nothing for any other text, or a day that is none.
std::optional<WallTime> parse_amz_time(std::string_view text);
/// The second of `time`.
std::string amz_time(WallTime time);

}  // namespace dray::auth
