#include <algorithm>
#include <iterator>

#include "scheduler/core/pass.h"

/// Work given ahead (D3): an agent that is full gets further attempts in advance, so that a place
/// that empties is filled without a round trip. They stand in line there, first in, first out, and
/// hold no room. What stands in a line wrongly is taken back: behind something more important,
/// before something older that room is kept for, on an agent that drains, or in vain while another
/// agent has room.
namespace dray {
namespace {

Standing standing_of_class(const Pass& pass, ClassId id, const JobKey& job) {
  return standing_of(pass.state, pass.state.classes().at(id), job);
}

/// Takes back what `is_wrong(class, job)` says of what stands ahead there.
template <class IsWrong>
void take_back(Pass& pass, Room& room, IsWrong is_wrong) {
  for (const auto& [order, key] : room.entry->ahead) {
    const LiveAttempt& live = *pass.state.find_attempt(key);
    const ClassId id = pass.state.find_job(key.job)->request_class;
    if (!live.is_retracting && !live.attempt.stop_requested && is_wrong(id, key)) {
      pass.plan.retractions[room.entry->agent.id].push_back(key);
      --room.ahead;
    }
  }
}

/// Agents that take nothing new give back all that has not begun.
void empty_closed_lines(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      Room& room = pass.pools.room(index);
      const AgentEntry& entry = *room.entry;
      if (!entry.ahead.empty() && (entry.agent.is_draining || !pool.is_enabled)) {
        take_back(pass, room, [](ClassId, const JobKey&) { return true; });
      }
    }
  }
}

/// For a blocked class: what stands in the lines it could use, in less important queues, or where
/// room is kept for it or would be free but for the line, simply behind it.
void clear_way(Pass& pass, const WaitingLine& line) {
  const Standing own = standing_of(pass.state, line.request_class(), line.head());
  for (const Pool* pool : pools_of(pass, line.request_class())) {
    for (const std::size_t index : pool->rooms) {
      Room& room = pass.pools.room(index);
      if (!room.may_be_given || room.entry->ahead.empty() ||
          !line.request().fits_in(room.entry->agent.capacity)) {
        continue;
      }
      const bool is_kept = room.kept_for && *room.kept_for == line.id();
      const bool is_strict = is_kept || line.request().fits_in(room.free);
      const auto stands_behind = [&](ClassId id, const JobKey& key) {
        const Standing other = standing_of_class(pass, id, key);
        return id != line.id() && (other.below_top > own.below_top || (is_strict && own < other));
      };
      const auto& classes = room.entry->ahead_by_class;
      const JobKey youngest{JobId{~std::uint64_t{0}}, 0};
      const bool may_find = std::any_of(classes.begin(), classes.end(), [&](const auto& part) {
        return stands_behind(part.first, youngest);
      });
      if (may_find) {
        take_back(pass, room, stands_behind);
      }
    }
  }
}

/// How many more may stand in line there: enough for what it ends while an order is on its way.
std::uint32_t line_left(const State& state, const Room& room) {
  const Settings& settings = state.settings();
  const std::uint32_t pace = room.entry->link.pace.ends_a_window();
  const std::uint32_t most =
      std::min(std::max({2 * room.live, settings.ahead_min, pace}), settings.ahead_max);
  return most > room.ahead ? most - room.ahead : 0;
}

bool may_stand_ahead(Pass& pass, const Room& room, const WaitingLine& line) {
  return room.may_be_given && room.live > 0 && (!room.kept_for || *room.kept_for == line.id()) &&
         line.request().fits_in(room.entry->agent.capacity) && !line.request().fits_in(room.free) &&
         line_left(pass.state, room) > 0;
}

/// Deals the class out over the full agents it could use, each as many at a time as it runs.
void give_ahead(Pass& pass, WaitingLine& line) {
  std::vector<std::size_t> rooms;
  for (const Pool* pool : pools_of(pass, line.request_class())) {
    const bool is_kept = pool->reservation && !pool->reservation->agent;
    if (pool->may_run_full && !is_kept) {
      rooms.insert(rooms.end(), pool->rooms.begin(), pool->rooms.end());
    }
  }
  while (!line.is_done() && !rooms.empty()) {
    std::erase_if(rooms, [&](std::size_t index) {
      return !may_stand_ahead(pass, pass.pools.room(index), line);
    });
    for (const std::size_t index : rooms) {
      Room& room = pass.pools.room(index);
      std::int64_t left = std::min(room.live, line_left(pass.state, room));
      while (left > 0 && !line.is_done()) {
        const JobRun run = line.take(left, std::nullopt);
        pass.plan.placements.push_back({room.entry->agent.id, run, true});
        left -= run.last - run.first + 1;
        room.ahead += static_cast<std::uint32_t>(run.last - run.first + 1);
      }
    }
  }
}

/// Where room is left over, the youngest that stands in line elsewhere and could use it comes back.
void balance_lines(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      const AgentEntry& entry = *pass.pools.room(index).entry;
      for (auto at = entry.ahead.rbegin(); at != entry.ahead.rend(); ++at) {
        const LiveAttempt& live = *pass.state.find_attempt(at->second);
        const JobEntry& job = *pass.state.find_job(at->second.job);
        const RequestClass& request_class = pass.state.class_of(job);
        if (live.attempt.stop_requested) {
          continue;
        }
        std::optional<std::size_t> open;
        for (Pool* other : pools_of(pass, request_class)) {
          open = pass.pools.find_open(*other, request_class.key.request, job.request_class);
          if (open) {
            pass.pools.use(*other, *open, request_class.key.request, 1);
            break;
          }
        }
        if (!open) {
          break;
        }
        if (!live.is_retracting) {
          pass.plan.retractions[entry.agent.id].push_back(at->second);
        }
      }
    }
  }
}

}  // namespace

void plan_lines(Pass& pass) {
  empty_closed_lines(pass);
  for (const WaitingLine& line : pass.blocked) {
    clear_way(pass, line);
  }
  for (WaitingLine& line : pass.blocked) {
    give_ahead(pass, line);
  }
  balance_lines(pass);
}

}  // namespace dray
