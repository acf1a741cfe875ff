#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scheduler/core/fair_order.h"
#include "scheduler/core/share_standing.h"
#include "scheduler/core/turn.h"
#include "scheduler/core/waiting_line.h"

/// GetJobQueueSnapshot: the next jobs of a queue in the order of dispatch, and what it uses.
namespace dray {
namespace {

/// One line for each class of the queue in which something waits.
std::vector<WaitingLine> lines_of(const State& state, const std::string& queue) {
  std::vector<WaitingLine> lines;
  for (const auto& [id, request_class] : state.classes()) {
    if (request_class.key.queue == queue && !request_class.waiting.empty()) {
      lines.emplace_back(id, request_class);
    }
  }
  return lines;
}

bool is_of_queue(const State& state, JobId job, const std::string& queue) {
  return state.class_of(*state.find_job(job)).key.queue == queue;
}

/// The next of the runnable ones: those that wait, and those given ahead to an agent.
std::vector<JobKey> next_runnable(const State& state, const std::string& queue, Instant now) {
  std::set<Standing> next;
  const auto add = [&](const RequestClass& request_class, const JobKey& key) {
    next.insert(standing_of(state, request_class, key, now));
    if (next.size() > QueueSnapshot::kJobsMax) {
      next.erase(std::prev(next.end()));
    }
  };
  for (const auto& [key, live] : state.attempts()) {
    if (live.attempt.state == AttemptState::Ahead && is_of_queue(state, key.job, queue)) {
      add(state.class_of(*state.find_job(key.job), key.child), key);
    }
  }
  // Within a class they stand as they came.
  for (WaitingLine line : lines_of(state, queue)) {
    for (std::size_t taken = 0; taken < QueueSnapshot::kJobsMax && !line.is_done(); ++taken) {
      const JobRun run = line.take(1, std::nullopt);
      add(line.request_class(), {run.job, run.first});
    }
  }
  std::vector<JobKey> keys;
  for (const Standing& standing : next) {
    keys.push_back(standing.job);
  }
  return keys;
}

/// Nothing of a fair-share queue is given ahead: all that is runnable waits.
std::vector<JobKey> next_by_share(const State& state, const JobQueue& queue, Instant now) {
  Pools pools(state, now);
  FairOrder order(state, queue.name, capacity_of(pools, queue), now);
  for (const WaitingLine& line : lines_of(state, queue.name)) {
    if (is_fair(line.request_class())) {  // A job of before may have no share.
      order.add(line);
    }
  }
  std::vector<JobKey> next;
  while (!order.is_done() && next.size() < QueueSnapshot::kJobsMax) {
    next.push_back(order.take());
  }
  return next;
}

std::vector<FrontJob> front_of(const State& state, const JobQueue& queue, Instant now) {
  std::vector<FrontJob> front;
  for (const JobKey& key :
       is_fair(queue) ? next_by_share(state, queue, now) : next_runnable(state, queue.name, now)) {
    const Job& job = state.find_job(key.job)->job;
    front.push_back(
        {{job.uuid, key.child}, job.created_at, job.spec->name, job.spec->share_identifier});
  }
  return front;
}

std::int64_t milli_vcpus_used(const State& state, const std::string& queue) {
  std::int64_t used = 0;
  for (const auto& [key, live] : state.attempts()) {
    if (live.attempt.state != AttemptState::Ahead && is_of_queue(state, key.job, queue)) {
      used += State::request_of(*state.find_job(key.job), key.child).milli_vcpus;
    }
  }
  return used;
}

SharesUse shares_use(const State& state, const std::string& queue) {
  SharesUse use;
  for (auto at = state.shares().lower_bound({queue, {}});
       at != state.shares().end() && at->first.queue == queue; ++at) {
    use.active += at->second.jobs > 0 ? 1 : 0;
    if (at->second.held != Resources{}) {
      use.shares.push_back({at->first.identifier, at->second.held.milli_vcpus});
    }
  }
  std::stable_sort(use.shares.begin(), use.shares.end(),
                   [](const auto& a, const auto& b) { return a.milli_vcpus > b.milli_vcpus; });
  use.shares.resize(std::min(use.shares.size(), SharesUse::kSharesMax));
  return use;
}

}  // namespace

void take(Turn& turn, const SnapshotAsked& event) {
  const State& state = turn.state();
  const auto queue = state.queues().find(event.queue);
  if (queue == state.queues().end()) {
    turn.refuse(ErrorCode::NotFound, "JobQueue " + event.queue + " does not exist");
    return;
  }
  QueueSnapshot snapshot{front_of(state, queue->second, turn.now()),
                         milli_vcpus_used(state, event.queue),
                         turn.at(),
                         {}};
  if (is_fair(queue->second)) {
    snapshot.shares = shares_use(state, event.queue);
    snapshot.standing = shares_standing(state, queue->second, turn.now());
  }
  turn.reply(std::move(snapshot));
}

}  // namespace dray
