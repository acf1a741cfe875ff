#pragma once
#include <string>
#include <vector>

#include "model/error.h"
#include "model/job_definition.h"

namespace dray {

/// Variables of `from` onto those of `into`, by name.
void merge_environment(std::vector<EnvironmentVariable>& into,
                       const std::vector<EnvironmentVariable>& from);

/// Replaces every `Ref::name` in a command. Refused when there is no such parameter.
Result<void> substitute(std::vector<std::string>& command, const Parameters& parameters);

}  // namespace dray
