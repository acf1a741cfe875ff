#pragma once
#include <cstddef>
#include <string_view>

#include "model/error.h"

namespace dray::wire {

/// AWS's text for a body that is no JSON (contract 4.2).
inline constexpr std::string_view kJsonBroken = "An error occurred during JSON parsing";
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kJsonValuesMax = 500'000;

/// Reads a text as JSON without building anything: a document that passes can be built, copied and
/// written without overflowing the stack, and means one thing only. BadRequest otherwise: broken
/// JSON, invalid UTF-8, deeper than kJsonDepthMax, a member twice in one object, a number too large
/// for any type, a NUL inside a text, more than kJsonValuesMax values.
Result<void> guard_json(std::string_view text);

}  // namespace dray::wire
