#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

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

WaitingLine* oldest_of(std::vector<WaitingLine>& lines) {
  WaitingLine* oldest = nullptr;
  for (WaitingLine& line : lines) {
    if (!line.is_done() && (oldest == nullptr || line.head() < oldest->head())) {
      oldest = &line;
    }
  }
  return oldest;
}

bool is_of_queue(const State& state, JobId job, const std::string& queue) {
  return state.class_of(*state.find_job(job)).key.queue == queue;
}

/// The oldest runnable ones: those that wait, and those given ahead to an agent.
std::vector<JobKey> oldest_runnable(const State& state, const std::string& queue) {
  std::vector<JobKey> oldest;
  for (const auto& [key, live] : state.attempts()) {
    if (live.attempt.state == AttemptState::Ahead && is_of_queue(state, key.job, queue)) {
      oldest.push_back(key);
    }
  }
  std::vector<WaitingLine> lines = lines_of(state, queue);
  for (std::size_t taken = 0; taken < QueueSnapshot::kJobsMax; ++taken) {
    WaitingLine* line = oldest_of(lines);
    if (line == nullptr) {
      break;
    }
    const JobRun run = line->take(1, std::nullopt);
    oldest.push_back({run.job, run.first});
  }
  std::sort(oldest.begin(), oldest.end());
  oldest.resize(std::min(oldest.size(), QueueSnapshot::kJobsMax));
  return oldest;
}

std::vector<FrontJob> front_of(const State& state, const std::string& queue) {
  std::vector<FrontJob> front;
  for (const JobKey& key : oldest_runnable(state, queue)) {
    const Job& job = state.find_job(key.job)->job;
    front.push_back({{job.uuid, key.child}, job.created_at});
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

}  // namespace

void take(Turn& turn, const SnapshotAsked& event) {
  const State& state = turn.state();
  if (!state.queues().contains(event.queue)) {
    turn.refuse(ErrorCode::NotFound, "JobQueue " + event.queue + " does not exist");
    return;
  }
  turn.reply(
      QueueSnapshot{front_of(state, event.queue), milli_vcpus_used(state, event.queue), turn.at()});
}

}  // namespace dray
