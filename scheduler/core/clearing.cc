#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scheduler/core/pass.h"

/// What stands wrongly in an agent's line is taken back: behind something more important, before
/// something older that room is kept for, or on an agent that drains. A line is read once a pass,
/// and only when something in it could be wrong: blocked classes times agents is a large number.
namespace dray {
namespace {

/// Someone who was given ahead and may be taken back.
struct Ahead {
  Standing standing;
  ClassId request_class;
};

std::vector<Ahead> read_line(const Pass& pass, const Room& room) {
  std::vector<Ahead> line;
  for (const auto& [order, key] : room.entry->ahead) {
    const LiveAttempt& live = *pass.state.find_attempt(key);
    const JobEntry& job = *pass.state.find_job(key.job);
    if (!live.is_retracting && !live.attempt.stop_requested && !job.is_gang()) {
      const ClassId id = State::class_id_of(job, key.child);
      line.push_back({standing_of(pass.state, pass.state.classes().at(id), key), id});
    }
  }
  return line;
}

void take_back(Pass& pass, Room& room, const JobKey& key) {
  pass.plan.retractions[room.entry->agent.id].push_back(key);
  --room.ahead;
}

/// Agents that take nothing new give back all that has not begun.
void empty_closed_lines(Pass& pass) {
  for (auto& [name, pool] : pass.pools.all()) {
    for (const std::size_t index : pool.rooms) {
      Room& room = pass.pools.room(index);
      if (!room.entry->ahead.empty() && (room.entry->agent.is_draining || !pool.is_enabled)) {
        for (const Ahead& ahead : read_line(pass, room)) {
          take_back(pass, room, ahead.standing.job);
        }
      }
    }
  }
}

class Clearing {
 public:
  explicit Clearing(Pass& pass) : pass_(pass) {
    for (const auto& [id, request_class] : pass.state.classes()) {
      const std::int64_t below_top = standing_of(pass.state, request_class, {}).below_top;
      below_top_[id] = below_top;
      lowest_ = std::max(lowest_.value_or(below_top), below_top);
    }
    for (const auto& [name, pool] : pass.pools.all()) {
      Lines& lines = lines_[name];
      for (const std::size_t index : pool.rooms) {
        const Room& room = pass.pools.room(index);
        if (room.may_be_given && !room.entry->ahead.empty()) {
          lines.by_free.emplace(weight_of(room.free), index);
        }
      }
    }
  }

  /// For a blocked class: what stands in the lines it could use, in less important queues, or where
  /// room is kept for it or would be free but for the line, simply behind it.
  void clear_way(const WaitingLine& line) {
    const Standing own = standing_of(pass_.state, line.request_class(), line.head());
    for (const Pool* pool : pools_of(pass_, line.request_class())) {
      if (pool->rooms.empty()) {
        continue;
      }
      Lines& lines = lines_.at(pass_.pools.room(pool->rooms.front()).entry->agent.environment);
      clear_kept(*pool, line, own);
      if (line.request_class().key.is_gang()) {
        continue;  // Only a reservation gathers room for a gang.
      }
      const auto least = lines.by_free.lower_bound({weight_of(line.request()), 0});
      for (auto at = least; at != lines.by_free.end(); ++at) {
        if (line.request().fits_in(pass_.pools.room(at->second).free)) {
          clear(at->second, line, own, true);
        }
      }
      if (own.below_top < *lowest_) {
        clear_less_important(lines, line, own);
      }
    }
  }

 private:
  void clear_kept(const Pool& pool, const WaitingLine& line, const Standing& own) {
    if (!pool.reservation || pool.reservation->request_class != line.id()) {
      return;
    }
    for (const std::size_t index : pool.kept_rooms) {
      if (pass_.pools.room(index).may_be_given) {
        clear(index, line, own, true);
      }
    }
  }

  struct Lines {
    std::set<std::pair<std::int64_t, std::size_t>>
        by_free;  ///< Rooms by the weight of what is free.
    /// Rooms by how far below the top their least important is, made when it is needed.
    std::optional<std::set<std::pair<std::int64_t, std::size_t>>> by_lowest;
  };

  void clear_less_important(Lines& lines, const WaitingLine& line, const Standing& own) {
    if (!lines.by_lowest) {
      lines.by_lowest.emplace();
      for (const auto& [weight, index] : lines.by_free) {
        std::int64_t lowest = 0;
        bool is_first = true;
        for (const auto& [id, count] : pass_.pools.room(index).entry->ahead_by_class) {
          lowest = is_first ? below_top_.at(id) : std::max(lowest, below_top_.at(id));
          is_first = false;
        }
        lines.by_lowest->emplace(-lowest, index);
      }
    }
    for (auto at = lines.by_lowest->begin();
         at != lines.by_lowest->end() && -at->first > own.below_top;) {
      const auto [lowest, index] = *at;
      clear(index, line, own, false);
      const std::optional<std::int64_t> now = lowest_of(index);
      if (now && -*now == lowest) {
        ++at;
        continue;
      }
      // It holds nobody so unimportant any more: what follows need not look at it.
      at = lines.by_lowest->erase(at);
      if (now) {
        lines.by_lowest->emplace(-*now, index);
      }
    }
  }

  std::vector<Ahead>& line_at(std::size_t index) {
    const auto found = read_.find(index);
    return found != read_.end()
               ? found->second
               : read_.emplace(index, read_line(pass_, pass_.pools.room(index))).first->second;
  }

  std::optional<std::int64_t> lowest_of(std::size_t index) {
    std::optional<std::int64_t> lowest;
    for (const Ahead& ahead : line_at(index)) {
      lowest = std::max(lowest.value_or(ahead.standing.below_top), ahead.standing.below_top);
    }
    return lowest;
  }

  void clear(std::size_t index, const WaitingLine& line, const Standing& own, bool is_strict) {
    Room& room = pass_.pools.room(index);
    if (!line.request_class().key.is_gang() && !line.request().fits_in(room.entry->whole())) {
      return;
    }
    std::erase_if(line_at(index), [&](const Ahead& other) {
      const bool is_wrong =
          other.request_class != line.id() &&
          (other.standing.below_top > own.below_top || (is_strict && own < other.standing));
      if (is_wrong) {
        take_back(pass_, room, other.standing.job);
      }
      return is_wrong;
    });
  }

  Pass& pass_;
  std::map<ClassId, std::int64_t> below_top_;
  std::optional<std::int64_t> lowest_;  ///< Of all classes.
  std::map<std::string, Lines> lines_;  ///< By environment.
  std::map<std::size_t, std::vector<Ahead>> read_;
};

}  // namespace

void clear_lines(Pass& pass) {
  empty_closed_lines(pass);
  Clearing clearing(pass);
  for (const WaitingLine& line : pass.blocked) {
    clearing.clear_way(line);
  }
}

}  // namespace dray
