#include <string>
#include <utility>
#include <vector>

#include "model/texts.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/shares.h"
#include "scheduler/core/stops.h"
#include "scheduler/core/turn.h"

/// Cancel and terminate (contract 2.6). What waits fails at once, also while PENDING; what was
/// given ahead counts as RUNNABLE and is stopped by both; what starts or runs is left alone by
/// cancel and stopped by terminate. A stopped attempt ends its job when it is confirmed dead (D6).
namespace dray {
namespace {

void flag(Turn& turn, const JobEntry& entry, const Stop& stop) {
  Job job = entry.job;
  job.is_cancelled = job.is_cancelled || !stop.is_terminate;
  job.is_terminated = job.is_terminated || stop.is_terminate;
  if (entry.array) {
    job.status_reason = stop.reason;
  }
  turn.put(JobMoved{std::move(job)});
}

void stop_single(Turn& turn, const JobEntry& entry, const Stop& stop) {
  const JobId id = entry.job.id;
  const LiveAttempt* live = turn.state().find_attempt({id, kNoChild});
  if (live == nullptr) {
    fail_job(turn, id, stop.cause());
  } else if (stop.reaches(live->attempt.state)) {
    if (!live->attempt.stop_requested) {
      flag(turn, entry, stop);
    }
    stop_attempts(turn, id, kNoChild, kNoChild, stop);
  }
}

/// Its nodes have no lives of their own: all of it or nothing.
void stop_gang(Turn& turn, const JobEntry& entry, const Stop& stop) {
  const JobId id = entry.job.id;
  const auto& attempts = turn.state().attempts();
  const auto first = attempts.lower_bound({id, 0});
  if (first == attempts.end() || first->first.job != id) {
    fail_job(turn, id, stop.cause());
  } else if (stop.is_terminate && !is_terminal(entry.array->state(entry.job.spec->main_node))) {
    flag(turn, entry, stop);
    drop_held_nodes(turn, id);
    stop_attempts(turn, id, 0, entry.array->size() - 1, stop);
  }
}

void stop_job(Turn& turn, const JobEntry& entry, std::int32_t child, const Stop& stop) {
  if (is_terminal(entry.job.state)) {
    return;
  }
  const JobId id = entry.job.id;
  if (!entry.has_children()) {
    if (child == kNoChild) {
      entry.is_gang() ? stop_gang(turn, entry, stop) : stop_single(turn, entry, stop);
    }
    return;
  }
  std::int32_t first = 0;
  std::int32_t last = entry.array->size() - 1;
  if (child == kNoChild) {
    flag(turn, entry, stop);
  } else if (child < 0 || child > last) {
    return;
  } else {
    first = last = child;
  }
  fail_children(turn, id, first, last, stop.cause());
  stop_attempts(turn, id, first, last, stop);
}

/// Whether there is a job or child that lives: what is said of another changes nothing.
bool lives(const Turn& turn, const JobEntry& entry, std::int32_t child) {
  const bool is_there =
      child == kNoChild || (entry.has_children() && child >= 0 && child < entry.array->size());
  return is_there && !is_terminal(turn.state().state_of(entry, child));
}

void take_stop(Turn& turn, const Uuid& uuid, std::int32_t child, const Stop& stop,
               const StopWords& words) {
  const JobEntry* entry = turn.state().find_job(uuid);
  if (entry != nullptr && lives(turn, *entry, child)) {
    turn.put(JobNoted{{.job = {entry->job.id, child},
                       .kind = stop.is_terminate ? NoteKind::Terminate : NoteKind::Cancel,
                       .at = turn.at(),
                       .reason = words.reason,
                       .said_by = words.said_by}});
    stop_job(turn, *entry, child, stop);
  }
  turn.reply(Done{});
}

void drop_quota_shares(Turn& turn, const std::string& queue) {
  std::vector<EntryKey> shares;
  for (const auto& [key, entry] : turn.state().catalogue()) {
    if (key.kind == ResourceKind::QuotaShare && key.name.starts_with(queue + '/')) {
      shares.push_back(key);
    }
  }
  for (EntryKey& key : shares) {
    turn.put(EntryGone{std::move(key)});
  }
}

}  // namespace

void take(Turn& turn, const JobCancelled& event) {
  take_stop(turn, event.job, event.child, {event.words.reason, false}, event.words);
}

void take(Turn& turn, const JobTerminated& event) {
  take_stop(turn, event.job, event.child, {event.words.reason, true}, event.words);
}

/// Here, because all its jobs are terminated; its quota shares go with it.
void take(Turn& turn, const QueueDeleted& event) {
  const auto queue = turn.state().queues().find(event.name);
  if (queue == turn.state().queues().end()) {
    turn.refuse(ErrorCode::NotFound, "JobQueue " + event.name + " does not exist");
    return;
  }
  if (queue->second.is_enabled) {
    turn.refuse(ErrorCode::Conflict, "Cannot delete, JobQueue must be DISABLED first.");
    return;
  }
  std::vector<JobId> jobs;
  for (const auto& [id, entry] : turn.state().jobs()) {
    if (entry.job.spec->queue == event.name) {
      jobs.push_back(id);
    }
  }
  for (const JobId id : jobs) {
    if (const JobEntry* entry = turn.state().find_job(id); entry != nullptr) {
      stop_job(turn, *entry, kNoChild, {std::string(texts::kQueueDeleted), true});
    }
  }
  drop_quota_shares(turn, event.name);
  forget_shares(turn, event.name);
  turn.put(QueueGone{event.name});
  turn.reply(Done{});
}

}  // namespace dray
