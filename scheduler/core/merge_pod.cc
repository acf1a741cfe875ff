#include "scheduler/core/merge_pod.h"

#include <algorithm>
#include <string>

#include "scheduler/core/merge_words.h"

namespace dray {
namespace {

/// The container that is meant: by its name, or the first of its list when there is none given.
PodContainer* find_container(Pod& pod, const ContainerOverride& given) {
  const auto found = std::find_if(pod.begin(), pod.end(), [&given](const PodContainer& one) {
    return (one.role == ContainerRole::Init) == given.is_init &&
           (given.name.empty() || one.name == given.name);
  });
  return found == pod.end() ? nullptr : &*found;
}

void apply(const ContainerOverride& given, ContainerSpec& container) {
  if (!given.image.empty()) {
    container.image = given.image;
  }
  merge_environment(container.environment, given.environment);
  container.request.milli_vcpus = given.milli_vcpus.value_or(container.request.milli_vcpus);
  container.request.memory_mib = given.memory_mib.value_or(container.request.memory_mib);
  container.request.gpus = given.gpus.value_or(container.request.gpus);
}

/// Entry point and arguments are replaced each for itself.
void apply_command(const ContainerOverride& given, std::vector<std::string>& command,
                   std::uint32_t& entry_words) {
  const auto border = command.begin() + entry_words;
  std::vector<std::string> entry(command.begin(), border);
  std::vector<std::string> arguments(border, command.end());
  if (given.arguments) {
    arguments = *given.arguments;
  }
  if (given.command) {
    entry = *given.command;
  }
  entry_words = static_cast<std::uint32_t>(entry.size());
  command = std::move(entry);
  command.insert(command.end(), arguments.begin(), arguments.end());
}

}  // namespace

Result<void> check_overridden(const Submission& submission, const JobDefinition& definition) {
  Pod pod = definition.pod;
  for (const ContainerOverride& given : submission.containers) {
    const bool is_known = pod.empty() ? given.name == definition.container_name
                                      : find_container(pod, given) != nullptr;
    if (!is_known) {
      return refuse(ErrorCode::BadRequest,
                    "The job definition has no container with the name " + given.name);
    }
  }
  return {};
}

Result<void> merge_containers(const Submission& submission, JobSpec& spec) {
  const bool is_of_kubernetes = submission.overridden == DefinitionKind::Eks;
  for (const ContainerOverride& given : submission.containers) {
    PodContainer* one = find_container(spec.pod, given);
    ContainerSpec& container = one == nullptr ? spec.container : one->container;
    apply(given, container);
    if (one != nullptr && is_of_kubernetes) {
      apply_command(given, container.command, one->entry_words);
    } else if (given.command) {
      container.command = *given.command;
    }
  }
  if (!spec.pod.empty()) {
    for (PodContainer& one : spec.pod) {
      if (auto done = substitute(one.container.command, spec.parameters); !done) {
        return done;
      }
    }
    spec.container.request = request_of(spec.pod);
  }
  return substitute(spec.container.command, spec.parameters);
}

}  // namespace dray
