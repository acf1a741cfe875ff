#include <algorithm>
#include <utility>

#include "scheduler/core/turn.h"

namespace dray {

void take(Turn& turn, const EnvironmentCreated& event) {
  if (turn.state().environments().contains(event.environment.name)) {
    turn.refuse(ErrorCode::Conflict, "Object already exists");
    return;
  }
  turn.put(EnvironmentPut{event.environment});
  turn.reply(Done{});
}

void take(Turn& turn, const EnvironmentUpdated& event) {
  const EnvironmentUpdate& update = event.update;
  const auto found = turn.state().environments().find(update.name);
  if (found == turn.state().environments().end()) {
    turn.refuse(ErrorCode::NotFound, "ComputeEnvironment " + update.name + " does not exist");
    return;
  }
  ComputeEnvironment environment = found->second;
  environment.is_enabled = update.is_enabled.value_or(environment.is_enabled);
  if (update.unmanaged_vcpus) {
    environment.unmanaged_vcpus = update.unmanaged_vcpus;
  }
  if (update.vcpus_max) {
    environment.vcpus_max = update.vcpus_max;
  }
  environment.as_given = update.as_given.value_or(environment.as_given);
  turn.put(EnvironmentPut{std::move(environment)});
  turn.reply(Done{});
}

void take(Turn& turn, const EnvironmentDeleted& event) {
  const State& state = turn.state();
  const auto found = state.environments().find(event.name);
  if (found == state.environments().end()) {
    turn.refuse(ErrorCode::NotFound, "ComputeEnvironment " + event.name + " does not exist");
    return;
  }
  for (const auto& [name, queue] : state.queues()) {
    const auto& used = queue.environments;
    if (std::find(used.begin(), used.end(), event.name) != used.end()) {
      turn.refuse(ErrorCode::Conflict, "Cannot delete, found existing JobQueue relationship.");
      return;
    }
  }
  if (found->second.is_enabled) {
    turn.refuse(ErrorCode::Conflict, "Cannot delete, ComputeEnvironment must be DISABLED first.");
    return;
  }
  turn.put(EnvironmentGone{event.name});
  turn.reply(Done{});
}

}  // namespace dray
