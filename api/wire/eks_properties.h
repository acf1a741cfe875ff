#pragma once
#include <optional>
#include <string_view>

#include "api/wire/json_reader.h"
#include "model/job_definition.h"

namespace dray::wire {

/// eksProperties by AWS's rules: a pod of 1-10 containers, and up to 10 initContainers, which run
/// before them, one after the other. The initContainers are first in the answer.
Pod read_eks_properties(const JsonObject& properties);

/// What a container takes: its limits, or its requests where it has no limits.
struct EksResources {
  std::optional<std::int64_t> milli_vcpus;
  std::optional<std::int64_t> memory_mib;
  std::optional<std::int64_t> gpus;
};
/// `resources` of a container or of an override: cpu, memory and nvidia.com/gpu in Kubernetes'
/// words ("500m", "64Mi").
EksResources read_eks_resources(const JsonObject& container);

/// AWS: the name of a container that has none.
inline constexpr std::string_view kEksDefaultName = "Default";

}  // namespace dray::wire
