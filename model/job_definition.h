#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/instant.h"
#include "model/resources.h"
#include "model/retry_strategy.h"

namespace dray {

struct EnvironmentVariable {
  std::string name;
  std::string value;
  bool operator==(const EnvironmentVariable&) const = default;
};

using Tags = std::map<std::string, std::string>;
using Parameters = std::map<std::string, std::string>;

/// What is run and within what (AWS: containerProperties).
struct ContainerSpec {
  /// `native` or `native:LABEL` means a process on the agent, without a container (D10).
  std::string image;
  std::vector<std::string> command;  ///< argv; may hold `Ref::name` until a job is submitted.
  std::vector<EnvironmentVariable> environment;
  Resources request;
  /// True when vCPUs and memory came through the legacy members vcpus and memory: an override by
  /// those members then counts, and they are echoed (AWS: ContainerOverrides.vcpus).
  bool legacy_resources = false;
  std::string user;      ///< Empty: the agent's default.
  std::string as_given;  ///< containerProperties, verbatim JSON: echoed; ContainerOptions.
  [[nodiscard]] bool is_native() const;
  bool operator==(const ContainerSpec&) const = default;
};

/// What a container of a pod waits for in one before it (AWS: TaskContainerDependency).
enum class ContainerCondition : std::uint8_t {
  Start,     ///< It has been started.
  Complete,  ///< It has ended.
  Success,   ///< It has ended with exit code 0.
};

struct ContainerDependency {
  std::uint32_t container = 0;  ///< Its place in the pod.
  ContainerCondition condition = ContainerCondition::Start;
  bool operator==(const ContainerDependency&) const = default;
};

/// What the end of a container means for its pod.
enum class ContainerRole : std::uint8_t {
  Essential,  ///< The pod ends with it, and fails unless it succeeds (AWS: essential).
  Helper,     ///< Nothing but for those that wait for it.
  Init,       ///< Its failure ends the pod (Kubernetes: initContainers).
  Member,     ///< Its failure fails the pod; the others run on (Kubernetes: containers).
};

/// One of the containers that a job runs together: a pod (contract 3.8).
struct PodContainer {
  static constexpr Duration kStopTimeout = std::chrono::seconds(30);
  std::string name;  ///< Unique in its pod.
  ContainerSpec container;
  ContainerRole role = ContainerRole::Essential;
  std::vector<ContainerDependency> depends_on;
  /// From its start: those that wait for its end then give up.
  std::optional<Duration> start_timeout;
  Duration stop_timeout = kStopTimeout;  ///< From SIGTERM to SIGKILL.
  /// So many of the command's first words take the place of the image's entry point (Kubernetes:
  /// command; the others are its args).
  std::uint32_t entry_words = 0;
  bool operator==(const PodContainer&) const = default;
};
using Pod = std::vector<PodContainer>;
/// AWS: 10 of ecsProperties; 10 containers and 10 initContainers of eksProperties.
inline constexpr std::size_t kPodContainersMax = 20;

/// What a pod takes: those that run together, or the Init container that takes most.
[[nodiscard]] Resources request_of(const Pod& pod);
/// The longest that a pod takes to end when it is told to.
[[nodiscard]] Duration stop_time_of(const Pod& pod);

/// How much of a consumable resource a job takes (AWS: ConsumableResourceRequirement).
struct ConsumableNeed {
  std::string name;
  std::int64_t quantity = 0;
  bool operator==(const ConsumableNeed&) const = default;
};

/// Nodes `first`..`last` of a multi-node parallel job, and what each of them runs (AWS:
/// NodeRangeProperty).
struct NodeRange {
  static constexpr std::int32_t kToTheEnd = -1;
  std::int32_t first = 0;
  std::int32_t last = 0;    ///< Of a definition's: kToTheEnd when it is open.
  ContainerSpec container;  ///< Without an image when it is one that cannot run.
  std::vector<ConsumableNeed> consumables;
  bool operator==(const NodeRange&) const = default;
};

/// By which member a definition says what is run (AWS: exactly one of them).
enum class DefinitionKind : std::uint8_t {
  Container,  ///< containerProperties.
  Ecs,        ///< ecsProperties: one container or several.
  Eks,        ///< eksProperties.
  MultiNode,  ///< nodeProperties.
};

enum class DefinitionStatus : std::uint8_t { Active, Inactive };

/// A named, numbered template of jobs. Immutable but for its status.
struct JobDefinition {
  std::string name;
  std::int32_t revision = 0;  ///< From 1; goes on over deregistered revisions.
  DefinitionStatus status = DefinitionStatus::Active;
  DefinitionKind kind = DefinitionKind::Container;
  /// What a job of it runs. Without an image for a pod, and for kinds that cannot run yet.
  ContainerSpec container;
  std::string container_name;  ///< Of the one container of Ecs, which overrides name.
  std::vector<ConsumableNeed> consumables;
  std::int32_t node_count = 0;    ///< Of MultiNode: 1 to 1,000.
  std::int32_t main_node = 0;     ///< Whose end is the job's.
  std::vector<NodeRange> ranges;  ///< May overlap: the narrower one counts (AWS).
  Parameters parameters;          ///< Defaults for `Ref::` placeholders.
  RetryStrategy retry;
  bool retry_given = false;         ///< Whether Describe shows a retryStrategy.
  std::optional<Duration> timeout;  ///< AWS: attemptDurationSeconds, at least 60 s.
  Tags tags;
  bool propagate_tags = false;
  std::optional<std::int32_t> scheduling_priority;  ///< AWS: 0 to 9999.
  std::vector<std::string> platform_capabilities;
  std::string as_given;  ///< Members Dray stores and echoes without reading them, JSON object.
  Pod pod;               ///< Of Ecs and Eks that run several containers; `container` is their sum.
  bool operator==(const JobDefinition&) const = default;
};

/// Why jobs of this definition cannot run, as a sentence; empty when they can.
[[nodiscard]] std::string_view why_not_run(const JobDefinition& definition);

}  // namespace dray
