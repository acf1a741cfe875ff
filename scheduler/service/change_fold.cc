#include "scheduler/service/change_fold.h"

#include <algorithm>
#include <variant>

namespace dray {
namespace {

bool is_array(const Job& job) {
  return job.spec != nullptr && job.spec->is_array();
}

/// As the store reads it from the row: AWS says that what was terminated has failed.
bool has_succeeded(const Attempt& attempt) {
  return attempt.end->outcome == Outcome::Succeeded && !attempt.stop_requested;
}

}  // namespace

void ChangeFold::take(const State& state, std::span<const Decision> decisions, bool has_lost_agent,
                      WallTime now) {
  state_ = &state;
  now_ = now;
  find_ended(decisions);
  const bool is_heard = publisher_.is_heard();
  for (const Decision& decision : decisions) {
    for (const Change& change : decision.changes) {
      take_change(change);
      if (is_heard) {
        publish(change);
      }
    }
  }
  if (is_heard) {
    if (has_lost_agent) {
      publisher_.note_agents();
    }
    publisher_.publish();
  }
  state_ = nullptr;
}

void ChangeFold::find_ended(std::span<const Decision> decisions) {
  ended_.clear();
  last_.reset();
  for (const Decision& decision : decisions) {
    for (const Change& change : decision.changes) {
      const auto* moved = std::get_if<JobMoved>(&change);
      if (moved != nullptr && is_terminal(moved->job.state)) {
        ended_.push_back(
            {moved->job.id, moved->job.uuid, moved->job.spec.get(), moved->job.created_at});
      }
    }
  }
  std::sort(ended_.begin(), ended_.end(),
            [](const Known& a, const Known& b) { return a.id < b.id; });
}

const ChangeFold::Known* ChangeFold::know(JobId id) {
  if (last_ && last_->id == id) {
    return &*last_;
  }
  const auto at =
      std::lower_bound(ended_.begin(), ended_.end(), id,
                       [](const Known& known, JobId wanted) { return known.id < wanted; });
  if (at != ended_.end() && at->id == id) {
    return &*at;
  }
  const JobEntry* entry = state_->find_job(id);
  if (entry == nullptr) {
    return nullptr;
  }
  last_ = Known{id, entry->job.uuid, entry->job.spec.get(), entry->job.created_at};
  return &*last_;
}

void ChangeFold::take_change(const Change& change) {
  if (const auto* put = std::get_if<AttemptPut>(&change)) {
    take_attempt(put->attempt);
  } else if (const auto* moved = std::get_if<JobMoved>(&change)) {
    take_job(moved->job);
  } else if (const auto* added = std::get_if<JobAdded>(&change)) {
    const JobSpec& spec = *added->job.spec;
    meters_.submitted(spec.queue, static_cast<std::uint32_t>(std::max(spec.array_size, 1)));
    take_job(added->job);
  } else if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
    const Known* job = know(ended->job);
    note_ended(job != nullptr ? job->queue() : "", ended->state == JobState::Succeeded,
               static_cast<std::uint32_t>(ended->last - ended->first + 1));
  }
}

void ChangeFold::take_job(const Job& job) {
  if (is_array(job)) {
    return;
  }
  const std::string_view queue = job.spec != nullptr ? std::string_view(job.spec->queue) : "";
  if (job.state == JobState::Running && job.attempts_made == 1 && job.started_at &&
      !job.is_cancelled && !job.is_terminated) {
    meters_.waited(queue, job.started_at->epoch_ms - job.created_at.epoch_ms);
  }
  if (!is_terminal(job.state)) {
    return;
  }
  note_ended(queue, job.state == JobState::Succeeded, 1);
  if (job.state == JobState::Failed && !job.is_cancelled && !job.is_terminated) {
    recent_ends_.note_failure({{job.uuid, kNoChild}, job.attempts_made});
  }
}

/// A single job's start is told by the job's own change, a child's only here.
void ChangeFold::take_attempt(const Attempt& attempt) {
  const JobKey& key = attempt.key.job;
  const bool is_first_start = attempt.state == AttemptState::Running && key.is_child() &&
                              attempt.key.number == 1 && !attempt.stop_requested;
  if (!is_first_start && attempt.state != AttemptState::Ended) {
    return;
  }
  const Known* job = know(key.job);
  if (job == nullptr) {
    return;
  }
  const bool is_node = job->spec != nullptr && job->spec->is_multi_node();
  if (is_first_start) {
    if (is_node) {
      return;  // The job's own change tells it.
    }
    meters_.waited(job->queue(), attempt.started_at->epoch_ms - job->created_at.epoch_ms);
    return;
  }
  meters_.attempt_ended(job->queue(), attempt);
  if (!attempt.is_final || !key.is_child() || is_node) {
    return;
  }
  note_ended(job->queue(), has_succeeded(attempt), 1);
  if (attempt.end->outcome != Outcome::Succeeded && !attempt.stop_requested) {
    recent_ends_.note_failure({{job->uuid, key.child}, attempt.key.number});
  }
}

/// Which job or thing a change is of; its content is asked for again by whoever cares.
void ChangeFold::publish(const Change& change) {
  if (const auto* put = std::get_if<AttemptPut>(&change)) {
    publish(put->attempt.key.job.job);
    publisher_.note_agents();
  } else if (const auto* gone = std::get_if<AttemptGone>(&change)) {
    publish(gone->key.job.job);
  } else if (const auto* moved = std::get_if<JobMoved>(&change)) {
    publish(moved->job.id);
  } else if (const auto* added = std::get_if<JobAdded>(&change)) {
    publisher_.note_job(added->job.uuid);
    publisher_.note_queue(added->job.spec->queue);
  } else if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
    publish(ended->job);
  } else if (const auto* rerun = std::get_if<ChildrenRerun>(&change)) {
    publish(rerun->job);
  } else if (const auto* queue = std::get_if<QueuePut>(&change)) {
    publisher_.note_queue(queue->queue.name);
  } else if (const auto* lost = std::get_if<QueueGone>(&change)) {
    publisher_.note_queue(lost->name);
  } else if (std::holds_alternative<AgentPut>(change)) {
    publisher_.note_agents();
  }
}

void ChangeFold::publish(JobId job) {
  if (publisher_.is_full()) {
    return;
  }
  const Known* known = know(job);
  if (known != nullptr && known->spec != nullptr) {
    publisher_.note_job(known->uuid);
    publisher_.note_queue(known->spec->queue);
  }
}

void ChangeFold::note_ended(std::string_view queue, bool has_succeeded, std::uint32_t count) {
  recent_ends_.note_ended(has_succeeded, count, now_);
  meters_.finished(queue, has_succeeded, count);
}

}  // namespace dray
