#pragma once
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "model/job_definition.h"

namespace dray::wire {

/// containerProperties of a definition or of a range of nodes, with AWS's rules.
ContainerSpec read_container_properties(const JsonObject& properties);
/// What containers of every kind have in common: image, command, environment, user, resources.
/// Without `as_given`.
ContainerSpec read_container_basics(const JsonObject& given);
/// The object as registered, with the lists that AWS adds when they are missing.
void write_container_properties(JsonWriter& out, std::string_view as_given);

}  // namespace dray::wire
