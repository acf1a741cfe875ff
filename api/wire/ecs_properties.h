#pragma once
#include "api/wire/json_reader.h"
#include "model/job_definition.h"

namespace dray::wire {

/// ecsProperties by AWS's rules: one task of 1-10 containers, one of them essential, whose
/// dependencies have no cycle. Empty when it is refused.
Pod read_ecs_properties(const JsonObject& properties);

}  // namespace dray::wire
