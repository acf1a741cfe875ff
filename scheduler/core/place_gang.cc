#include "scheduler/core/place_gang.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "scheduler/core/openings.h"

namespace dray {
namespace {

/// A room that nodes may be put into.
struct Seat {
  std::size_t room = 0;
  bool is_liked = false;
  Resources left;
  std::int32_t nodes = 0;  ///< Of this gang.
};

bool may_seat(const Room& room, ClassId request_class, Seating seating) {
  const bool is_for_others = room.kept_for && *room.kept_for != request_class;
  return seating == Seating::Ever || (room.may_be_given && !is_for_others &&
                                      (seating == Seating::WhenEmpty || room.entry->ahead.empty()));
}

std::vector<Seat> seats_of(const Pools& pools, const Pool& pool, ClassId request_class,
                           Seating seating, const std::set<AgentId>& liked) {
  std::vector<Seat> seats;
  for (const std::size_t index : pool.rooms) {
    const Room& room = pools.room(index);
    if (may_seat(room, request_class, seating)) {
      seats.push_back({index, liked.contains(room.entry->agent.id),
                       seating == Seating::Now ? room.free : room.entry->whole(), 0});
    }
  }
  return seats;
}

/// The one with the fewest nodes of the gang; of these a liked one, then the smallest leftover.
Seat* best_seat(std::vector<Seat>& seats, const Resources& request) {
  Seat* best = nullptr;
  const auto rank = [](const Seat& seat) {
    return std::tuple(seat.nodes, !seat.is_liked, weight_of(seat.left));
  };
  for (Seat& seat : seats) {
    if (request.fits_in(seat.left) && (best == nullptr || rank(seat) < rank(*best))) {
      best = &seat;
    }
  }
  return best;
}

/// Whether there is enough of everything taken together: cheap, and false for most blocked gangs.
bool may_be_enough(const std::vector<Seat>& seats, const Resources& together) {
  Resources room;
  for (const Seat& seat : seats) {
    room += seat.left;
  }
  return together.fits_in(room);
}

bool is_closed(const Pool& pool, ClassId request_class, std::int64_t milli_vcpus) {
  const bool is_kept = pool.reservation && pool.reservation->is_of_all() &&
                       pool.reservation->request_class != request_class;
  return !pool.is_enabled || is_kept || (pool.cap_left && *pool.cap_left < milli_vcpus);
}

const std::string& name_of_pool(Pass& pass, const Pool& pool) {
  return pass.pools.room(pool.rooms.front()).entry->agent.environment;
}

std::set<AgentId> kept_for_gang(const State& state, const std::string& environment, ClassId id) {
  const auto kept = state.reservations.find(environment);
  return kept == state.reservations.end() || kept->second.request_class != id
             ? std::set<AgentId>()
             : kept->second.gang_agents;
}

/// All of its rooms are needed at once, and none before the last of them is empty.
void open_for_gang(Pass& pass, const Pool& pool) {
  std::optional<Instant> last;
  for (const std::size_t index : pool.kept_rooms) {
    const Room& room = pass.pools.room(index);
    const auto opening = opening_of(pass.state, room, room.entry->whole(), pass.now);
    if (!opening) {
      return;
    }
    last = std::max(last.value_or(opening->at), opening->at);
  }
  for (const std::size_t index : pool.kept_rooms) {
    pass.pools.room(index).opening = Opening{*last, {}};
  }
}

}  // namespace

std::vector<std::size_t> seat_nodes(const Pools& pools, const Pool& pool,
                                    const std::vector<NodeShape>& nodes, ClassId request_class,
                                    Seating seating, const std::set<AgentId>& liked) {
  std::vector<std::size_t> rooms;
  std::vector<Seat> seats = seats_of(pools, pool, request_class, seating, liked);
  for (const NodeShape& shape : nodes) {
    for (std::int32_t i = 0; i < shape.count; ++i) {
      Seat* seat = best_seat(seats, shape.request);
      if (seat == nullptr) {
        return rooms;
      }
      seat->left -= shape.request;
      ++seat->nodes;
      rooms.push_back(seat->room);
    }
  }
  return rooms;
}

bool place_gang(Pass& pass, const WaitingLine& line) {
  const ClassKey& key = line.request_class().key;
  const std::vector<NodeShape>& nodes = key.nodes;
  const Resources together = key.together();
  for (Pool* pool : pools_of(pass, line.request_class())) {
    if (is_closed(*pool, line.id(), together.milli_vcpus) ||
        !may_be_enough(seats_of(pass.pools, *pool, line.id(), Seating::Now, {}), together)) {
      continue;
    }
    const std::vector<std::size_t> rooms =
        seat_nodes(pass.pools, *pool, nodes, line.id(), Seating::Now);
    if (rooms.size() < key.node_count()) {
      continue;
    }
    const JobId job = line.head().job;
    const std::int32_t main_node = pass.state.find_job(job)->job.spec->main_node;
    std::int32_t node = 0;
    for (const NodeShape& shape : nodes) {
      for (std::int32_t i = 0; i < shape.count; ++i, ++node) {
        const std::size_t index = rooms[static_cast<std::size_t>(node)];
        pass.plan.placements.push_back(
            {pass.pools.room(index).entry->agent.id, {job, node, node}, false});
        pass.pools.use(*pool, index, {line.id(), shape.request, key.expected}, 1);
        pass.pools.room(index).has_held |= node != main_node;
      }
    }
    return true;
  }
  return false;
}

void reserve_for_gang(Pass& pass, const WaitingLine& line) {
  const ClassKey& key = line.request_class().key;
  const std::vector<NodeShape>& nodes = key.nodes;
  const Resources together = key.together();
  for (Pool* pool : pools_of(pass, line.request_class())) {
    if (pool->reservation || pool->rooms.empty() ||
        (pool->cap_left && together.milli_vcpus > pool->cap)) {
      continue;
    }
    const std::set<AgentId> liked = kept_for_gang(pass.state, name_of_pool(pass, *pool), line.id());
    const std::vector<std::size_t> rooms =
        seat_nodes(pass.pools, *pool, nodes, line.id(), Seating::WhenEmpty, liked);
    if (rooms.size() < key.node_count()) {
      continue;
    }
    pool->reservation = Reservation{line.head(), line.id(), std::nullopt, {}};
    const bool lacks_cap_only =
        pool->cap_left && *pool->cap_left < together.milli_vcpus &&
        seat_nodes(pass.pools, *pool, nodes, line.id(), Seating::Now).size() == key.node_count();
    if (!lacks_cap_only) {
      for (const std::size_t index : rooms) {
        Room& room = pass.pools.room(index);
        pool->reservation->gang_agents.insert(room.entry->agent.id);
        room.kept_for = line.id();
        pool->kept_rooms.insert(index);
      }
      open_for_gang(pass, *pool);
    }
    return;
  }
}

}  // namespace dray
