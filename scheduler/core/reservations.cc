#include <utility>

#include "scheduler/core/pass.h"
#include "scheduler/core/place_gang.h"

/// Room is kept for the oldest job that an environment could run and that finds none free, so that
/// a stream of small jobs cannot starve a large one. One agent is enough; it stays the same one
/// from pass to pass, else it would never empty.
namespace dray {
namespace {

/// Of the agents that would be big enough when empty, the one kept so far, else the one that lacks
/// least. Nothing when none is big enough.
std::optional<std::size_t> agent_to_keep(Pass& pass, const Pool& pool, const WaitingLine& line,
                                         std::optional<AgentId> kept_so_far) {
  std::optional<std::pair<std::int64_t, std::size_t>> best;
  for (const std::size_t index : pool.rooms) {
    const Room& room = pass.pools.room(index);
    if (!room.may_be_given || room.kept_for || !line.request().fits_in(room.entry->whole())) {
      continue;
    }
    if (kept_so_far && room.entry->agent.id == *kept_so_far) {
      return index;
    }
    const std::pair lack{weight_of(shortage(line.request(), room.free)), index};
    if (!best || lack < *best) {
      best = lack;
    }
  }
  return best ? std::optional(best->second) : std::nullopt;
}

/// The agent that was kept for this class in the last pass.
std::optional<AgentId> kept_before(const State& state, const std::string& environment,
                                   ClassId request_class) {
  const auto kept = state.reservations.find(environment);
  if (kept == state.reservations.end() || kept->second.request_class != request_class) {
    return std::nullopt;
  }
  return kept->second.agent;
}

}  // namespace

void reserve_room(Pass& pass, const WaitingLine& line) {
  if (line.request_class().key.is_gang()) {
    reserve_for_gang(pass, line);
    return;
  }
  for (Pool* pool : pools_of(pass, line.request_class())) {
    const std::int64_t vcpus = line.request().milli_vcpus;
    if (pool->reservation || (pool->cap_left && vcpus > pool->cap)) {
      continue;
    }
    if (pool->rooms.empty()) {
      continue;
    }
    const std::string& environment = pass.pools.room(pool->rooms.front()).entry->agent.environment;
    const auto index =
        agent_to_keep(pass, *pool, line, kept_before(pass.state, environment, line.id()));
    if (!index) {
      continue;
    }
    pool->reservation = Reservation{line.head(), line.id(), std::nullopt, {}};
    Room& room = pass.pools.room(*index);
    const bool lacks_cap_only =
        pool->cap_left && *pool->cap_left < vcpus && line.request().fits_in(room.free);
    if (!lacks_cap_only) {
      pool->reservation->agent = room.entry->agent.id;
      room.kept_for = line.id();
      pool->kept_rooms = {*index};
    }
    return;
  }
}

}  // namespace dray
