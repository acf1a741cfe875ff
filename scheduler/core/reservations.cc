#include <utility>

#include "scheduler/core/openings.h"
#include "scheduler/core/pass.h"
#include "scheduler/core/place_gang.h"

/// Room is kept for the oldest job that an environment could run and that finds none free, so that
/// a stream of small jobs cannot starve a large one. One agent is enough; it stays the same one
/// from pass to pass, else it would never empty. Who was given ahead to an agent and waits there at
/// the head of its line counts like those that wait here: that agent is the one.
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

std::optional<LineHead> head_of_line(const State& state, const Room& room, std::size_t index,
                                     Instant now) {
  const Idle idle = idle_of(state, room);
  const auto& line = room.entry->ahead;
  for (auto at = line.lower_bound(idle.behind); idle.behind > 0 && at != line.end(); ++at) {
    const LiveAttempt& live = *state.find_attempt(at->second);
    const JobEntry& job = *state.find_job(at->second.job);
    if (!live.is_retracting && !live.attempt.stop_requested && !job.is_gang()) {
      const ClassId id = State::class_id_of(job, at->second.child);
      return LineHead{standing_of(state, state.classes().at(id), at->second, now), id, index};
    }
  }
  return std::nullopt;
}

void keep_agent_of_line(Pass& pass, Pool& pool) {
  const LineHead& head = *pool.first_in_line;
  Room& room = pass.pools.room(head.room);
  pool.reservation = Reservation{head.standing.job, head.request_class, room.entry->agent.id, {}};
  room.kept_for = head.request_class;
  room.is_kept_in_line = true;
  const Resources& request = pass.state.classes().at(head.request_class).key.request;
  room.opening = opening_of(pass.state, room, request, pass.now);
  pool.kept_rooms = {head.room};
}

/// Whether something that stands before it waits in an agent's line; then that agent is kept.
bool is_behind_line(Pass& pass, Pool& pool, const Standing& standing) {
  if (!pool.first_in_line || pool.reservation || standing < pool.first_in_line->standing) {
    return false;
  }
  keep_agent_of_line(pass, pool);
  return true;
}

}  // namespace

void find_line_heads(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      const Room& room = pass.pools.room(index);
      if (!room.may_be_given || room.entry->ahead.empty()) {
        continue;
      }
      const auto head = head_of_line(pass.state, room, index, pass.now);
      if (head && (!pool.first_in_line || head->standing < pool.first_in_line->standing)) {
        pool.first_in_line = head;
      }
    }
  }
}

void reserve_for_line_heads(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    if (pool.first_in_line && !pool.reservation) {
      keep_agent_of_line(pass, pool);
    }
  }
}

void reserve_room(Pass& pass, const WaitingLine& line) {
  const Standing standing = standing_of(pass.state, line.request_class(), line.head(), pass.now);
  for (Pool* pool : pools_of(pass, line.request_class())) {
    if (is_behind_line(pass, *pool, standing)) {
      return;
    }
  }
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
      room.opening = opening_of(pass.state, room, line.request(), pass.now);
      pool->kept_rooms = {*index};
    }
    return;
  }
}

}  // namespace dray
