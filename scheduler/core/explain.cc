#include "scheduler/core/explain.h"

#include <iterator>
#include <string>
#include <vector>

#include "model/names.h"
#include "scheduler/core/explain_room.h"
#include "scheduler/core/open_dependencies.h"
#include "scheduler/core/remedies.h"
#include "scheduler/core/run_limits.h"

namespace dray {
namespace {

std::string agent_name(const State& state, AgentId id) {
  return state.find_agent(id)->agent.name;
}

void explain_pending(const State& state, const JobEntry& entry, Explanation& out) {
  out.code = WaitCode::WaitsForDependencies;
  const std::vector<Dependency> open = open_dependencies(state, entry, out.key.child);
  if (open.empty()) {
    out.sentence = "It waits for the child before it to succeed.";
    return;
  }
  out.sentence = open.size() == 1 ? "It waits for job " : "It waits for jobs ";
  for (std::size_t i = 0; i < open.size(); ++i) {
    out.blockers.push_back(open[i].job);
    out.sentence += (i == 0 ? "" : ", ") + to_string(open[i].job);
    const bool is_last = i + 1 == open.size();
    if (is_last || awaited_end(open[i + 1].type) != awaited_end(open[i].type)) {
      out.sentence += " to " + std::string(awaited_end(open[i].type));
    }
  }
  out.sentence += ".";
}

/// Of the children that wait.
std::string held_text(const JobEntry& entry) {
  std::int32_t held = 0;
  for (const auto& [first, last] : entry.job.held_children) {
    for (std::int32_t child = first; child <= last; ++child) {
      held += is_waiting(entry.array->state(child)) ? 1 : 0;
    }
  }
  return held == 0 ? "" : std::to_string(held) + " of them held, ";
}

void explain_parent(const JobEntry& entry, Explanation& out) {
  const StateCounts& counts = entry.array->counts();
  const auto count = [&](JobState state) { return counts[static_cast<std::size_t>(state)]; };
  out.code = WaitCode::WaitsForChildren;
  out.sentence =
      "It waits for its children: " +
      std::to_string(count(JobState::Pending) + count(JobState::Runnable)) + " wait, " +
      held_text(entry) + std::to_string(count(JobState::Starting) + count(JobState::Running)) +
      " start or run, " + std::to_string(count(JobState::Succeeded) + count(JobState::Failed)) +
      " have ended.";
}

/// A multi-node job whose nodes have attempts; false when none has.
bool explain_gang(const State& state, const JobEntry& entry, Explanation& out) {
  const auto first = state.attempts().lower_bound({entry.job.id, 0});
  if (!entry.is_gang() || first == state.attempts().end() || first->first.job != entry.job.id) {
    return false;
  }
  const LiveAttempt* main = state.find_attempt({entry.job.id, entry.job.spec->main_node});
  if (main == nullptr) {
    out.code = WaitCode::NotWaiting;
    out.sentence = "Its main node has ended, and its other nodes are being stopped.";
  } else if (main->attempt.state == AttemptState::Running) {
    out.code = WaitCode::NotWaiting;
    out.sentence =
        "It runs, its main node on agent " + agent_name(state, main->attempt.agent) + ".";
  } else {
    const auto end = state.attempts().lower_bound({entry.job.id, entry.array->size()});
    const bool is_whole = std::distance(first, end) == entry.array->size();
    out.code = WaitCode::Starting;
    out.sentence = "Its main node is starting on agent " + agent_name(state, main->attempt.agent) +
                   (is_whole ? "; the other nodes follow when it runs."
                             : ", and is called back: the agent of another node was lost.");
  }
  return true;
}

/// What has an attempt.
void explain_attempt(const State& state, const LiveAttempt& live, Explanation& out) {
  const std::string name = agent_name(state, live.attempt.agent);
  const bool is_in_line = live.attempt.state == AttemptState::Ahead;
  if (live.attempt.is_held && is_in_line && state.find_agent(name)->agent.is_draining) {
    out.code = WaitCode::AgentsBusy;
    out.sentence = "It waits for room on another agent: " + name + ", where it was, drains.";
  } else if (live.attempt.is_held) {
    out.code = WaitCode::Starting;
    out.sentence = "It has room on agent " + name + " and starts when the main node runs.";
  } else if (live.attempt.stop_requested) {
    out.code = WaitCode::NotWaiting;
    out.sentence = "It is being stopped on agent " + name + ".";
  } else if (live.attempt.state == AttemptState::Ahead) {
    out.code = WaitCode::GivenAhead;
    out.sentence = "It was sent to agent " + name + ", which begins it as soon as it has room.";
  } else if (live.attempt.state == AttemptState::Starting) {
    out.code = WaitCode::Starting;
    out.sentence = "It is starting on agent " + name + ".";
  } else {
    out.code = WaitCode::NotWaiting;
    out.sentence = "It runs on agent " + name + ".";
  }
}

/// A child that may not start before others of its array have ended.
void explain_kept_back(const JobEntry& entry, Explanation& out) {
  out.code = WaitCode::ArrayLimit;
  out.sentence = "It waits for its array: " + std::to_string(entry.job.limits.running_max) +
                 (entry.job.limits.running_max == 1 ? " child" : " children") +
                 " may run at once (maxRunning), and others come before it.";
}

/// Whether its queue lets no other job of its start now, whatever room there is; says so.
bool explain_run_limit(const State& state, const JobEntry& entry, Explanation& out) {
  const RequestClass& request_class = state.class_of(entry);
  const auto queue = state.queues().find(request_class.key.queue);
  if (!RunsLeft(state).is_used_up(request_class) || queue == state.queues().end()) {
    return false;
  }
  const RunLimits& limits = queue->second.limits;
  const std::string& name = request_class.key.limited_name;
  std::uint32_t running = 0;
  for (const auto& [id, other] : state.classes()) {
    running += other.key.queue == queue->first && other.key.limited_name == name ? other.active : 0;
  }
  const auto own = limits.by_name.find(name);
  const bool is_name =
      own != limits.by_name.end() && running >= static_cast<std::uint32_t>(own->second);
  const std::int32_t most = is_name ? own->second : limits.running_max;
  out.code = WaitCode::QueueLimit;
  out.sentence = "It waits for others to end: queue " + queue->first + " lets " +
                 std::to_string(most) + (most == 1 ? " job" : " jobs") +
                 (is_name ? " named " + name : std::string()) + " run at once.";
  return true;
}

/// The child that would start next, of those that wait.
std::int32_t next_child(const JobEntry& entry) {
  std::int32_t later = kNoChild;
  for (std::int32_t child = 0; child < entry.array->size(); ++child) {
    const ChildState at = entry.array->state(child);
    if (at == ChildState::Runnable && (entry.job.is_held || !is_held(entry.job, child))) {
      return child;
    }
    if (is_waiting(at) && later == kNoChild) {
      later = child;
    }
  }
  return later;
}

}  // namespace

Explanation explain(const State& state, const JobEntry& entry, std::int32_t child, Moment moment) {
  Explanation out;
  out.key = {entry.job.id, child};
  const JobState at = state.state_of(entry, child);
  const LiveAttempt* live = state.find_attempt(out.key);
  if (entry.is_gang() && child != kNoChild && live == nullptr && !is_terminal(at)) {
    out = explain(state, entry, kNoChild, moment);  // A node waits with its gang.
    out.key.child = child;
    return out;
  }
  if (is_terminal(at)) {
    out.sentence = "It has ended: " + std::string(name_of(at)) + ".";
  } else if (live != nullptr) {
    explain_attempt(state, *live, out);
  } else if (child == kNoChild && explain_gang(state, entry, out)) {
    return out;
  } else if (is_held(entry.job, child)) {
    out.code = WaitCode::Held;
    out.sentence = "It is held: nothing of it starts until it is released.";
  } else if (entry.has_children() && child == kNoChild && entry.unmet == 0) {
    explain_parent(entry, out);
  } else if (at == JobState::Pending) {
    explain_pending(state, entry, out);
  } else if (entry.kept_back.has(child)) {
    explain_kept_back(entry, out);
  } else if (!explain_run_limit(state, entry, out)) {
    explain_room(state, entry, moment.now, out);
  }
  const bool is_parent = entry.has_children() && child == kNoChild && entry.unmet == 0;
  if (!is_parent || is_terminal(at)) {
    out.would_start_if = remedies_of(state, entry, out, moment);
  } else if (const std::int32_t next = next_child(entry); next != kNoChild) {
    const Explanation of_next = explain(state, entry, next, moment);
    for (const std::string& sentence : of_next.would_start_if) {
      out.would_start_if.push_back("For child " + std::to_string(next) + ": " + sentence);
    }
  }
  return out;
}

}  // namespace dray
