#include "scheduler/core/merge.h"

#include <algorithm>
#include <string>
#include <utility>

#include "scheduler/core/merge_nodes.h"
#include "scheduler/core/merge_pod.h"
#include "scheduler/core/merge_words.h"

namespace dray {
namespace {

constexpr std::int32_t kArraySizeMaxAws = 10'000;
constexpr std::size_t kDependenciesMaxAws = 20;
constexpr std::int32_t kAttemptsMax = 10;  // AWS: RetryStrategy.attempts
constexpr std::size_t kRetryRulesMax = 6;  // AWS: user guide, job_retries

void merge_request(ContainerSpec& container, const Submission& submission) {
  Resources& request = container.request;
  if (container.legacy_resources) {
    request.milli_vcpus = submission.legacy_milli_vcpus.value_or(request.milli_vcpus);
    request.memory_mib = submission.legacy_memory_mib.value_or(request.memory_mib);
  }
  request.milli_vcpus = submission.milli_vcpus.value_or(request.milli_vcpus);
  request.memory_mib = submission.memory_mib.value_or(request.memory_mib);
  request.gpus = submission.gpus.value_or(request.gpus);
}

/// Containers of a job that is no multi-node job.
Result<void> merge_single(const Submission& submission, JobSpec& spec) {
  spec.container.command = submission.command.value_or(spec.container.command);
  merge_environment(spec.container.environment, submission.environment);
  merge_request(spec.container, submission);
  return merge_containers(submission, spec);
}

std::string_view overrides_of(DefinitionKind kind) {
  switch (kind) {
    case DefinitionKind::Container:
      return "containerOverrides";
    case DefinitionKind::Ecs:
      return "ecsPropertiesOverride";
    case DefinitionKind::Eks:
      return "eksPropertiesOverride";
    case DefinitionKind::MultiNode:
      return "nodeOverrides";
  }
  return {};
}

/// Overrides fit the definition, and jobs of it run.
Result<void> check_kind(const Submission& submission, const JobDefinition& definition) {
  if (submission.overridden && *submission.overridden != definition.kind) {
    return refuse(ErrorCode::BadRequest, std::string(overrides_of(*submission.overridden)) +
                                             " cannot be used with this job definition, only " +
                                             std::string(overrides_of(definition.kind)));
  }
  if (const std::string_view reason = why_not_run(definition); !reason.empty()) {
    return refuse(ErrorCode::BadRequest, std::string(reason));
  }
  return check_overridden(submission, definition);
}

Result<void> check_array(const Submission& submission, const Settings& settings) {
  const std::int32_t size = submission.array_size;
  const std::int32_t size_max = settings.compat_strict ? kArraySizeMaxAws : settings.array_size_max;
  if (size != 0 && (size < 2 || size > size_max)) {
    return refuse(ErrorCode::BadRequest,
                  "Array size must be between 2 and " + std::to_string(size_max));
  }
  const ArrayLimits& limits = submission.limits;
  if (limits != ArrayLimits{} && (settings.compat_strict || size == 0)) {
    return refuse(ErrorCode::BadRequest, size == 0
                                             ? "maxRunning and maxFailures are for array jobs only"
                                             : "maxRunning and maxFailures are not AWS's");
  }
  if (limits.running_max < 0 || limits.failed_max < 0) {
    return refuse(ErrorCode::BadRequest, "maxRunning and maxFailures must not be negative");
  }
  return {};
}

Result<void> check_dependencies(const Submission& submission, const Settings& settings) {
  const std::size_t count_max =
      settings.compat_strict ? kDependenciesMaxAws : settings.dependencies_max;
  if (submission.depends_on.size() > count_max) {
    return refuse(ErrorCode::BadRequest,
                  "Job cannot have more than " + std::to_string(count_max) + " dependencies");
  }
  for (const Dependency& on : submission.depends_on) {
    if (settings.compat_strict &&
        (on.type == DependencyType::AfterAny || on.type == DependencyType::AfterNotOk)) {
      return refuse(ErrorCode::BadRequest, "Dependency type must be N_TO_N or SEQUENTIAL");
    }
    if (!is_on_job(on.type) && submission.array_size == 0) {
      return refuse(ErrorCode::BadRequest,
                    "Dependency types N_TO_N and SEQUENTIAL are only for array jobs");
    }
  }
  return {};
}

Result<void> check_hold(const Submission& submission, const Settings& settings) {
  return submission.is_held && settings.compat_strict
             ? refuse(ErrorCode::BadRequest, "held is not AWS's")
             : Result<void>();
}

/// Bounds of one container, a job's only one or one of a pod.
Result<void> check_container(const ContainerSpec& container) {
  for (const EnvironmentVariable& variable : container.environment) {
    if (variable.name.starts_with("AWS_BATCH")) {
      return refuse(ErrorCode::BadRequest,
                    "Environment variable names cannot start with AWS_BATCH: " + variable.name);
    }
  }
  const Resources& request = container.request;
  if (request.milli_vcpus <= 0 || request.memory_mib <= 0 || request.gpus < 0) {
    return refuse(ErrorCode::BadRequest, "VCPU and MEMORY must be more than zero");
  }
  return {};
}

Result<void> check_bounds(const JobSpec& spec, const Settings& settings) {
  if (spec.retry.attempts < 1 || spec.retry.attempts > kAttemptsMax) {
    return refuse(ErrorCode::BadRequest, "RetryAttempts must be between 1 and 10");
  }
  if (spec.retry.rules.size() > kRetryRulesMax) {
    return refuse(ErrorCode::BadRequest, "EvaluateOnExit must have at most 6 entries");
  }
  if (spec.retry.memory_growth && settings.compat_strict) {
    return refuse(ErrorCode::BadRequest, "retryStrategy has no member memoryGrowth");
  }
  if (spec.retry.memory_growth && spec.is_multi_node()) {
    return refuse(ErrorCode::BadRequest,
                  "memoryGrowth cannot be used with multi-node parallel jobs");
  }
  if (spec.timeout && *spec.timeout < settings.timeout_min) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.timeout_min);
    return refuse(ErrorCode::BadRequest, "Job attempt duration must be at least " +
                                             std::to_string(seconds.count()) + " seconds");
  }
  for (const PodContainer& one : spec.pod) {
    if (const Result<void> checked = check_container(one.container); !checked) {
      return checked;
    }
  }
  for (const NodeRange& range : spec.nodes) {
    if (const Result<void> checked = check_container(range.container); !checked) {
      return checked;
    }
  }
  return check_container(spec.container);
}

}  // namespace

Result<JobSpec> merge(const Submission& submission, const JobDefinition& definition,
                      const Settings& settings) {
  if (const Result<void> checked = check_kind(submission, definition); !checked) {
    return tl::unexpected<Error>(checked.error());
  }
  for (const auto& checked :
       {check_array(submission, settings), check_dependencies(submission, settings),
        check_hold(submission, settings)}) {
    if (!checked) {
      return tl::unexpected<Error>(checked.error());
    }
  }
  JobSpec spec{.name = submission.name,
               .queue = submission.queue,
               .definition = definition.name,
               .definition_revision = definition.revision,
               .container = definition.container,
               .parameters = submission.parameters,
               .retry = submission.retry.value_or(definition.retry),
               .timeout = submission.timeout ? submission.timeout : definition.timeout,
               .tags = submission.tags,
               .propagate_tags = submission.propagate_tags.value_or(definition.propagate_tags),
               .platform_capabilities = definition.platform_capabilities,
               .scheduling_priority = submission.scheduling_priority.value_or(
                   definition.scheduling_priority.value_or(0)),
               .share_identifier = submission.share_identifier,
               .depends_on = submission.depends_on,
               .array_size = submission.array_size,
               .consumables = submission.consumables.value_or(definition.consumables),
               .as_given = submission.as_given,
               .definition_as_given = definition.as_given,
               .pod = definition.pod};
  spec.parameters.insert(definition.parameters.begin(), definition.parameters.end());
  const Result<void> merged = definition.kind == DefinitionKind::MultiNode
                                  ? merge_nodes(submission, definition, spec)
                                  : merge_single(submission, spec);
  if (!merged) {
    return tl::unexpected<Error>(merged.error());
  }
  if (const Result<void> checked = check_bounds(spec, settings); !checked) {
    return tl::unexpected<Error>(checked.error());
  }
  return spec;
}

}  // namespace dray
