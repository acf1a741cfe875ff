#include "api/wire/container_properties.h"

#include <algorithm>

#include "api/wire/container_options.h"
#include "api/wire/request_members.h"

namespace dray::wire {
namespace {

void read_container_resources(const JsonObject& properties, ContainerSpec& container) {
  const AskedResources asked = read_requirements(properties);
  const AskedResources legacy = read_legacy_resources(properties);
  const auto vcpus = asked.milli_vcpus ? asked.milli_vcpus : legacy.milli_vcpus;
  const auto memory = asked.memory_mib ? asked.memory_mib : legacy.memory_mib;
  if (!vcpus) {
    properties.refuse_it("The job definition must say how many vCPUs it needs: VCPU");
  }
  if (!memory) {
    properties.refuse_it("The job definition must say how much memory it needs: MEMORY");
  }
  container.request = {vcpus.value_or(0), memory.value_or(0), asked.gpus.value_or(0)};
  container.legacy_resources = !asked.milli_vcpus && !asked.memory_mib;
}

}  // namespace

ContainerSpec read_container_basics(const JsonObject& given) {
  ContainerSpec container;
  container.image = given.required_text("image");
  if (container.image.size() > 255) {
    given.refuse_it("image must have at most 255 characters");
  }
  container.command = given.texts("command");
  if (std::find(container.command.begin(), container.command.end(), "") !=
      container.command.end()) {
    given.refuse_it("command must not contain empty strings");
  }
  container.environment = read_variables(given, "environment");
  container.user = given.text("user");
  read_container_resources(given, container);
  return container;
}

ContainerSpec read_container_properties(const JsonObject& properties) {
  ContainerSpec container = read_container_basics(properties);
  read_container_options(properties);  // Refuses what no agent could do; kept in as_given.
  container.as_given = properties.json();
  return container;
}

void write_container_properties(JsonWriter& out, std::string_view as_given) {
  out.begin_object();
  out.members_of(as_given, {},
                 {"command", "volumes", "environment", "mountPoints", "ulimits",
                  "resourceRequirements", "secrets"});
  out.end_object();
}

}  // namespace dray::wire
