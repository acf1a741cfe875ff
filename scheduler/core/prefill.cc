#include <algorithm>
#include <iterator>

#include "scheduler/core/pass.h"
#include "scheduler/core/shares.h"

/// Work given ahead (D3): an agent that is full gets further attempts in advance, so that a place
/// that empties is filled without a round trip. They stand in line there, first in, first out, and
/// hold no room. What stands there in vain while another agent has room is taken back.
namespace dray {
namespace {

/// How many more may stand in line there: enough for what it ends while an order is on its way.
std::uint32_t line_left(const State& state, const Room& room) {
  const Settings& settings = state.settings();
  const std::uint32_t pace = room.entry->link.pace.ends_a_window();
  const std::uint32_t most =
      std::min(std::max({2 * room.live, settings.ahead_min, pace}), settings.ahead_max);
  return most > room.ahead ? most - room.ahead : 0;
}

/// It is kept for what cannot start there soon: others may go past it, as long as nobody is in
/// line.
bool is_open_for_backfill(const Pass& pass, const Room& room) {
  return room.opening && !room.is_kept_in_line && room.free.milli_vcpus > 0 &&
         room.opening->at - pass.now >= Opening::kSoon;
}

bool may_stand_ahead(Pass& pass, const Room& room, const WaitingLine& line) {
  const bool may_be_there = room.may_use(line.id()) || room.is_kept_in_line;
  const bool is_cleared = room.cleared_for && *room.cleared_for != line.id();
  return room.may_be_given && !room.has_held && room.live > 0 && may_be_there && !is_cleared &&
         !is_open_for_backfill(pass, room) && line.request().fits_in(room.entry->whole()) &&
         !line.request().fits_in(room.free) && line_left(pass.state, room) > 0;
}

/// The pool's rooms whose lines have a place, whoever asks.
std::vector<std::size_t> rooms_with_a_place(Pass& pass, const Pool& pool) {
  std::vector<std::size_t> rooms;
  const bool is_kept = pool.reservation && pool.reservation->is_of_all();
  if (!pool.may_run_full || is_kept) {
    return rooms;
  }
  for (const std::size_t index : pool.rooms) {
    const Room& room = pass.pools.room(index);
    if (room.may_be_given && !room.has_held && room.live > 0 && line_left(pass.state, room) > 0) {
      rooms.push_back(index);
    }
  }
  return rooms;
}

/// Deals the class out over the full agents it could use, each as many at a time as it runs.
void give_ahead(Pass& pass, WaitingLine& line) {
  const ClassKey& key = line.request_class().key;
  if (!key.consumables.empty() || key.is_gang()) {
    return;  // A gang starts as a whole. An agent that begins it on its own cannot know what is
             // left of them.
  }
  const std::vector<Pool*> pools = pools_of(pass, line.request_class());
  std::vector<std::size_t> rooms;
  for (const Pool* pool : pools) {
    rooms.insert(rooms.end(), pool->with_a_place.begin(), pool->with_a_place.end());
  }
  bool is_given = false;
  while (!line.is_done() && !rooms.empty() && !pass.runs_left.is_used_up(line.request_class())) {
    std::erase_if(rooms, [&](std::size_t index) {
      return !may_stand_ahead(pass, pass.pools.room(index), line);
    });
    for (const std::size_t index : rooms) {
      Room& room = pass.pools.room(index);
      std::int64_t left = std::min(room.live, line_left(pass.state, room));
      left = pass.runs_left.at_most(left, line.request_class());
      while (left > 0 && !line.is_done()) {
        const JobRun run = line.take(left, std::nullopt);
        pass.runs_left.use(line.request_class(), run.last - run.first + 1);
        pass.plan.placements.push_back({room.entry->agent.id, run, true});
        left -= run.last - run.first + 1;
        room.ahead += static_cast<std::uint32_t>(run.last - run.first + 1);
        is_given = true;
      }
    }
  }
  for (Pool* pool : pools) {
    if (is_given) {
      std::erase_if(pool->with_a_place, [&](std::size_t index) {
        return line_left(pass.state, pass.pools.room(index)) == 0;
      });
    }
  }
}

/// Of a fair-share queue nothing is given ahead: whose turn it will be then, nobody knows yet. What
/// stands behind it must not take in advance the room that it waits for.
void keep_lines_short(Pass& pass, const WaitingLine& line) {
  for (Pool* pool : pools_of(pass, line.request_class())) {
    std::erase_if(pool->with_a_place, [&](std::size_t index) {
      return line.request().fits_in(pass.pools.room(index).entry->whole());
    });
  }
}

/// Where room is left over, the youngest that stands in line elsewhere and could use it comes back.
void balance_lines(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      const AgentEntry& entry = *pass.pools.room(index).entry;
      for (auto at = entry.ahead.rbegin(); at != entry.ahead.rend(); ++at) {
        const ClassId id = at->second.request_class;
        const RequestClass& request_class = pass.state.classes().at(id);
        if (request_class.key.is_gang()) {
          continue;
        }
        std::optional<std::size_t> open;
        for (Pool* other : pools_of(pass, request_class)) {
          const Asker asker = asker_of(id, request_class);
          open = pass.pools.find_open(*other, asker);
          if (open) {
            pass.pools.use(*other, *open, asker, 1);
            break;
          }
        }
        if (!open) {
          break;
        }
        const LiveAttempt& live = *pass.state.find_attempt(at->second);
        if (!live.is_retracting && !live.attempt.stop_requested) {
          pass.plan.retractions[entry.agent.id].push_back(at->second);
        }
      }
    }
  }
}

}  // namespace

void plan_lines(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    pool.with_a_place = rooms_with_a_place(pass, pool);
  }
  for (WaitingLine& line : pass.blocked) {
    if (is_fair(line.request_class())) {
      keep_lines_short(pass, line);
    } else if (!pass.clearing.contains(line.id())) {
      give_ahead(pass, line);
    }
  }
  balance_lines(pass);
}

}  // namespace dray
