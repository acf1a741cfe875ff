#include <algorithm>
#include <utility>
#include <vector>

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

/// The first of the line that waits for room and is to stay there.
std::optional<LineHead> head_of_line(const Pass& pass, std::size_t index) {
  const Room& room = pass.pools.room(index);
  const auto& line = room.entry->ahead;
  for (auto at = line.lower_bound(room.idle.behind); at != line.end(); ++at) {
    const InLine& key = at->second;
    const LiveAttempt& live = *pass.state.find_attempt(key);
    const RequestClass& request_class = pass.state.classes().at(key.request_class);
    if (!live.is_retracting && !live.attempt.stop_requested && !request_class.key.is_gang()) {
      return LineHead{standing_of(pass.state, request_class, key, pass.now), key.request_class,
                      index};
    }
  }
  return std::nullopt;
}

std::optional<LineHead> first_in_line(const Pass& pass, const Pool& pool) {
  std::vector<std::pair<Standing, std::size_t>> firsts;
  firsts.reserve(pool.rooms.size());
  for (const std::size_t index : pool.rooms) {
    const Room& room = pass.pools.room(index);
    if (room.may_be_given && room.idle.behind > 0) {
      const InLine& first = room.entry->ahead.at(room.idle.behind);
      const RequestClass& request_class = pass.state.classes().at(first.request_class);
      firsts.emplace_back(standing_of(pass.state, request_class, first, first.submitted, pass.now),
                          index);
    }
  }
  while (!firsts.empty()) {
    const auto first = std::min_element(firsts.begin(), firsts.end());
    if (const auto head = head_of_line(pass, first->second)) {
      return head;
    }
    std::swap(*first, firsts.back());
    firsts.pop_back();
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

/// Where what waits at the head of a line stands before it, the pool's reservation is for that.
void keep_for_line_head(Pass& pass, Pool& pool, const Standing& standing) {
  if (pool.first_in_line && !pool.reservation && pool.first_in_line->standing < standing) {
    keep_agent_of_line(pass, pool);
  }
}

}  // namespace

void find_line_heads(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    pool.first_in_line = first_in_line(pass, pool);
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
    keep_for_line_head(pass, *pool, standing);
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
