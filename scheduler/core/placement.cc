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
  [[nodiscard]] std::optional<JobKey> limit(std::int64_t below_top) const {
    std::optional<JobKey> limit;
    if (!classes.empty() && classes.begin()->first.below_top == below_top) {
      limit = classes.begin()->first.job;
    }
    if (!fair.empty() && fair.begin()->first.below_top == below_top &&
        (!limit || fair.begin()->first.job < *limit)) {
      limit = fair.begin()->first.job;
    }
    return limit;
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
      lines.classes.emplace(standing_of(state, request_class, line.head()), line);
    }
  }
  for (auto& [name, queue] : fair) {
    const Standing standing = queue.standing();
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
Placed place(Pass& pass, WaitingLine& line, const std::optional<JobKey>& limit) {
  const std::vector<Pool*> pools = pools_of(pass, line.request_class());
  const Quantities& needs = line.request_class().key.consumables;
  while (!line.is_done() && (!limit || line.head() < *limit) &&
         !pass.runs_left.is_used_up(line.request_class())) {
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
    most = times_it_fits(line.request(), room.free, most);
    if (pool->cap_left && line.request().milli_vcpus > 0) {
      most = std::min(most, *pool->cap_left / line.request().milli_vcpus);
    }
    const JobRun run = line.take(pass.runs_left.at_most(most, line.request_class()), limit);
    pass.runs_left.use(line.request_class(), run.last - run.first + 1);
    pass.plan.placements.push_back({room.entry->agent.id, run, false});
    pass.pools.use(*pool, *index, line.request(), run.last - run.first + 1);
    pass.stocks.use(needs, run.last - run.first + 1);
  }
  return Placed::All;
}

void place_classes(Pass& pass, Lines& lines) {
  auto first = lines.classes.extract(lines.classes.begin());
  WaitingLine line = std::move(first.mapped());
  if (pass.runs_left.is_used_up(line.request_class())) {
    return;  // Whatever room there is: nothing is kept for it, and nothing given ahead.
  }
  const Placed placed = place(pass, line, lines.limit(first.key().below_top));
  if (placed == Placed::NoRoom) {
    reserve_room(pass, line);
    pass.blocked.push_back(line);
  } else if (placed == Placed::All && !line.is_done()) {
    lines.classes.emplace(standing_of(pass.state, line.request_class(), line.head()), line);
  }
}

void place_fair(Pass& pass, Lines& lines) {
  auto first = lines.fair.extract(lines.fair.begin());
  FairQueue queue = std::move(first.mapped());
  queue.place(pass, lines.limit(first.key().below_top));
  if (!queue.is_done()) {
    const Standing standing = queue.standing();
    lines.fair.emplace(standing, std::move(queue));
  }
}

}  // namespace

Place find_place(Pass& pass, const std::vector<Pool*>& pools, const WaitingLine& line) {
  for (Pool* pool : pools) {
    if (const auto index = pass.pools.find_open(*pool, line.request(), line.id())) {
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
  Pass pass{state, now, Pools(state, now), Stocks(state), RunsLeft(state), {}, {}};
  find_line_heads(pass);
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
