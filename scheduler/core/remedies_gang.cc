#include <algorithm>
#include <utility>

#include "scheduler/core/leases.h"
#include "scheduler/core/older_jobs.h"
#include "scheduler/core/place_gang.h"
#include "scheduler/core/remedies_room.h"
#include "scheduler/core/sentences.h"

/// A gang needs room for all its nodes in one environment: what is missing is counted in nodes.
namespace dray {
namespace {

/// Agents that are tried one by one, each with a seating of its own.
constexpr std::size_t kTriedMax = 8;

class GangWays {
 public:
  GangWays(const State& state, const JobEntry& entry, const Explanation& out, Moment moment)
      : state_(state),
        class_(state.class_of(entry, kNoChild)),
        class_id_(State::class_id_of(entry, kNoChild)),
        moment_(moment),
        pools_(state, moment.now),
        older_(state, entry, out, moment.now) {
    for (const NodeShape& shape : class_.key.nodes) {
      largest_.milli_vcpus = std::max(largest_.milli_vcpus, shape.request.milli_vcpus);
      largest_.memory_mib = std::max(largest_.memory_mib, shape.request.memory_mib);
      largest_.gpus = std::max(largest_.gpus, shape.request.gpus);
    }
  }

  std::vector<WayToRoom> find() {
    const auto queue = state_.queues().find(class_.key.queue);
    if (queue == state_.queues().end()) {
      return {};
    }
    std::vector<WayToRoom> ways;
    std::vector<WayToRoom> larger;
    std::size_t most = 0;
    for (const std::string& name : queue->second.environments) {
      const auto environment = state_.environments().find(name);
      Pool* pool = pools_.find(name);
      if (environment == state_.environments().end() || pool == nullptr) {
        continue;
      }
      const std::size_t now = seats(*pool, Seating::Now);
      WayToRoom way = common(environment->second, *pool);
      const bool is_open = way.clauses.empty() && way.once.empty();
      most = std::max(most, is_open ? now : 0);
      if (now == count() && way.clauses.empty()) {
        return {way};
      }
      if (now == count()) {
        ways.push_back(std::move(way));
        continue;
      }
      larger.push_back(with_agents(name, way, count() - now));
      if (seats(*pool, Seating::WhenEmpty) == count()) {
        ways.push_back(with_room(name, std::move(way), now));
      } else {
        open_agents(name, *pool, way, ways);
      }
    }
    ways.insert(ways.end(), larger.begin(), larger.end());
    add_fewer_nodes(queue->second, most, ways);
    return ways;
  }

 private:
  [[nodiscard]] std::size_t count() const { return class_.key.node_count(); }

  std::size_t seats(const Pool& pool, Seating seating) const {
    return seat_nodes(pools_, pool, class_.key.nodes, class_id_, seating).size();
  }

  /// What is needed of the environment itself, and who goes before.
  WayToRoom common(const ComputeEnvironment& environment, const Pool& pool) const {
    WayToRoom way;
    if (!environment.is_enabled) {
      way.clauses.push_back(enable_clause(environment));
    }
    if (auto cap = cap_clause(environment, pool, class_.key.together().milli_vcpus)) {
      way.clauses.push_back(std::move(*cap));
    }
    const bool is_behind =
        std::any_of(pool.rooms.begin(), pool.rooms.end(), [&](std::size_t index) {
          return older_.compete_for(environment.name, pools_.room(index).entry->whole());
        });
    if (is_behind) {
      way.once =
          " once " + older_.text() + (older_.count() == 1 ? " has" : " have") + " started or ended";
    }
    return way;
  }

  /// "2 nodes of 2 vCPUs and 1024 MiB": of the largest of each where they differ.
  std::string nodes_text(std::size_t nodes, const std::string& word) const {
    return std::to_string(nodes) + word + (nodes == 1 ? " node" : " nodes") + " of " +
           (class_.key.nodes.size() > 1 ? "up to " : "") + amounts_text(largest_);
  }

  WayToRoom with_room(const std::string& environment, WayToRoom way, std::size_t now) const {
    const bool is_behind = !way.once.empty();
    way.clauses.push_back(
        "agents of environment " + environment + " have room for " +
        nodes_text(is_behind ? count() : count() - now, is_behind ? "" : " more") +
        " (right now for " + std::to_string(now) + " of " + std::to_string(count()) + ")");
    return way;
  }

  /// Where shapes differ, one agent a node is always enough; where they do not, one for each that
  /// has no room.
  WayToRoom with_agents(const std::string& environment, WayToRoom way, std::size_t missing) const {
    const bool is_sure = class_.key.nodes.size() == 1 && way.once.empty();
    const std::size_t agents = is_sure ? missing : count();
    way.clauses.push_back((agents == 1 ? "an agent" : std::to_string(agents) + " agents, each") +
                          " with at least " + amounts_text(largest_) +
                          (agents == 1 ? " joins" : ", join") + " environment " + environment);
    if (older_.compete_for(environment, largest_) && way.once.empty()) {
      way.once =
          " once " + older_.text() + (older_.count() == 1 ? " has" : " have") + " started or ended";
    }
    return way;
  }

  /// One agent that drains or is not heard, if its room is what lacks.
  void open_agents(const std::string& environment, const Pool& pool, const WayToRoom& way,
                   std::vector<WayToRoom>& ways) {
    std::size_t tried = 0;
    for (const std::size_t index : pool.rooms) {
      Room& room = pools_.room(index);
      const auto clauses = open_clauses(state_, *room.entry, moment_.now);
      if (clauses.empty() || ++tried > kTriedMax) {
        continue;
      }
      const bool was = std::exchange(room.may_be_given, true);
      const std::size_t now = seats(pool, Seating::Now);
      if (now == count() || seats(pool, Seating::WhenEmpty) == count()) {
        WayToRoom opened = way;
        opened.clauses.insert(opened.clauses.end(), clauses.begin(), clauses.end());
        ways.push_back(now == count() ? opened : with_room(environment, opened, now));
      }
      room.may_be_given = was;
      if (!ways.empty()) {
        return;
      }
    }
  }

  void add_fewer_nodes(const JobQueue& queue, std::size_t most,
                       std::vector<WayToRoom>& ways) const {
    if (most == 0 || most >= count()) {
      return;
    }
    std::string clause = "it is submitted again with " +
                         (most == 1 ? std::string("1 node") : std::to_string(most) + " nodes") +
                         ", for which there is room";
    if (!queue.is_enabled) {
      clause += " (queue " + queue.name + " is disabled and takes no jobs)";
    }
    ways.push_back({{std::move(clause)}, {}});
  }

  const State& state_;
  const RequestClass& class_;
  ClassId class_id_;
  Moment moment_;
  Pools pools_;
  OlderJobs older_;
  Resources largest_;
};

}  // namespace

std::vector<WayToRoom> ways_to_room_for_gang(const State& state, const JobEntry& entry,
                                             const Explanation& out, Moment moment) {
  return GangWays(state, entry, out, moment).find();
}

}  // namespace dray
