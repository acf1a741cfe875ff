#include "model/job.h"

#include "model/attempt.h"

namespace dray {

const ContainerSpec& JobSpec::container_of(std::int32_t child) const {
  for (const NodeRange& range : nodes) {
    if (child >= range.first && child <= range.last) {
      return range.container;
    }
  }
  return container;
}

std::int64_t memory_after(const JobSpec& spec, std::int64_t memory_mib, const Attempt& ended) {
  if (ended.is_rerun) {
    return spec.container.request.memory_mib;
  }
  const bool had_too_little = ended.end && ended.end->outcome == Outcome::OutOfMemory;
  return had_too_little && !ended.is_final ? grown_memory(spec.retry, memory_mib) : memory_mib;
}

std::int32_t priority_of(const Job& job) {
  const bool is_shared = !job.spec->share_identifier.empty();
  return job.priority.value_or(is_shared ? job.spec->scheduling_priority : 0);
}

bool is_held(const Job& job, std::int32_t child) {
  return job.is_held || has_child(job.held_children, child);
}

}  // namespace dray
