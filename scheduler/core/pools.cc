#include "scheduler/core/pools.h"

#include <algorithm>

#include "scheduler/core/leases.h"

namespace dray {
namespace {
constexpr std::int64_t kGpuWeight = 1'000'000'000;

Idle idle_of(const State& state, const AgentEntry& agent) {
  Idle idle{agent.free()};
  for (const auto& [order, key] : agent.ahead) {
    const Resources& request = state.classes().at(key.request_class).key.request;
    if (!request.fits_in(idle.room)) {
      idle.behind = order;
      break;
    }
    idle.room -= request;
  }
  return idle;
}
}  // namespace

std::int64_t weight_of(const Resources& resources) {
  return resources.milli_vcpus + resources.memory_mib + resources.gpus * kGpuWeight;
}

std::int64_t times_it_fits(const Resources& request, const Resources& room, std::int64_t most) {
  const auto bound = [&most](std::int64_t part, std::int64_t whole) {
    if (part > 0) {
      most = std::min(most, whole / part);
    }
  };
  bound(request.milli_vcpus, room.milli_vcpus);
  bound(request.memory_mib, room.memory_mib);
  bound(request.gpus, room.gpus);
  return most;
}

Asker asker_of(ClassId id, const RequestClass& request_class) {
  return {id, request_class.key.request, request_class.key.expected};
}

Pools::Pools(const State& state, Instant now) : now_(now) {
  for (const auto& [name, environment] : state.environments()) {
    Pool& pool = pools_[name];
    pool.is_enabled = environment.is_enabled;
    if (environment.vcpus_max) {
      pool.cap = std::int64_t{*environment.vcpus_max} * 1000;
      pool.cap_left = pool.cap;
    }
  }
  std::map<std::string, std::int64_t> capacities;
  rooms_.reserve(state.agents().size());
  for (const auto& [id, entry] : state.agents()) {
    const std::size_t index = rooms_.size();
    Room& room = rooms_.emplace_back();
    room.entry = &entry;
    room.free = entry.free();
    room.live = static_cast<std::uint32_t>(entry.live.size());
    room.ahead = static_cast<std::uint32_t>(entry.ahead.size());
    Pool* pool = find(entry.agent.environment);
    if (pool == nullptr) {
      continue;
    }
    room.may_be_given = pool->is_enabled && may_be_given(state, entry, now);
    if (room.may_be_given && !entry.ahead.empty()) {
      room.idle = idle_of(state, entry);
    }
    pool->rooms.push_back(index);
    capacities[entry.agent.environment] += entry.agent.capacity.milli_vcpus;
    if (pool->cap_left) {
      pool->cap_left = *pool->cap_left - entry.reserved.milli_vcpus;
    }
    if (room.may_be_given && entry.ahead.empty()) {
      pool->open.emplace(weight_of(room.free), index);
    }
  }
  mark_held(state);
  for (auto& [name, pool] : pools_) {
    pool.may_run_full = !pool.cap_left || capacities[name] <= pool.cap;
  }
}

void Pools::mark_held(const State& state) {
  if (state.held_nodes().empty()) {
    return;
  }
  std::set<AgentId> agents;
  for (const auto& [job, count] : state.held_nodes()) {
    const auto& all = state.attempts();
    for (auto at = all.lower_bound({job, 0}); at != all.end() && at->first.job == job; ++at) {
      if (at->second.attempt.is_held) {
        agents.insert(at->second.attempt.agent);
      }
    }
  }
  for (Room& room : rooms_) {
    room.has_held = agents.contains(room.entry->agent.id);
  }
}

Pool* Pools::find(const std::string& environment) {
  const auto found = pools_.find(environment);
  return found == pools_.end() ? nullptr : &found->second;
}

bool Pools::ends_before(const Room& room, const Asker& asker) const {
  return room.opening && room.opening->at - now_ >= Opening::kSoon && asker.expected > Duration{} &&
         now_ + asker.expected <= room.opening->at;
}

std::int64_t Pools::times(const Room& room, const Asker& asker, std::int64_t most) const {
  most = times_it_fits(asker.request, room.free, most);
  if (room.may_use(asker.id) || ends_before(room, asker)) {
    return most;
  }
  return room.opening ? times_it_fits(asker.request, room.opening->spare, most) : 0;
}

std::optional<std::size_t> Pools::find_open(const Pool& pool, const Asker& asker) const {
  const bool is_kept = pool.reservation && pool.reservation->is_of_all() &&
                       pool.reservation->request_class != asker.id;
  const Resources& request = asker.request;
  if (!pool.is_enabled || is_kept || (pool.cap_left && *pool.cap_left < request.milli_vcpus)) {
    return std::nullopt;
  }
  for (auto at = pool.open.lower_bound({weight_of(request), 0}); at != pool.open.end(); ++at) {
    if (times(rooms_[at->second], asker, 1) > 0) {
      return at->second;
    }
  }
  return std::nullopt;
}

void Pools::use(Pool& pool, std::size_t index, const Asker& asker, std::int64_t times) {
  Room& room = rooms_[index];
  pool.open.erase({weight_of(room.free), index});
  const bool takes_spare = !room.may_use(asker.id) && room.opening && !ends_before(room, asker);
  for (std::int64_t i = 0; i < times; ++i) {
    room.free -= asker.request;
    if (takes_spare) {
      room.opening->spare -= asker.request;
    }
  }
  pool.open.emplace(weight_of(room.free), index);
  room.live += static_cast<std::uint32_t>(times);
  if (pool.cap_left) {
    pool.cap_left = *pool.cap_left - asker.request.milli_vcpus * times;
  }
}

}  // namespace dray
