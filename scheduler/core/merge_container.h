#pragma once
#include "model/error.h"
#include "model/job_definition.h"
#include "model/requests.h"

namespace dray {

/// Lays what a submit changes over a definition's container, and puts `parameters` into its
/// command. Refused when a parameter is missing.
Result<void> merge_container(const ContainerOverride& over, const Parameters& parameters,
                             ContainerSpec& container);

}  // namespace dray
