#include "scheduler/core/remedies_room.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "scheduler/core/holders.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/older_jobs.h"
#include "scheduler/core/sentences.h"

namespace dray {
namespace {

/// Agents that a remedy names.
constexpr std::size_t kAgentsMax = 3;

/// An agent that is large enough.
struct OneAgent {
  const ComputeEnvironment* environment = nullptr;
  const Pool* pool = nullptr;
  const Room* room = nullptr;
  std::size_t steps = 0;  ///< That are needed until it can take the job.
  Resources lack;
};

class RoomWays {
 public:
  RoomWays(const State& state, const JobEntry& entry, const Explanation& out, Moment moment)
      : state_(state),
        class_(state.class_of(entry, out.key.child)),
        request_(class_.key.request),
        moment_(moment),
        pools_(state, moment.now),
        older_(state, entry, out, moment.now) {}

  std::vector<WayToRoom> find() {
    const auto queue = state_.queues().find(class_.key.queue);
    if (queue == state_.queues().end()) {
      return {};
    }
    collect(queue->second);
    std::vector<WayToRoom> ways;
    for (const OneAgent& it : agents_) {
      if (ways.size() < kAgentsMax) {
        ways.push_back(way_by(it));
        if (ways.back().clauses.empty()) {
          return {ways.back()};  // It has room there: nothing else is needed.
        }
      }
    }
    add_larger_agent(queue->second, ways);
    if (agents_.empty()) {
      add_smaller_job(queue->second, ways);
    }
    return ways;
  }

 private:
  void collect(const JobQueue& queue) {
    for (const std::string& name : queue.environments) {
      const auto environment = state_.environments().find(name);
      const Pool* pool = pools_.find(name);
      if (environment == state_.environments().end() || pool == nullptr) {
        continue;
      }
      for (const std::size_t index : pool->rooms) {
        const Room& room = pools_.room(index);
        if (request_.fits_in(room.entry->whole())) {
          agents_.push_back(look_at(environment->second, *pool, room));
        }
      }
    }
    std::stable_sort(agents_.begin(), agents_.end(), [](const OneAgent& a, const OneAgent& b) {
      return std::pair(a.steps, weight_of(a.lack)) < std::pair(b.steps, weight_of(b.lack));
    });
  }

  OneAgent look_at(const ComputeEnvironment& environment, const Pool& pool,
                   const Room& room) const {
    OneAgent it{&environment, &pool, &room, 0, lack_on(*room.entry, request_)};
    it.steps += open_clauses(state_, *room.entry, moment_.now).size();
    it.steps += environment.is_enabled ? 0 : 1;
    it.steps += lacks_cap(pool) ? 1 : 0;
    it.steps += it.lack != Resources{} ? 1 : 0;
    it.steps += in_line(room) > 0 ? 1 : 0;
    return it;
  }

  bool lacks_cap(const Pool& pool) const {
    return pool.cap_left && *pool.cap_left < request_.milli_vcpus;
  }

  /// What stands before it on the agent itself.
  static std::size_t in_line(const Room& room) { return room.entry->ahead.size(); }

  WayToRoom way_by(const OneAgent& it) const {
    const AgentEntry& agent = *it.room->entry;
    WayToRoom way{open_clauses(state_, agent, moment_.now), {}};
    if (!it.environment->is_enabled) {
      way.clauses.insert(way.clauses.begin(), enable_clause(*it.environment));
    }
    if (auto cap = cap_clause(*it.environment, *it.pool, request_.milli_vcpus)) {
      way.clauses.push_back(std::move(*cap));
    }
    const std::string& name = agent.agent.name;
    const std::size_t line = in_line(*it.room);
    const bool is_behind =
        older_.compete_for(it.environment->name, agent.whole()) || older_.keep(agent);
    if (line > 0 || is_behind) {
      way.clauses.push_back("agent " + name + " has " + amounts_text(request_) + " free");
      way.once = once_text(line, is_behind);
    } else if (it.lack != Resources{}) {
      way.clauses.push_back(
          "agent " + name + " has " + amounts_text(it.lack) + " more free" +
          holders_of_room(state_, agent, it.lack, class_.key.queue, moment_.now, moment_.at));
    }
    return way;
  }

  std::string once_text(std::size_t line, bool is_behind) const {
    std::string text;
    if (line > 0) {
      text = (line == 1 ? "the job" : "the " + counted(line, "job")) + " in line there";
    }
    if (is_behind) {
      text += (text.empty() ? "" : " and ") + older_.text();
    }
    const bool is_one = is_behind ? line == 0 && older_.count() == 1 : line == 1;
    return " once " + text + (is_one ? " has" : " have") + " started or ended";
  }

  /// Of the environments the first that would let it run, else the first.
  const ComputeEnvironment* environment_to_join(const JobQueue& queue) {
    const ComputeEnvironment* best = nullptr;
    std::size_t fewest = 0;
    for (const std::string& name : queue.environments) {
      const auto found = state_.environments().find(name);
      const Pool* pool = pools_.find(name);
      if (found == state_.environments().end() || pool == nullptr) {
        continue;
      }
      const std::size_t steps = (found->second.is_enabled ? 0U : 1U) + (lacks_cap(*pool) ? 1U : 0U);
      if (best == nullptr || steps < fewest) {
        best = &found->second;
        fewest = steps;
      }
    }
    return best;
  }

  void add_larger_agent(const JobQueue& queue, std::vector<WayToRoom>& ways) {
    const ComputeEnvironment* environment = environment_to_join(queue);
    if (environment == nullptr) {
      return;
    }
    const Pool& pool = *pools_.find(environment->name);
    WayToRoom way;
    std::string join = "an agent with at least " + amounts_text(request_) + " joins environment " +
                       environment->name;
    if (pool.rooms.empty()) {
      join += " (`dray-agent --environment " + environment->name + "`)";
    } else if (const AgentEntry* largest = largest_of(pool)) {
      join += " (the largest there has " + amounts_text(largest->whole()) + ")";
    }
    way.clauses.push_back(std::move(join));
    if (!environment->is_enabled) {
      way.clauses.push_back(enable_clause(*environment));
    }
    if (auto cap = cap_clause(*environment, pool, request_.milli_vcpus)) {
      way.clauses.push_back(std::move(*cap));
    }
    if (older_.compete_for(environment->name, request_)) {
      way.once = once_text(0, true);
    }
    if (agents_.empty() || way.clauses.size() == 1) {
      ways.push_back(std::move(way));
    }
  }

  /// Nothing when one is large enough.
  const AgentEntry* largest_of(const Pool& pool) const {
    const AgentEntry* best = nullptr;
    const auto rank = [this](const AgentEntry& it) {
      return std::pair(weight_of(shortage(request_, it.whole())), -weight_of(it.whole()));
    };
    for (const std::size_t index : pool.rooms) {
      const AgentEntry& entry = *pools_.room(index).entry;
      if (request_.fits_in(entry.whole())) {
        return nullptr;
      }
      if (best == nullptr || rank(entry) < rank(*best)) {
        best = &entry;
      }
    }
    return best;
  }

  /// The job itself never changes: another one that asks for less.
  void add_smaller_job(const JobQueue& queue, std::vector<WayToRoom>& ways) const {
    const AgentEntry* best = nullptr;
    bool has_it_free = false;
    const auto rank = [this](const AgentEntry& it, bool is_free) {
      return std::tuple(weight_of(shortage(request_, it.whole())), !is_free);
    };
    for (const std::string& name : queue.environments) {
      const auto environment = state_.environments().find(name);
      if (environment == state_.environments().end() || !environment->second.is_enabled) {
        continue;
      }
      for (const auto& [id, entry] : state_.agents()) {
        if (entry.agent.environment != name || !may_be_given(state_, entry, moment_.now)) {
          continue;
        }
        const bool is_free = entry.ahead.empty() && smaller_for(entry).fits_in(entry.free()) &&
                             !older_.compete_for(name, entry.whole());
        if (best == nullptr || rank(entry, is_free) < rank(*best, has_it_free)) {
          best = &entry;
          has_it_free = is_free;
        }
      }
    }
    const Resources lack = best == nullptr ? Resources{} : shortage(request_, best->whole());
    if (lack == Resources{} || has_nothing_of(best->whole(), lack)) {
      return;
    }
    const Resources whole = best->whole();
    const Resources at_most{lack.milli_vcpus > 0 ? whole.milli_vcpus : 0,
                            lack.memory_mib > 0 ? whole.memory_mib : 0,
                            lack.gpus > 0 ? whole.gpus : 0};
    std::string clause = "it is submitted again and asks for at most " + amounts_text(at_most) +
                         ", which agent " + best->agent.name + " has " +
                         (has_it_free ? "free" : "when nothing else runs there");
    if (!queue.is_enabled) {
      clause += " (queue " + queue.name + " is disabled and takes no jobs)";
    }
    ways.push_back({{std::move(clause)}, {}});
  }

  static bool has_nothing_of(const Resources& whole, const Resources& lack) {
    return (lack.milli_vcpus > 0 && whole.milli_vcpus == 0) ||
           (lack.memory_mib > 0 && whole.memory_mib == 0) || (lack.gpus > 0 && whole.gpus == 0);
  }

  Resources smaller_for(const AgentEntry& entry) const {
    return request_ - shortage(request_, entry.whole());
  }

  const State& state_;
  const RequestClass& class_;
  const Resources& request_;
  Moment moment_;
  Pools pools_;
  OlderJobs older_;
  std::vector<OneAgent> agents_;
};

}  // namespace

std::vector<WayToRoom> ways_to_room(const State& state, const JobEntry& entry,
                                    const Explanation& out, Moment moment) {
  return RoomWays(state, entry, out, moment).find();
}

std::optional<std::string> cap_clause(const ComputeEnvironment& environment, const Pool& pool,
                                      std::int64_t milli_vcpus) {
  if (!pool.cap_left || *pool.cap_left >= milli_vcpus) {
    return std::nullopt;
  }
  const std::int64_t needed = (pool.cap - *pool.cap_left + milli_vcpus + 999) / 1000;
  std::string clause = "environment " + environment.name + " has a maxvCpus of " +
                       std::to_string(needed) + " or more (it has " +
                       std::to_string(*environment.vcpus_max) + ")";
  if (milli_vcpus <= pool.cap) {
    clause += " or jobs there that hold " +
              amounts_text({.milli_vcpus = milli_vcpus - *pool.cap_left}) + " have ended";
  }
  return clause;
}

std::string enable_clause(const ComputeEnvironment& environment) {
  return "compute environment " + environment.name + " is enabled";
}

std::vector<std::string> open_clauses(const State& state, const AgentEntry& agent, Instant now) {
  std::vector<std::string> clauses;
  const std::string& name = agent.agent.name;
  if (agent.agent.is_draining) {
    clauses.push_back("agent " + name + " takes new work again (`dray undrain " + name + "`)");
  }
  if (is_silent(state, agent, now)) {
    clauses.push_back("agent " + name + " is heard again (" +
                      (agent.link.last_heard
                           ? "last heard " + time_text(now - *agent.link.last_heard) + " ago)"
                           : "not heard since the scheduler started)"));
  }
  return clauses;
}

}  // namespace dray
