#pragma once
#include <string>

#include "model/usage.h"

namespace dray::wire {

/// What jobs of a definition used, and a suggestion; docs/api.md.
std::string encode_usage(const DefinitionUsage& usage);

}  // namespace dray::wire
