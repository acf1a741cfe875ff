#pragma once
#include <optional>
#include <string>

#include "api/wire/json_reader.h"
#include "model/job_definition.h"

namespace dray::wire {

/// The one container of an ecsProperties, and its name.
struct EcsContainer {
  std::string name;
  ContainerSpec container;
};

/// ecsProperties by AWS's rules: one task of 1-10 containers, one of them essential, whose
/// dependencies have no cycle. Gives the container if there is just one.
std::optional<EcsContainer> read_ecs_properties(const JsonObject& properties);

}  // namespace dray::wire
