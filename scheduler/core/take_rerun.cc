#include <utility>

#include "scheduler/core/turn.h"

/// The failed children of an array are run again: the same array, new attempts.
namespace dray {
namespace {

/// The attempts of a child are counted in one byte.
constexpr std::int32_t kAttemptsCountedMax = 255;

/// Which children can be run again, looked at in order.
class Chooser {
 public:
  Chooser(const State& state, const Job& job, const Array& array, const JobEntry* live)
      : state_(state), job_(job), array_(array), live_(live) {}

  ChildRuns choose(const ChildRuns& asked) {
    ChildRuns chosen;
    for (std::int32_t child = 0; child < array_.size(); ++child) {
      const bool is_asked = asked.empty() || has_child(asked, child);
      if (array_.state(child) != ChildState::Failed || !is_asked || is_hopeless(child, chosen)) {
        continue;
      }
      if (!chosen.empty() && chosen.back().second == child - 1) {
        chosen.back().second = child;
      } else {
        chosen.emplace_back(child, child);
      }
    }
    return chosen;
  }

 private:
  bool is_hopeless(std::int32_t child, const ChildRuns& chosen) const {
    if (array_.attempts(child) + job_.spec->retry.attempts > kAttemptsCountedMax) {
      return true;
    }
    for (const Dependency& on : job_.spec->depends_on) {
      const bool is_behind_failed = on.type == DependencyType::Sequential && child > 0 &&
                                    array_.state(child - 1) == ChildState::Failed &&
                                    !has_child(chosen, child - 1);
      if (is_behind_failed || (on.type == DependencyType::NToN && has_failed_partner(on, child))) {
        return true;
      }
    }
    return is_needed(child);
  }

  /// Of a live array: one that is reopened waits for no other.
  bool has_failed_partner(const Dependency& on, std::int32_t child) const {
    if (live_ == nullptr || !job_.reopened_after.is_none()) {
      return false;
    }
    const JobEntry* needed = state_.find_job(on.job);
    if (needed == nullptr) {
      // It ended long ago, and the disk alone knows how. A child that had an attempt was let go.
      return array_.attempts(child) == 0;
    }
    return binds(job_, needed->job) && state_.state_of(*needed, child) == JobState::Failed;
  }

  /// A live job was let go by the child's end: it cannot be told to wait again.
  bool is_needed(std::int32_t child) const {
    if (live_ == nullptr) {
      return false;
    }
    const auto first = live_->dependents.lower_bound({child, {}, 0});
    return first != live_->dependents.end() && first->child == child;
  }

  const State& state_;
  const Job& job_;
  const Array& array_;
  const JobEntry* live_;  ///< Null when it has ended.
};

std::optional<Error> why_not(const State& state, const Job& job) {
  if (!job.spec->is_array()) {
    return Error{ErrorCode::BadRequest, "Only children of array jobs can be run again"};
  }
  const auto queue = state.queues().find(job.spec->queue);
  if (queue == state.queues().end() || !queue->second.is_enabled) {
    return Error{ErrorCode::Conflict,
                 "JobQueue " + job.spec->queue +
                     (queue == state.queues().end() ? " does not exist" : " is disabled")};
  }
  if (!is_terminal(job.state) && (job.is_cancelled || job.is_terminated)) {
    return Error{ErrorCode::Conflict,
                 "The array was cancelled or terminated and has not ended yet"};
  }
  return std::nullopt;
}

std::uint32_t size_of(const ChildRuns& runs) {
  std::uint32_t size = 0;
  for (const auto& [first, last] : runs) {
    size += static_cast<std::uint32_t>(last - first + 1);
  }
  return size;
}

/// As it was before it ended, but for what ended it.
Job reopened(const State& state, Job job) {
  job.state = JobState::Pending;
  job.stopped_at.reset();
  job.is_cancelled = false;
  job.is_terminated = false;
  job.reopened_after = state.last_job();
  return job;
}

}  // namespace

void take(Turn& turn, const ChildrenRerunAsked& event) {
  const JobEntry* entry = turn.state().find_job(event.job);
  if (entry == nullptr && !event.known) {
    turn.reply(UnknownArray{});
    return;
  }
  Job job = entry != nullptr ? entry->job : event.known->job;
  if (auto error = why_not(turn.state(), job)) {
    turn.reply(std::move(*error));
    return;
  }
  const bool has_ended = is_terminal(job.state);
  const Array& array = entry != nullptr ? *entry->array : *event.known->children;
  const ChildRuns chosen =
      Chooser(turn.state(), job, array, has_ended ? nullptr : entry).choose(event.children);
  if (chosen.empty()) {
    turn.refuse(ErrorCode::Conflict, "None of these children has failed and can be run again");
    return;
  }
  if (has_ended) {
    job = reopened(turn.state(), std::move(job));
    turn.put(JobReopened{job, std::make_shared<const Array>(array)});
  }
  for (const auto& [first, last] : chosen) {
    turn.put(ChildrenRerun{job.id, first, last});
  }
  const JobEntry& live = *turn.state().find_job(job.id);
  job.limits.failed_before = live.array->counts()[static_cast<std::size_t>(JobState::Failed)];
  job.status_reason.clear();
  turn.put(JobMoved{std::move(job)});
  turn.reply(RerunAccepted{size_of(chosen)});
}

}  // namespace dray
