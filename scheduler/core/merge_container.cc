#include "scheduler/core/merge_container.h"

#include "scheduler/core/merge_words.h"

namespace dray {
Result<void> merge_container(const ContainerOverride& over, const Parameters& parameters,
                             ContainerSpec& container) {
  container.command = over.command.value_or(container.command);
  if (Result<void> done = substitute(container.command, parameters); !done) {
    return done;
  }
  merge_environment(container.environment, over.environment);
  Resources& request = container.request;
  request.milli_vcpus = over.milli_vcpus.value_or(request.milli_vcpus);
  request.memory_mib = over.memory_mib.value_or(request.memory_mib);
  request.gpus = over.gpus.value_or(request.gpus);
  return {};
}

}  // namespace dray
