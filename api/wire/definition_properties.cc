#include "api/wire/definition_properties.h"

#include "api/wire/container_properties.h"
#include "api/wire/ecs_properties.h"
#include "api/wire/eks_properties.h"
#include "api/wire/node_properties.h"

namespace dray::wire {
namespace {

/// AWS: an empty object says nothing, as some clients send.
std::optional<JsonObject> given_object(const JsonObject& request, std::string_view member) {
  return request.is_empty(member) ? std::nullopt : request.object(member);
}

void read_multinode(const JsonObject& request, JobDefinition& definition) {
  definition.kind = DefinitionKind::MultiNode;
  for (const char* other : {"containerProperties", "ecsProperties", "eksProperties"}) {
    if (!request.is_empty(other)) {
      request.refuse_it("A multinode job definition has nodeProperties, not " + std::string(other));
    }
  }
  if (const auto nodes = given_object(request, "nodeProperties")) {
    read_node_properties(*nodes, definition);
  } else {
    request.refuse_it("Member nodeProperties is required");
  }
}

/// One container that ends as all do needs no pod.
void read_ecs(const JsonObject& properties, JobDefinition& definition) {
  Pod containers = read_ecs_properties(properties);
  if (containers.size() == 1 && containers[0].stop_timeout == PodContainer::kStopTimeout) {
    definition.container = std::move(containers[0].container);
    definition.container_name = std::move(containers[0].name);
  } else {
    definition.pod = std::move(containers);
    definition.container.request = request_of(definition.pod);
  }
}

void read_single(const JsonObject& request, JobDefinition& definition) {
  if (!request.is_empty("nodeProperties")) {
    request.refuse_it("nodeProperties are for job definitions of type multinode");
  }
  const auto container = given_object(request, "containerProperties");
  const auto ecs = given_object(request, "ecsProperties");
  const auto eks = given_object(request, "eksProperties");
  const int given = int(container.has_value()) + int(ecs.has_value()) + int(eks.has_value());
  if (given != 1) {
    request.refuse_it(
        given == 0
            ? "Member containerProperties, ecsProperties or eksProperties is required"
            : "Only one of containerProperties, ecsProperties and eksProperties can be given");
  } else if (container) {
    definition.container = read_container_properties(*container);
  } else if (ecs) {
    definition.kind = DefinitionKind::Ecs;
    read_ecs(*ecs, definition);
  } else {
    definition.kind = DefinitionKind::Eks;
    definition.pod = read_eks_properties(*eks);
    definition.container.request = request_of(definition.pod);
  }
}

}  // namespace

void read_definition_properties(const JsonObject& request, JobDefinition& definition) {
  const std::string type = request.required_text("type");
  if (type == "multinode") {
    read_multinode(request, definition);
  } else if (type == "container") {
    read_single(request, definition);
  } else {
    request.refuse_it("type must be container or multinode");
  }
  std::string kept = request.json_only({"nodeProperties", "ecsProperties", "eksProperties"});
  if (kept != "{}") {
    definition.as_given = std::move(kept);
  }
}

void write_definition_properties(JsonWriter& out, const JobDefinition& definition) {
  if (definition.kind == DefinitionKind::Container) {
    out.name("containerProperties");
    write_container_properties(out, definition.container.as_given);
  }
  if (definition.as_given.empty()) {
    return;
  }
  if (definition.kind == DefinitionKind::MultiNode) {
    write_node_properties(out, definition.as_given);
  }
  out.members_of(definition.as_given, {"nodeProperties"});
}

}  // namespace dray::wire
