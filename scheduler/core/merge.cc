#include "scheduler/core/merge.h"

#include <algorithm>
#include <string>
#include <utility>

namespace dray {
namespace {

constexpr std::int32_t kArraySizeMaxAws = 10'000;
constexpr std::size_t kDependenciesMaxAws = 20;
constexpr std::int32_t kAttemptsMax = 10;  // AWS: RetryStrategy.attempts
constexpr std::size_t kRetryRulesMax = 6;  // AWS: user guide, job_retries
constexpr std::string_view kReference = "Ref::";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

/// Replaces every Ref::name in one word; what is put in is not looked at again. `Ref::` followed by
/// no name stays (contract, appendix C).
Result<std::string> substitute(const std::string& word, const Parameters& parameters) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t found = word.find(kReference, at);
    if (found == std::string::npos) {
      return out + word.substr(at);
    }
    std::size_t end = found + kReference.size();
    const std::size_t begin = end;
    while (end < word.size() && is_name_character(word[end])) {
      ++end;
    }
    out += word.substr(at, found - at);
    at = end;
    if (begin == end) {
      out += kReference;
      continue;
    }
    const std::string name = word.substr(begin, end - begin);
    const auto parameter = parameters.find(name);
    if (parameter == parameters.end()) {
      return refuse(ErrorCode::BadRequest,
                    "Unable to substitute value. No parameter found for reference " + name);
    }
    out += parameter->second;
  }
}

void merge_environment(std::vector<EnvironmentVariable>& into,
                       const std::vector<EnvironmentVariable>& from) {
  for (const EnvironmentVariable& variable : from) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const EnvironmentVariable& old) {
      return old.name == variable.name;
    });
    if (same == into.end()) {
      into.push_back(variable);
    } else {
      same->value = variable.value;
    }
  }
}

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
  for (const std::string& name : submission.overridden_containers) {
    if (name != definition.container_name) {
      return refuse(ErrorCode::BadRequest,
                    "The job definition has no container with the name " + name);
    }
  }
  return {};
}

Result<void> check_array(const Submission& submission, const Settings& settings) {
  const std::int32_t size = submission.array_size;
  const std::int32_t size_max = settings.compat_strict ? kArraySizeMaxAws : settings.array_size_max;
  if (size != 0 && (size < 2 || size > size_max)) {
    return refuse(ErrorCode::BadRequest,
                  "Array size must be between 2 and " + std::to_string(size_max));
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
    if (on.type != DependencyType::Whole && submission.array_size == 0) {
      return refuse(ErrorCode::BadRequest,
                    "Dependency types N_TO_N and SEQUENTIAL are only for array jobs");
    }
  }
  return {};
}

Result<void> check_bounds(const JobSpec& spec, const Settings& settings) {
  for (const EnvironmentVariable& variable : spec.container.environment) {
    if (variable.name.starts_with("AWS_BATCH")) {
      return refuse(ErrorCode::BadRequest,
                    "Environment variable names cannot start with AWS_BATCH: " + variable.name);
    }
  }
  if (spec.retry.attempts < 1 || spec.retry.attempts > kAttemptsMax) {
    return refuse(ErrorCode::BadRequest, "RetryAttempts must be between 1 and 10");
  }
  if (spec.retry.rules.size() > kRetryRulesMax) {
    return refuse(ErrorCode::BadRequest, "EvaluateOnExit must have at most 6 entries");
  }
  if (spec.retry.memory_growth && settings.compat_strict) {
    return refuse(ErrorCode::BadRequest, "retryStrategy has no member memoryGrowth");
  }
  if (spec.timeout && *spec.timeout < settings.timeout_min) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings.timeout_min);
    return refuse(ErrorCode::BadRequest, "Job attempt duration must be at least " +
                                             std::to_string(seconds.count()) + " seconds");
  }
  const Resources& request = spec.container.request;
  if (request.milli_vcpus <= 0 || request.memory_mib <= 0 || request.gpus < 0) {
    return refuse(ErrorCode::BadRequest, "VCPU and MEMORY must be more than zero");
  }
  return {};
}

}  // namespace

Result<JobSpec> merge(const Submission& submission, const JobDefinition& definition,
                      const Settings& settings) {
  if (const Result<void> checked = check_kind(submission, definition); !checked) {
    return tl::unexpected<Error>(checked.error());
  }
  if (submission.scheduling_priority || !submission.share_identifier.empty()) {
    return refuse(
        ErrorCode::BadRequest,
        "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue "
        "with fair share scheduling policy.");
  }
  for (const auto& checked :
       {check_array(submission, settings), check_dependencies(submission, settings)}) {
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
               .scheduling_priority =
                   submission.scheduling_priority.value_or(definition.scheduling_priority),
               .share_identifier = submission.share_identifier,
               .depends_on = submission.depends_on,
               .array_size = submission.array_size,
               .consumables = submission.consumables.value_or(definition.consumables),
               .as_given = submission.as_given,
               .definition_as_given = definition.as_given};
  spec.parameters.insert(definition.parameters.begin(), definition.parameters.end());
  if (submission.command) {
    spec.container.command = *submission.command;
  }
  for (std::string& word : spec.container.command) {
    Result<std::string> substituted = substitute(word, spec.parameters);
    if (!substituted) {
      return tl::unexpected<Error>(substituted.error());
    }
    word = std::move(*substituted);
  }
  merge_environment(spec.container.environment, submission.environment);
  merge_request(spec.container, submission);
  if (const Result<void> checked = check_bounds(spec, settings); !checked) {
    return tl::unexpected<Error>(checked.error());
  }
  return spec;
}

}  // namespace dray
