#pragma once
#include <string>

#include "scheduler/core/state.h"

namespace dray {

/// Everything of the State that is stored and lives, and every index derived from it, as text; no
/// volatile fact, no ended job. Equal for a State and for the one that `apply` makes of its rows.
std::string fingerprint(const State& state);

}  // namespace dray
