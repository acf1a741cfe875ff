#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/turn.h"

namespace dray {
namespace {

/// Refuses and says so, or returns true.
bool have_environments(Turn& turn, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!turn.state().environments().contains(name)) {
      turn.refuse(ErrorCode::NotFound, "ComputeEnvironment " + name + " does not exist");
      return false;
    }
  }
  return true;
}

}  // namespace

void take(Turn& turn, const QueueCreated& event) {
  if (turn.state().queues().contains(event.queue.name)) {
    turn.refuse(ErrorCode::Conflict, "Object already exists");
    return;
  }
  if (have_environments(turn, event.queue.environments)) {
    turn.put(QueuePut{event.queue});
    turn.reply(Done{});
  }
}

void take(Turn& turn, const QueueUpdated& event) {
  const QueueUpdate& update = event.update;
  const auto found = turn.state().queues().find(update.name);
  if (found == turn.state().queues().end()) {
    turn.refuse(ErrorCode::NotFound, "JobQueue " + update.name + " does not exist");
    return;
  }
  if (update.environments && !have_environments(turn, *update.environments)) {
    return;
  }
  JobQueue queue = found->second;
  queue.is_enabled = update.is_enabled.value_or(queue.is_enabled);
  queue.priority = update.priority.value_or(queue.priority);
  queue.environments = update.environments.value_or(queue.environments);
  queue.job_environment = update.job_environment.value_or(queue.job_environment);
  queue.as_given = update.as_given.value_or(queue.as_given);
  turn.put(QueuePut{std::move(queue)});
  turn.reply(Done{});
}

}  // namespace dray
