#include "scheduler/core/placement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "scheduler/core/pass.h"

namespace dray {
namespace {

using Lines = std::map<Standing, WaitingLine>;

Lines waiting_in_order(const State& state) {
  Lines lines;
  for (const auto& [id, request_class] : state.classes()) {
    if (!request_class.waiting.empty()) {
      lines.emplace(standing_of(state, request_class, request_class.head()),
                    WaitingLine(id, request_class));
    }
  }
  return lines;
}

/// Starts the line's jobs that stand before `limit`, as far as there is room. False when there is
/// none left.
bool place(Pass& pass, WaitingLine& line, const std::optional<JobKey>& limit) {
  const std::vector<Pool*> pools = pools_of(pass, line.request_class());
  while (!line.is_done() && (!limit || line.head() < *limit) &&
         !pass.runs_left.is_used_up(line.request_class())) {
    std::optional<std::size_t> index;
    Pool* pool = nullptr;
    for (std::size_t i = 0; i < pools.size() && !index; ++i) {
      pool = pools[i];
      index = pass.pools.find_open(*pool, line.request(), line.id());
    }
    if (!index) {
      return false;
    }
    const Room& room = pass.pools.room(*index);
    std::int64_t most = times_it_fits(line.request(), room.free, 1'000'000);
    if (pool->cap_left && line.request().milli_vcpus > 0) {
      most = std::min(most, *pool->cap_left / line.request().milli_vcpus);
    }
    const JobRun run = line.take(pass.runs_left.at_most(most, line.request_class()), limit);
    pass.runs_left.use(line.request_class(), run.last - run.first + 1);
    pass.plan.placements.push_back({room.entry->agent.id, run, false});
    pass.pools.use(*pool, *index, line.request(), run.last - run.first + 1);
  }
  return true;
}

}  // namespace

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
  Pass pass{state, Pools(state, now), {}, RunsLeft(state), {}};
  Lines lines = waiting_in_order(state);
  while (!lines.empty()) {
    auto first = lines.extract(lines.begin());
    WaitingLine line = std::move(first.mapped());
    if (pass.runs_left.is_used_up(line.request_class())) {
      continue;  // Whatever room there is: nothing is kept for it, and nothing given ahead.
    }
    std::optional<JobKey> limit;
    if (!lines.empty() && lines.begin()->first.below_top == first.key().below_top) {
      limit = lines.begin()->first.job;
    }
    if (!place(pass, line, limit)) {
      reserve_room(pass, line);
      pass.blocked.push_back(line);
    } else if (!line.is_done()) {
      lines.emplace(standing_of(state, line.request_class(), line.head()), line);
    }
  }
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
