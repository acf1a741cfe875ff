#pragma once
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "model/job_definition.h"
#include "model/requests.h"

namespace dray::wire {

/// nodeProperties by AWS's rules: 1-1000 nodes, in at most 5 ranges that cover every one.
void read_node_properties(const JsonObject& properties, JobDefinition& definition);
/// nodeOverrides of SubmitJob. `read_container` reads the overrides of one range's container.
void read_node_overrides(const JsonObject& overrides, Submission& submission,
                         ContainerOverride (*read_container)(const JsonObject&));
/// As registered (`as_given`: an object with the member nodeProperties), with AWS's empty lists.
void write_node_properties(JsonWriter& out, std::string_view as_given);

}  // namespace dray::wire
