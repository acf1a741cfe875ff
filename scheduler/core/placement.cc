#include "scheduler/core/placement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "scheduler/core/fair_queue.h"
#include "scheduler/core/pass.h"
#include "scheduler/core/place_gang.h"

namespace dray {
namespace {

/// What waits: classes, and the fair-share queues as one each, by where they stand.
struct Lines {
  std::map<Standing, WaitingLine> classes;
  std::map<Standing, FairQueue> fair;
  [[nodiscard]] bool is_done() const { return classes.empty() && fair.empty(); }
  /// Whether the next to look at is a fair-share queue.
  [[nodiscard]] bool is_fair_next() const {
    return !fair.empty() && (classes.empty() || fair.begin()->first < classes.begin()->first);
  }
  /// Where in the queues of that priority the next one begins, if there is one.
  [[nodiscard]] std::optional<Standing> limit(std::int64_t below_top) const {
    std::optional<Standing> limit;
    if (!classes.empty() && classes.begin()->first.below_top == below_top) {
      limit = classes.begin()->first;
    }
    if (!fair.empty() && fair.begin()->first.below_top == below_top &&
        (!limit || fair.begin()->first < *limit)) {
      limit = fair.begin()->first;
    }
    return limit;
  }
  /// The next of that queue and priority, if there is one.
  [[nodiscard]] std::optional<JobKey> next_of(const std::string& queue,
                                              std::int64_t below_top) const {
    for (const auto& [standing, line] : classes) {
      if (standing.below_top != below_top) {
        break;
      }
      if (line.request_class().key.queue == queue) {
        return standing.job;
      }
    }
    return std::nullopt;
  }
};

Lines waiting_in_order(Pass& pass) {
  const State& state = pass.state;
  Lines lines;
  std::map<std::string_view, FairQueue> fair;
  for (const auto& [id, request_class] : state.classes()) {
    if (request_class.waiting.empty()) {
      continue;
    }
    const WaitingLine line(id, request_class);
    if (is_fair(request_class)) {
      const auto queue = state.queues().find(request_class.key.queue);
      if (queue != state.queues().end()) {
        fair.try_emplace(queue->first, pass, queue->second, line).first->second.add(line);
      }
    } else {
      lines.classes.emplace(standing_of(state, request_class, line.head(), pass.now), line);
    }
  }
  for (auto& [name, queue] : fair) {
    const Standing standing = queue.standing(pass);
    lines.fair.emplace(standing, std::move(queue));
  }
  return lines;
}

enum class Placed : std::uint8_t {
  All,
  NoRoom,   ///< No agent has any left.
  NoStock,  ///< A consumable resource is used up: no room is kept for what cannot use it.
};

/// Starts the line's jobs that stand before `limit`, as far as there is room.
Placed place(Pass& pass, WaitingLine& line, const std::optional<Standing>& limit) {
  const std::vector<Pool*> pools = pools_of(pass, line.request_class());
  const Quantities& needs = line.request_class().key.consumables;
  const Asker asker = asker_of(line.id(), line.request_class());
  const auto is_next = [&] {
    return !limit || standing_of(pass.state, line.request_class(), line.head(), pass.now) < *limit;
  };
  const std::optional<JobKey> limit_job = limit ? std::optional(limit->job) : std::nullopt;
  while (!line.is_done() && is_next() && !pass.runs_left.is_used_up(line.request_class())) {
    std::int64_t most = pass.stocks.times_left(needs, 1'000'000);
    if (most == 0) {
      return Placed::NoStock;
    }
    if (line.request_class().key.is_gang()) {
      if (!place_gang(pass, line)) {
        return Placed::NoRoom;
      }
      line.take(1, std::nullopt);
      pass.runs_left.use(line.request_class(), 1);
      pass.stocks.use(needs, 1);
      continue;
    }
    const auto [pool, index] = find_place(pass, pools, line);
    if (!index) {
      return Placed::NoRoom;
    }
    const Room& room = pass.pools.room(*index);
    most = pass.pools.times(room, asker, most);
    if (pool->cap_left && line.request().milli_vcpus > 0) {
      most = std::min(most, *pool->cap_left / line.request().milli_vcpus);
    }
    const JobRun run = line.take(pass.runs_left.at_most(most, line.request_class()), limit_job);
    pass.runs_left.use(line.request_class(), run.last - run.first + 1);
    pass.plan.placements.push_back({room.entry->agent.id, run, false});
    pass.pools.use(*pool, *index, asker, run.last - run.first + 1);
    pass.stocks.use(needs, run.last - run.first + 1);
  }
  return Placed::All;
}

bool is_strict(const State& state, const std::string& queue) {
  const auto found = state.queues().find(queue);
  return found != state.queues().end() && found->second.order == DispatchOrder::FifoStrict;
}

/// What was given ahead comes before the rest of its strict queue.
void find_first_of_strict(Pass& pass) {
  for (const auto& [name, queue] : pass.state.queues()) {
    if (queue.order == DispatchOrder::FifoStrict) {
      pass.first_of_strict[name];
    }
  }
  if (pass.first_of_strict.empty()) {
    return;
  }
  for (const auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      const Room& room = pass.pools.room(index);
      if (!room.may_be_given) {
        continue;  // Whether it begins there cannot be known: the rest does not wait for that.
      }
      for (const auto& [id, count] : room.entry->ahead_by_class) {
        const auto strict = pass.first_of_strict.find(pass.state.classes().at(id).key.queue);
        if (strict != pass.first_of_strict.end()) {
          strict->second.insert(id);
        }
      }
    }
  }
}

bool is_behind_others(const Pass& pass, const WaitingLine& line) {
  const auto strict = pass.first_of_strict.find(line.request_class().key.queue);
  if (strict == pass.first_of_strict.end() || strict->second.contains(line.id())) {
    return false;
  }
  const std::int64_t own = below_top(pass.state, line.request_class());
  return std::any_of(strict->second.begin(), strict->second.end(), [&](ClassId id) {
    return below_top(pass.state, pass.state.classes().at(id)) <= own;
  });
}

void place_classes(Pass& pass, Lines& lines) {
  auto first = lines.classes.extract(lines.classes.begin());
  WaitingLine line = std::move(first.mapped());
  const std::string& queue = line.request_class().key.queue;
  if (pass.runs_left.is_used_up(line.request_class()) || pass.closed.contains(queue)) {
    return;  // Whatever room there is: nothing is kept for it, and nothing given ahead.
  }
  if (is_behind_others(pass, line)) {
    pass.closed.insert(queue);
    return;
  }
  const Placed placed = place(pass, line, lines.limit(first.key().below_top));
  if (placed != Placed::All && is_strict(pass.state, queue)) {
    pass.closed.insert(queue);
    if (const auto next = lines.next_of(queue, first.key().below_top)) {
      line.end_before(*next);
    }
  }
  if (placed == Placed::NoRoom) {
    reserve_room(pass, line);
    pass.blocked.push_back(line);
  } else if (placed == Placed::All && !line.is_done()) {
    lines.classes.emplace(standing_of(pass.state, line.request_class(), line.head(), pass.now),
                          line);
  }
}

void place_fair(Pass& pass, Lines& lines) {
  auto first = lines.fair.extract(lines.fair.begin());
  FairQueue queue = std::move(first.mapped());
  queue.place(pass, lines.limit(first.key().below_top));
  if (!queue.is_done()) {
    const Standing standing = queue.standing(pass);
    lines.fair.emplace(standing, std::move(queue));
  }
}

}  // namespace

Place find_place(Pass& pass, const std::vector<Pool*>& pools, const WaitingLine& line) {
  for (Pool* pool : pools) {
    if (const auto index = pass.pools.find_open(*pool, asker_of(line.id(), line.request_class()))) {
      return {pool, index};
    }
  }
  return {};
}

std::vector<Pool*> pools_of(Pass& pass, const RequestClass& request_class) {
  std::vector<Pool*> pools;
  const auto queue = pass.state.queues().find(request_class.key.queue);
  if (queue != pass.state.queues().end()) {
    for (const std::string& environment : queue->second.environments) {
      if (Pool* pool = pass.pools.find(environment); pool != nullptr && pool->is_enabled) {
        pools.push_back(pool);
      }
    }
  }
  return pools;
}

Plan plan_placements(const State& state, Instant now) {
  Pass pass{state, now, Pools(state, now), Stocks(state), RunsLeft(state), {}, {}, {}, {}, {}, {}};
  find_line_heads(pass);
  find_first_of_strict(pass);
  Lines lines = waiting_in_order(pass);
  while (!lines.is_done()) {
    if (lines.is_fair_next()) {
      place_fair(pass, lines);
    } else {
      place_classes(pass, lines);
    }
  }
  reserve_for_line_heads(pass);
  clear_lines(pass);
  plan_lines(pass);
  for (auto& [name, pool] : pass.pools.all()) {
    if (pool.reservation) {
      pass.plan.reservations.emplace(name, *pool.reservation);
    }
  }
  return std::move(pass.plan);
}

}  // namespace dray
