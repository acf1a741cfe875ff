#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scheduler/core/invariants.h"
#include "scheduler/core/run_limits.h"

/// What may not happen between two states.
namespace dray {
namespace {

/// Live attempts of the queue, or of one limited name in it.
std::uint32_t active_in(const State& state, const std::string& queue, const std::string* name) {
  std::uint32_t active = 0;
  for (const auto& [id, request_class] : state.classes()) {
    const ClassKey& key = request_class.key;
    const bool is_of = key.queue == queue && (name == nullptr || key.limited_name == *name);
    active += is_of ? request_class.active : 0;
  }
  return active;
}

void compare_queues(const State& before, const State& after, std::vector<std::string>& breaches) {
  const auto compare = [&](const std::string& queue, const std::string* name, std::int32_t most) {
    const std::uint32_t now = active_in(after, queue, name);
    if (now > static_cast<std::uint32_t>(most) && now > active_in(before, queue, name)) {
      breaches.push_back("queue " + queue + " starts more jobs than may run at once");
    }
  };
  for (const auto& [name, queue] : after.queues()) {
    if (queue.limits.running_max > 0) {
      compare(name, nullptr, queue.limits.running_max);
    }
    const auto was = before.queues().find(name);
    if (was == before.queues().end() || was->second.limits.by_name != queue.limits.by_name) {
      continue;
    }
    for (const auto& [job, most] : queue.limits.by_name) {
      compare(name, &job, most);
    }
  }
}

void compare_jobs(const JobEntry& before, const JobEntry& after,
                  std::vector<std::string>& breaches) {
  const std::string name = "job " + std::to_string(before.job.id.value);
  const bool is_reopened = before.job.reopened_after < after.job.reopened_after;
  if (is_terminal(before.job.state) && before.job.state != after.job.state && !is_reopened) {
    breaches.push_back(name + " had ended and moved");
  }
  if (after.job.attempts_made < before.job.attempts_made) {
    breaches.push_back(name + " forgot an attempt");
  }
  if (!before.array || !after.array) {
    return;
  }
  const std::int32_t running_max = after.job.limits.running_max;
  if (after.active > before.active && running_max > 0 &&
      after.active > static_cast<std::uint32_t>(running_max)) {
    breaches.push_back(name + " starts more children than may run at once");
  }
  if (before.array->counts() == after.array->counts()) {
    return;
  }
  for (std::int32_t child = 0; child < before.array->size(); ++child) {
    const ChildState was = before.array->state(child);
    const bool may_be_rerun = was == ChildState::Failed && is_waiting(after.array->state(child));
    if (is_terminal(was) && was != after.array->state(child) && !may_be_rerun) {
      breaches.push_back(name + ":" + std::to_string(child) + " had ended and moved");
    }
  }
}

/// The oldest that waits, of those that the queue's own limits let start.
std::optional<JobKey> oldest_waiting(const State& state, const std::string& queue,
                                     std::int32_t priority) {
  const RunsLeft runs_left(state);
  std::optional<JobKey> oldest;
  for (const auto& [id, request_class] : state.classes()) {
    const bool may_start = !request_class.waiting.empty() && !runs_left.is_used_up(request_class);
    if (may_start && request_class.key.queue == queue && request_class.key.priority >= priority &&
        (!oldest || request_class.head() < *oldest)) {
      oldest = request_class.head();
    }
  }
  return oldest;
}

/// A strict queue starts nothing although what was submitted before it, at the same priority, still
/// waits.
void compare_strict_queues(const State& before, const State& after,
                           std::vector<std::string>& breaches) {
  for (const auto& [key, live] : after.attempts()) {
    const JobEntry& entry = *after.find_job(key.job);
    const auto queue = after.queues().find(entry.job.spec->queue);
    const LiveAttempt* was = before.find_attempt(key);
    const bool is_new = was == nullptr || was->attempt.key != live.attempt.key;
    if (!is_new || queue == after.queues().end() ||
        queue->second.order != DispatchOrder::FifoStrict || entry.is_gang()) {
      continue;
    }
    const std::int32_t priority = after.class_of(entry, key.child).key.priority;
    const auto oldest = oldest_waiting(after, queue->first, priority);
    if (oldest && *oldest < key) {
      breaches.push_back("queue " + queue->first + " is strict and started job " +
                         std::to_string(key.job.value) + " before an older one, " +
                         std::to_string(oldest->job.value));
    }
  }
}

}  // namespace

std::vector<std::string> broken_between(const State& before, const State& after) {
  std::vector<std::string> breaches;
  if (after.last_session() < before.last_session()) {
    breaches.push_back("session numbers went back");
  }
  if (after.last_job() < before.last_job()) {
    breaches.push_back("job numbers went back");
  }
  compare_queues(before, after, breaches);
  compare_strict_queues(before, after, breaches);
  for (const auto& [id, entry] : before.jobs()) {
    if (const JobEntry* now = after.find_job(id); now != nullptr) {
      compare_jobs(entry, *now, breaches);
    }
  }
  for (const auto& [name, in_use] : after.consumables_in_use()) {
    const auto used = before.consumables_in_use().find(name);
    const std::int64_t more =
        in_use - (used == before.consumables_in_use().end() ? 0 : used->second);
    if (more > before.consumable_left(name)) {
      breaches.push_back("more of consumable resource " + name + " was taken than there was");
    }
  }
  for (const auto& [key, live] : before.attempts()) {
    const LiveAttempt* now = after.find_attempt(key);
    if (now != nullptr && now->attempt.token == live.attempt.token &&
        now->attempt.agent != live.attempt.agent) {
      breaches.push_back("an attempt of job " + std::to_string(key.job.value) + " changed agents");
    }
  }
  return breaches;
}

}  // namespace dray
