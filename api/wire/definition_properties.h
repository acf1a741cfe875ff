#pragma once
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "model/job_definition.h"

namespace dray::wire {

/// What a definition says is run, by AWS's rules: `type`, and exactly one of containerProperties,
/// ecsProperties, eksProperties (container), or nodeProperties (multinode). Sets the kind, the
/// container where Dray can run it, and as_given.
void read_definition_properties(const JsonObject& request, JobDefinition& definition);
/// The same members as they were given.
void write_definition_properties(JsonWriter& out, const JobDefinition& definition);

}  // namespace dray::wire
