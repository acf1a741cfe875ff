#include "scheduler/core/remedies.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "scheduler/core/holders.h"
#include "scheduler/core/open_dependencies.h"
#include "scheduler/core/remedies_room.h"
#include "scheduler/core/run_limits.h"
#include "scheduler/core/sentences.h"
#include "scheduler/core/shares.h"

namespace dray {
namespace {

/// Jobs that are named in one sentence, and sentences in all.
constexpr std::size_t kNamedJobsMax = 3;
constexpr std::size_t kSentencesMax = 5;
constexpr std::size_t kLongSentencesMax = 2;  ///< Of those that name something besides room.

using Clauses = std::vector<std::string>;

/// "job X succeeds", "jobs X, Y and Z succeed".
std::string ends_text(const std::vector<std::string>& jobs, std::size_t left_out,
                      std::string_view end) {
  std::vector<std::string> named = jobs;
  if (left_out > 0) {
    named.push_back(std::to_string(left_out) + " more");
  }
  const bool is_one = named.size() == 1;
  return (is_one ? "job " : "jobs ") + list_text(named) + " " + std::string(end) +
         (is_one ? "s" : "");
}

void await_dependencies(const State& state, const JobEntry& entry, std::int32_t child,
                        Clauses& needed) {
  const std::vector<Dependency> open = open_dependencies(state, entry, child);
  for (const auto type :
       {DependencyType::Whole, DependencyType::AfterAny, DependencyType::AfterNotOk}) {
    std::vector<std::string> jobs;
    std::size_t left_out = 0;
    for (const Dependency& on : open) {
      if (awaited_end(on.type) != awaited_end(type)) {
        continue;
      }
      if (jobs.size() == kNamedJobsMax) {
        ++left_out;
        continue;
      }
      const std::int32_t needed_child = on.type == DependencyType::NToN ? child : on.child;
      jobs.push_back(job_text(state.find_job(on.job)->job, needed_child));
    }
    if (!jobs.empty()) {
      needed.push_back(ends_text(jobs, left_out, awaited_end(type)));
    }
  }
  const auto& all = entry.job.spec->depends_on;
  const bool is_sequential = std::any_of(all.begin(), all.end(), [](const Dependency& on) {
    return on.type == DependencyType::Sequential;
  });
  if (is_sequential && child > 0 && !is_terminal(state.state_of(entry, child - 1))) {
    needed.push_back(ends_text({job_text(entry.job, child - 1)}, 0, "succeed"));
  }
}

/// maxRunning of its array.
void await_array(const State& state, const JobEntry& entry, std::int32_t child, Clauses& needed) {
  if (!entry.kept_back.has(child)) {
    return;
  }
  const std::uint64_t before =
      entry.active + state.in_line(entry) + entry.kept_back.count_below(child);
  const auto running_max = static_cast<std::uint64_t>(entry.job.limits.running_max);
  if (running_max == 0 || before < running_max) {
    return;  // It is kept back because its job is held.
  }
  const std::string raised = std::to_string(before + 1);
  const std::uint64_t ends = before + 1 - running_max;
  needed.push_back("its array may run " + raised + " children at once (`dray limit " +
                   to_string(entry.job.uuid) + " --max-running " + raised + "`) or " +
                   std::to_string(ends) + " of those before it" + (ends == 1 ? " has" : " have") +
                   " ended");
}

std::uint64_t active_of(const State& state, const std::string& queue, const std::string* name) {
  std::uint64_t active = 0;
  for (const auto& [id, other] : state.classes()) {
    const bool is_of =
        other.key.queue == queue && (name == nullptr || other.key.limited_name == *name);
    active += is_of ? other.active : 0;
  }
  return active;
}

/// How many jobs of its queue, and of its name, run at once.
void await_queue(const State& state, const RequestClass& own, Clauses& needed) {
  const auto found = state.queues().find(own.key.queue);
  if (found == state.queues().end() || !RunsLeft(state).is_used_up(own)) {
    return;
  }
  const JobQueue& queue = found->second;
  const auto await = [&](std::int32_t most, const std::string* name) {
    const std::uint64_t active = active_of(state, queue.name, name);
    if (active < static_cast<std::uint64_t>(most)) {
      return;
    }
    const std::string raised = std::to_string(active + 1);
    const std::string of_name = name == nullptr ? "" : " named " + *name;
    const std::uint64_t ends = active + 1 - static_cast<std::uint64_t>(most);
    needed.push_back("queue " + queue.name + " lets " + raised + " jobs" + of_name +
                     " run at once (`dray limit-queue " + queue.name +
                     (name == nullptr ? " --max-running " + raised
                                      : " --max-running-of " + *name + "=" + raised) +
                     "`) or " + counted(ends, "job") + of_name + " of it" +
                     (ends == 1 ? " has" : " have") + " ended");
  };
  if (queue.limits.running_max > 0) {
    await(queue.limits.running_max, nullptr);
  }
  const auto by_name = queue.limits.by_name.find(own.key.limited_name);
  if (by_name != queue.limits.by_name.end()) {
    await(by_name->second, &by_name->first);
  }
}

void await_consumables(const State& state, const RequestClass& own, Clauses& needed) {
  for (const auto& [name, quantity] : own.key.consumables) {
    const std::int64_t left = state.consumable_left(name);
    if (left >= quantity) {
      continue;
    }
    const auto entry = state.catalogue().find({ResourceKind::ConsumableResource, name});
    if (entry == state.catalogue().end()) {
      needed.push_back("a consumable resource " + name + " is created with a total of " +
                       std::to_string(quantity) + " or more");
      continue;
    }
    const Stock& stock = *entry->second.stock;
    const auto in_use = state.consumables_in_use().find(name);
    const std::int64_t used = in_use == state.consumables_in_use().end() ? 0 : in_use->second;
    const std::string total = "its total is " + std::to_string(used + quantity) + " or more";
    if (!stock.is_replenishable) {
      needed.push_back("consumable resource " + name + " gets " + std::to_string(quantity - left) +
                       " more: " + total);
    } else {
      needed.push_back(std::to_string(quantity - left) + " more of consumable resource " + name +
                       (quantity - left == 1 ? " is" : " are") + " given back" +
                       holders_of_consumable(state, name, quantity - left, own.key.queue) + " or " +
                       total);
    }
  }
}

/// What computeReservation keeps for others.
void await_shares(const State& state, const RequestClass& own, Instant now, Clauses& needed) {
  const auto queue = state.queues().find(own.key.queue);
  if (!is_fair(own) || queue == state.queues().end()) {
    return;
  }
  Pools pools(state, now);
  if (!shared_room(state, pools, queue->second).has_room_for(own.key.together().milli_vcpus)) {
    needed.push_back("all jobs of queue " + queue->first + " that run have ended");
  }
}

std::string sentence_of(const Clauses& needed, const WayToRoom& way) {
  Clauses all = needed;
  all.insert(all.end(), way.clauses.begin(), way.clauses.end());
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == all.size() ? ", and " : ", ") + all[i];
  }
  if (text.empty() && !way.once.empty()) {
    text = "its turn comes";
  }
  if (text.empty()) {
    return text;
  }
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text + way.once + ".";
}

/// It stands in line at an agent, which begins it by itself.
std::vector<std::string> remedies_ahead(const State& state, const LiveAttempt& live,
                                        const JobEntry& entry, Moment moment) {
  const AgentEntry& agent = *state.find_agent(live.attempt.agent);
  const Resources request = State::request_of(entry, live.attempt.key.job.child);
  std::size_t before = 0;
  for (const auto& [order, key] : agent.ahead) {
    before += order < live.ahead_order ? 1 : 0;
  }
  WayToRoom way{open_clauses(state, agent, moment.now), {}};
  const std::string& name = agent.agent.name;
  if (before > 0) {
    way.clauses.push_back("agent " + name + " has " + amounts_text(request) + " free");
    way.once = " once " + (before == 1 ? "the job" : "the " + counted(before, "job")) +
               " in line there before it " + (before == 1 ? "has" : "have") + " started or ended";
  } else if (const Resources lack = lack_on(agent, request); lack != Resources{}) {
    way.clauses.push_back(
        "agent " + name + " has " + amounts_text(lack) + " more free" +
        holders_of_room(state, agent, lack, entry.job.spec->queue, moment.now, moment.at));
  } else {
    return {};
  }
  return {sentence_of({}, way)};
}

/// A node of a gang that runs without it: its agent drains, and no other has room.
std::vector<std::string> remedies_moving(const State& state, const LiveAttempt& live,
                                         const JobEntry& entry) {
  const AgentEntry& agent = *state.find_agent(live.attempt.agent);
  const std::string request = amounts_text(State::request_of(entry, live.attempt.key.job.child));
  return {"Another agent of environment " + agent.agent.environment + " has " + request + " free.",
          "Agent " + agent.agent.name + " takes new work again (`dray undrain " + agent.agent.name +
              "`) and has " + request + " free."};
}

}  // namespace

std::vector<std::string> remedies_of(const State& state, const JobEntry& entry,
                                     const Explanation& out, Moment moment) {
  const std::int32_t child = out.key.child;
  const LiveAttempt* live = state.find_attempt(out.key);
  const bool is_ahead = out.code == WaitCode::GivenAhead && live != nullptr;
  const bool comes_back =
      is_ahead && (live->is_retracting || state.find_agent(live->attempt.agent)->agent.is_draining);
  if (is_ahead && !comes_back) {
    return remedies_ahead(state, *live, entry, moment);
  }
  if (out.code == WaitCode::AgentsBusy && live != nullptr) {
    return remedies_moving(state, *live, entry);
  }
  if (out.code == WaitCode::NotWaiting || out.code == WaitCode::Starting) {
    return {};
  }
  Clauses needed;
  if (comes_back) {
    needed.push_back("agent " + state.find_agent(live->attempt.agent)->agent.name +
                     " gives it back");
  }
  if (entry.job.is_held) {
    needed.push_back("it is released (`dray release " + to_string(entry.job.uuid) + "`)");
  } else if (is_held(entry.job, child)) {
    needed.push_back("it is released (`dray release " + job_text(entry.job, child) + "`)");
  }
  await_dependencies(state, entry, child, needed);
  const RequestClass& own = state.class_of(entry, child);
  await_array(state, entry, child, needed);
  if (!comes_back) {  // It counts itself until then.
    await_queue(state, own, needed);
  }
  await_consumables(state, own, needed);
  await_shares(state, own, moment.now, needed);
  const std::vector<WayToRoom> ways = entry.is_gang()
                                          ? ways_to_room_for_gang(state, entry, out, moment)
                                          : ways_to_room(state, entry, out, moment);
  std::vector<std::string> sentences;
  const std::size_t most = needed.empty() ? kSentencesMax : kLongSentencesMax;
  for (const WayToRoom& way : ways) {
    if (std::string text = sentence_of(needed, way); !text.empty() && sentences.size() < most) {
      sentences.push_back(std::move(text));
    }
  }
  if (ways.empty() && !needed.empty()) {
    sentences.push_back(sentence_of(needed, {}));
  }
  return sentences;
}

}  // namespace dray
