#include "scheduler/core/open_dependencies.h"

namespace dray {

std::string_view awaited_end(DependencyType type) {
  return type == DependencyType::AfterAny     ? "end"
         : type == DependencyType::AfterNotOk ? "fail"
                                              : "succeed";
}

std::vector<Dependency> open_dependencies(const State& state, const JobEntry& entry,
                                          std::int32_t child) {
  std::vector<Dependency> open;
  for (const Dependency& on : entry.job.spec->depends_on) {
    const JobEntry* needed = state.find_job(on.job);
    if (needed == nullptr || !binds(entry.job, needed->job)) {
      continue;
    }
    const bool is_n_to_n = on.type == DependencyType::NToN;
    const std::int32_t needed_child = is_n_to_n ? child : on.child;
    const bool is_known = !needed->array || needed_child < needed->array->size();
    if (is_known && !is_terminal(state.state_of(*needed, needed_child))) {
      open.push_back(on);
    }
  }
  return open;
}

}  // namespace dray
