#include <string>
#include <vector>

#include "agent/core/pod_step.h"

namespace dray::pod {
namespace {

/// What does not hold of one container.
std::string broken_container(const State& pod, const HeldContainer& held) {
  const bool runs = held.phase == Phase::Running;
  if (held.exit_code.has_value() != (held.phase == Phase::Ended)) {
    return "has an exit code exactly when it has ended";
  }
  if (held.reason.empty() != (held.phase != Phase::NeverRan)) {
    return "has a reason exactly when it never ran";
  }
  if (held.kill_at && !(runs && held.is_told_to_end)) {
    return "is killed only when it runs and was told to end";
  }
  if (held.is_told_to_end && !pod.is_ending) {
    return "is told to end only when its pod ends";
  }
  if (pod.is_over && (runs || held.phase == Phase::Waiting)) {
    return "lives in a pod that is over";
  }
  return "";
}

}  // namespace

std::vector<std::string> broken_invariants(const State& state) {
  std::vector<std::string> broken;
  if (state.members.size() != state.held.size()) {
    broken.emplace_back("a pod holds as many containers as it has");
    return broken;
  }
  for (std::size_t at = 0; at < state.held.size(); ++at) {
    if (std::string what = broken_container(state, state.held[at]); !what.empty()) {
      broken.push_back("container " + state.members[at].name + ": " + what);
    }
  }
  if (state.failed && state.members.at(*state.failed).role == ContainerRole::Helper) {
    broken.emplace_back("a helper fails no pod");
  }
  return broken;
}

}  // namespace dray::pod
