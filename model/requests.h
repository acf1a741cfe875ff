#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/access.h"
#include "model/child_runs.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "model/time_limit.h"

/// What users ask for, decoded by the door and decided by the core.
namespace dray {

/// What a submission says instead of the definition about one of several containers.
struct ContainerOverride {
  std::string name;  ///< Empty: the only one, or the first of its list (AWS, of eksProperties).
  bool is_init = false;
  std::string image;  ///< Empty: as the definition has it.
  /// Of a pod of Kubernetes: `command` takes the place of the entry point, `arguments` of what
  /// follows it. Elsewhere `command` is all.
  std::optional<std::vector<std::string>> command;
  std::optional<std::vector<std::string>> arguments;
  std::vector<EnvironmentVariable> environment;
  std::optional<std::int64_t> milli_vcpus;
  std::optional<std::int64_t> memory_mib;
  std::optional<std::int64_t> gpus;
};

/// For nodes `first`..`last` (NodeRange::kToTheEnd: all that follow).
struct NodeOverride {
  std::int32_t first = 0;
  std::int32_t last = 0;
  ContainerOverride container;
  std::optional<std::vector<ConsumableNeed>> consumables;
};

/// SubmitJob, decoded; not merged with its definition.
struct Submission {
  std::string name;
  std::string queue;
  std::string definition;
  std::int32_t revision = 0;  ///< 0: the newest active one.
  std::int32_t array_size = 0;
  ArrayLimits limits;
  bool is_held = false;  ///< From the beginning, until it is released; Dray's own.
  std::vector<Dependency> depends_on;
  Parameters parameters;
  std::optional<std::vector<std::string>> command;
  std::vector<EnvironmentVariable> environment;
  std::optional<std::int64_t> milli_vcpus;  ///< From containerOverrides.resourceRequirements.
  std::optional<std::int64_t> memory_mib;
  std::optional<std::int64_t> gpus;
  /// The legacy members vcpus and memory: they count only on a definition that used them too.
  std::optional<std::int64_t> legacy_milli_vcpus;
  std::optional<std::int64_t> legacy_memory_mib;
  /// Of which kind of definition the overrides are; nothing when none were given.
  std::optional<DefinitionKind> overridden;
  std::vector<ContainerOverride> containers;  ///< Of ecsProperties and eksProperties.
  std::optional<std::int32_t> node_count;     ///< nodeOverrides.numNodes.
  std::vector<NodeOverride> node_overrides;
  std::optional<RetryStrategy> retry;
  std::optional<Duration> timeout;
  Tags tags;
  std::optional<bool> propagate_tags;
  std::optional<std::int32_t> scheduling_priority;
  std::string share_identifier;
  std::optional<std::vector<ConsumableNeed>> consumables;  ///< In place of the definition's.
  std::string as_given;
  std::optional<Invocation> invocation;  ///< When the client has named it.
};

/// What Dray changes of a job that has not ended. Only what is given changes; 0 lifts a limit.
struct JobUpdate {
  std::optional<std::int32_t> running_max;  ///< ArrayLimits.
  std::optional<std::int32_t> failed_max;
  std::optional<bool> is_held;
  ChildRuns children;                    ///< Whom `is_held` is about; none: the whole job.
  std::optional<std::int32_t> priority;  ///< 0 to kPriorityMax.
  std::string said_by;                   ///< As JobNote's.
};

/// Only what is given changes.
struct EnvironmentUpdate {
  std::string name;
  std::optional<bool> is_enabled;
  std::optional<std::int32_t> vcpus_max;
  std::optional<std::int32_t> unmanaged_vcpus;
  std::optional<std::string> as_given;  ///< The whole new text, merged by the door.
};

/// Only what is given changes.
struct QueueUpdate {
  std::string name;
  std::optional<bool> is_enabled;
  std::optional<std::int32_t> priority;
  std::optional<std::vector<std::string>> environments;
  std::optional<std::vector<std::string>> service_environments;
  std::optional<std::string> scheduling_policy;
  std::optional<std::vector<EnvironmentVariable>> job_environment;
  std::optional<std::vector<TimeLimit>> time_limits;
  std::optional<std::int32_t> running_max;
  std::map<std::string, std::int32_t> running_max_by_name;  ///< 0 lifts that name's limit.
  std::optional<DispatchOrder> order;
  std::optional<std::string> as_given;  ///< The whole new text, merged by the door.
};

}  // namespace dray
