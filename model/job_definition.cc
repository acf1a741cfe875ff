#include "model/job_definition.h"

#include <algorithm>

namespace dray {

bool ContainerSpec::is_native() const {
  return image == "native" || image.starts_with("native:");
}

Resources request_of(const Pod& pod) {
  Resources together;
  Resources most;
  for (const PodContainer& one : pod) {
    const Resources& request = one.container.request;
    if (one.role != ContainerRole::Init) {
      together += request;
      continue;
    }
    most.milli_vcpus = std::max(most.milli_vcpus, request.milli_vcpus);
    most.memory_mib = std::max(most.memory_mib, request.memory_mib);
    most.gpus = std::max(most.gpus, request.gpus);
  }
  return {.milli_vcpus = std::max(most.milli_vcpus, together.milli_vcpus),
          .memory_mib = std::max(most.memory_mib, together.memory_mib),
          .gpus = std::max(most.gpus, together.gpus)};
}

Duration stop_time_of(const Pod& pod) {
  Duration sum{};
  for (const PodContainer& one : pod) {
    sum += one.stop_timeout;
  }
  return sum;
}

std::string_view why_not_run(const JobDefinition& definition) {
  constexpr std::string_view kOfOlder =
      "An older Dray registered this job definition: register it again";
  switch (definition.kind) {
    case DefinitionKind::Container:
      return {};
    case DefinitionKind::Ecs:
    case DefinitionKind::Eks:
      return definition.container.image.empty() && definition.pod.empty() ? kOfOlder
                                                                          : std::string_view();
    case DefinitionKind::MultiNode:
      for (const NodeRange& range : definition.ranges) {
        if (range.container.image.empty()) {
          return "Nodes of several containers, and of pods, do not run yet";
        }
      }
      return definition.ranges.empty() ? kOfOlder : std::string_view();
  }
  return {};
}

}  // namespace dray
