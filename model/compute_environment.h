#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "model/job_definition.h"

namespace dray {

/// A pool of agents (D11). Agents join it by name, also before it is created.
struct ComputeEnvironment {
  std::string name;
  bool is_managed = false;  ///< AWS: MANAGED or UNMANAGED. Both are pools; MANAGED has a cap.
  bool is_enabled = true;   ///< Disabled: nothing new is placed, what runs goes on.
  std::optional<std::int32_t> vcpus_max;  ///< maxvCpus: caps what runs in the pool at once.
  std::string uuid;
  Tags tags;
  std::string as_given;  ///< The create request's other members (EC2's own), echoed, JSON object.
  /// unmanagedvCpus: the whole of which fair share holds a part back; nothing: what its agents
  /// have.
  std::optional<std::int32_t> unmanaged_vcpus;
  bool operator==(const ComputeEnvironment&) const = default;
};

}  // namespace dray
