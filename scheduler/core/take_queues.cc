#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "model/catalogue_words.h"
#include "scheduler/core/shares.h"
#include "scheduler/core/turn.h"

namespace dray {
namespace {

constexpr Duration kTimeLimitMinAws = std::chrono::minutes(10);

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

/// Every queue has one kind of environments.
bool have_service_environments(Turn& turn, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const EntryKey key{ResourceKind::ServiceEnvironment, name};
    if (!turn.state().catalogue().contains(key)) {
      turn.refuse(ErrorCode::NotFound, missing(key));
      return false;
    }
  }
  return true;
}

bool have_policy(Turn& turn, const std::string& name) {
  const EntryKey key{ResourceKind::SchedulingPolicy, name};
  if (!name.empty() && !turn.state().catalogue().contains(key)) {
    turn.refuse(ErrorCode::NotFound, missing(key));
    return false;
  }
  return true;
}

/// AWS: a policy can be replaced, never removed; a queue without one is never given one.
bool may_have_policy(Turn& turn, const JobQueue& queue, const QueueUpdate& update) {
  if (!update.scheduling_policy || *update.scheduling_policy == queue.scheduling_policy) {
    return true;
  }
  if (update.scheduling_policy->empty()) {
    turn.refuse(ErrorCode::BadRequest, "The scheduling policy of a job queue cannot be removed.");
    return false;
  }
  if (queue.scheduling_policy.empty()) {
    turn.refuse(ErrorCode::BadRequest,
                "A scheduling policy cannot be added to a job queue that was created without one.");
    return false;
  }
  return have_policy(turn, *update.scheduling_policy);
}

/// A queue of jobs stays one, and so does one of service jobs.
bool may_have_environments(Turn& turn, const JobQueue& queue, const QueueUpdate& update) {
  const bool is_of_service = !queue.service_environments.empty();
  if ((update.environments && is_of_service) || (update.service_environments && !is_of_service)) {
    turn.refuse(ErrorCode::BadRequest,
                "A job queue has either compute environments or service environments.");
    return false;
  }
  return (!update.environments || have_environments(turn, *update.environments)) &&
         (!update.service_environments ||
          have_service_environments(turn, *update.service_environments));
}

/// AWS: at least ten minutes. Dray takes any time, unless it is to be as strict as AWS.
bool may_have_limits(Turn& turn, const std::vector<TimeLimit>& limits) {
  for (const TimeLimit& limit : limits) {
    if (turn.state().settings().compat_strict && limit.after < kTimeLimitMinAws) {
      turn.refuse(ErrorCode::BadRequest, "maxTimeSeconds must be between 600 and 86400");
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
  if (have_environments(turn, event.queue.environments) &&
      have_service_environments(turn, event.queue.service_environments) &&
      have_policy(turn, event.queue.scheduling_policy) &&
      may_have_limits(turn, event.queue.time_limits)) {
    turn.put(QueuePut{event.queue});
    know_shares(turn, event.queue.name);
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
  JobQueue queue = found->second;
  if (update.order == DispatchOrder::FifoStrict && is_fair(queue)) {
    turn.refuse(ErrorCode::BadRequest,
                "A job queue with a scheduling policy has the order of its shares.");
    return;
  }
  if (!may_have_environments(turn, queue, update) || !may_have_policy(turn, queue, update) ||
      !may_have_limits(turn, update.time_limits.value_or(queue.time_limits))) {
    return;
  }
  queue.is_enabled = update.is_enabled.value_or(queue.is_enabled);
  queue.priority = update.priority.value_or(queue.priority);
  queue.environments = update.environments.value_or(queue.environments);
  queue.service_environments = update.service_environments.value_or(queue.service_environments);
  queue.scheduling_policy = update.scheduling_policy.value_or(queue.scheduling_policy);
  queue.job_environment = update.job_environment.value_or(queue.job_environment);
  queue.time_limits = update.time_limits.value_or(queue.time_limits);
  queue.limits.running_max = update.running_max.value_or(queue.limits.running_max);
  for (const auto& [name, running_max] : update.running_max_by_name) {
    if (running_max > 0) {
      queue.limits.by_name[name] = running_max;
    } else {
      queue.limits.by_name.erase(name);
    }
  }
  queue.order = update.order.value_or(queue.order);
  queue.as_given = update.as_given.value_or(queue.as_given);
  turn.put(QueuePut{std::move(queue)});
  turn.reply(Done{});
}

}  // namespace dray
