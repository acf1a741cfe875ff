#include "model/job_definition.h"

namespace dray {

bool ContainerSpec::is_native() const {
  return image == "native" || image.starts_with("native:");
}

std::string_view why_not_run(const JobDefinition& definition) {
  switch (definition.kind) {
    case DefinitionKind::Container:
      return {};
    case DefinitionKind::Ecs:
      return definition.container.image.empty()
                 ? "Jobs of several containers (ecsProperties) do not run yet"
                 : "";
    case DefinitionKind::Eks:
      return "Jobs with eksProperties do not run yet";
    case DefinitionKind::MultiNode:
      for (const NodeRange& range : definition.ranges) {
        if (range.container.image.empty()) {
          return "Nodes of several containers, and of pods, do not run yet";
        }
      }
      return definition.ranges.empty() ? "Register this job definition again: it is of a version "
                                         "that did not run multi-node parallel jobs"
                                       : "";
  }
  return {};
}

}  // namespace dray
