#pragma once
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

/// How much of a consumable resource a job takes (AWS: ConsumableResourceRequirement).
struct ConsumableNeed {
  std::string name;
  std::int64_t quantity = 0;
  bool operator==(const ConsumableNeed&) const = default;
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
  /// What a job of it runs. Without an image for kinds that cannot run yet.
  ContainerSpec container;
  std::string container_name;  ///< Of the one container of Ecs, which overrides name.
  std::vector<ConsumableNeed> consumables;
  Parameters parameters;  ///< Defaults for `Ref::` placeholders.
  RetryStrategy retry;
  bool retry_given = false;         ///< Whether Describe shows a retryStrategy.
  std::optional<Duration> timeout;  ///< AWS: attemptDurationSeconds, at least 60 s.
  Tags tags;
  bool propagate_tags = false;
  std::optional<std::int32_t> scheduling_priority;  ///< AWS: 0 to 9999.
  std::vector<std::string> platform_capabilities;
  std::string as_given;  ///< Members Dray stores and echoes without reading them, JSON object.
  bool operator==(const JobDefinition&) const = default;
};

/// Why jobs of this definition cannot run, as a sentence; empty when they can.
[[nodiscard]] std::string_view why_not_run(const JobDefinition& definition);

}  // namespace dray
