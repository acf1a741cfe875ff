#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "scheduler/core/pass.h"

/// What stands wrongly in an agent's line is taken back: behind something more important, before
/// something older that room is kept for, or on an agent that drains. And a line holds no room: it
/// gives way to what would fit beside what runs, and is made anew behind it. A line is read once a
/// pass, and only when something in it could be wrong: blocked classes times agents is a large
/// number.
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
      line.push_back({standing_of(pass.state, pass.state.classes().at(id), key, pass.now), id});
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
      const std::int64_t below = below_top(pass.state, request_class);
      below_top_[id] = below;
      lowest_ = std::max(lowest_.value_or(below), below);
    }
    for (const auto& [name, pool] : pass.pools.all()) {
      Lines& lines = lines_[name];
      for (const std::size_t index : pool.rooms) {
        const Room& room = pass.pools.room(index);
        if (room.may_be_given && !room.entry->ahead.empty()) {
          lines.by_free.emplace(weight_of(room.free), index);
          if (room.idle.room.milli_vcpus > 0 && !has_gang(room)) {
            lines.by_idle.emplace(weight_of(room.idle.room), index);
          }
        }
      }
    }
  }

  /// What would fit beside what runs, but stands in line behind what does not, comes back, as much
  /// as there is room for: it starts there, or where it is better off.
  void free_held_up() {
    for (const auto& [name, lines] : lines_) {
      for (const auto& [weight, index] : lines.by_idle) {
        Room& room = pass_.pools.room(index);
        const Idle& idle = room.idle;
        if (idle.behind == 0) {
          continue;  // All of the line is about to begin.
        }
        const bool may_fit = std::any_of(
            room.entry->ahead_by_class.begin(), room.entry->ahead_by_class.end(),
            [&](const auto& it) { return room.may_use(it.first) && fits(it.first, idle.room); });
        if (may_fit) {
          free_held_up(room);
        }
      }
    }
  }

  /// For a blocked class: what stands in the lines it could use, in less important queues; where
  /// room is kept for it, simply behind it; and where it would start but for the line, as many
  /// lines as it needs.
  void clear_way(const WaitingLine& line) {
    const Standing own = standing_of(pass_.state, line.request_class(), line.head(), pass_.now);
    for (const Pool* pool : pools_of(pass_, line.request_class())) {
      if (pool->rooms.empty()) {
        continue;
      }
      Lines& lines = lines_.at(pass_.pools.room(pool->rooms.front()).entry->agent.environment);
      clear_kept(*pool, line, own);
      if (line.request_class().key.is_gang()) {
        continue;  // Only a reservation gathers room for a gang.
      }
      clear_what_could_start(*pool, lines, line, own);
      if (own.below_top < *lowest_) {
        clear_less_important(lines, line, own);
      }
    }
  }

 private:
  struct Lines {
    std::set<std::pair<std::int64_t, std::size_t>>
        by_free;  ///< Rooms by the weight of what is free.
    /// Those where something stays free beside the line, by its weight.
    /// No others than whole lines give way: a node of a gang that was put back stays.
    std::set<std::pair<std::int64_t, std::size_t>> by_idle;
    /// Rooms by how far below the top their least important is, made when it is needed.
    std::optional<std::set<std::pair<std::int64_t, std::size_t>>> by_lowest;
  };

  bool has_gang(const Room& room) const {
    const auto& classes = room.entry->ahead_by_class;
    return std::any_of(classes.begin(), classes.end(), [this](const auto& it) {
      return pass_.state.classes().at(it.first).key.is_gang();
    });
  }
  bool fits(ClassId id, const Resources& room) const {
    return pass_.state.classes().at(id).key.request.fits_in(room);
  }

  /// Those that come back already take their part.
  void free_held_up(Room& room) {
    Resources left = room.idle.room;
    const auto& line = room.entry->ahead;
    for (auto at = line.lower_bound(room.idle.behind); at != line.end(); ++at) {
      const JobKey& key = at->second;
      const LiveAttempt& live = *pass_.state.find_attempt(key);
      const JobEntry& job = *pass_.state.find_job(key.job);
      const ClassId id = State::class_id_of(job, key.child);
      const Resources& request = pass_.state.classes().at(id).key.request;
      if (!room.may_use(id) || !request.fits_in(left) || live.attempt.stop_requested ||
          job.is_gang()) {
        continue;
      }
      left -= request;
      if (!live.is_retracting) {
        take_back(pass_, room, key);
      }
    }
  }

  /// Where it fits beside what runs and what is about to, and where it would start but for those
  /// that came later: of these lines as many as it needs. A line gives way to one class a pass.
  void clear_what_could_start(const Pool& pool, Lines& lines, const WaitingLine& line,
                              const Standing& own) {
    const std::pair least{weight_of(line.request()), std::size_t{0}};
    const Asker asker = asker_of(line.id(), line.request_class());
    std::int64_t wanted = most_that_may_start(pool, line);
    for (auto at = lines.by_idle.lower_bound(least); at != lines.by_idle.end() && wanted > 0;) {
      Room& room = pass_.pools.room(at->second);
      const std::int64_t times = std::min(pass_.pools.times(room, asker, wanted),
                                          times_it_fits(line.request(), room.idle.room, wanted));
      if (times == 0) {
        ++at;
        continue;
      }
      room.cleared_for = line.id();
      pass_.clearing.insert(line.id());
      clear(at->second, line, own, Wrong::AllOthers);
      wanted -= times;
      lines.by_free.erase({weight_of(room.free), at->second});
      at = lines.by_idle.erase(at);
    }
    for (auto at = lines.by_free.lower_bound(least); at != lines.by_free.end() && wanted > 0;
         ++at) {
      const std::int64_t times = pass_.pools.times(pass_.pools.room(at->second), asker, wanted);
      if (times > 0 && clear(at->second, line, own, Wrong::Behind)) {
        wanted -= times;
      }
    }
  }

  std::int64_t most_that_may_start(const Pool& pool, const WaitingLine& line) {
    const RequestClass& request_class = line.request_class();
    std::int64_t most = pass_.runs_left.at_most(
        static_cast<std::int64_t>(request_class.waiting_count), request_class);
    most = pass_.stocks.times_left(request_class.key.consumables, most);
    if (pool.cap_left && line.request().milli_vcpus > 0) {
      most = std::min(most, *pool.cap_left / line.request().milli_vcpus);
    }
    return most;
  }

  void clear_kept(const Pool& pool, const WaitingLine& line, const Standing& own) {
    if (!pool.reservation || pool.reservation->request_class != line.id()) {
      return;
    }
    for (const std::size_t index : pool.kept_rooms) {
      if (pass_.pools.room(index).may_be_given) {
        clear(index, line, own, Wrong::Behind);
      }
    }
  }

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
      const Room& room = pass_.pools.room(index);
      const Asker asker = asker_of(line.id(), line.request_class());
      if (line.request().fits_in(room.free) && pass_.pools.times(room, asker, 1) == 0) {
        ++at;  // It may neither start there nor stand in line: what came back would return.
        continue;
      }
      clear(index, line, own, Wrong::LessImportant);
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

  /// What of a line is wrong for a class.
  enum class Wrong : std::uint8_t { LessImportant, Behind, AllOthers };

  /// Whether anybody was taken back.
  bool clear(std::size_t index, const WaitingLine& line, const Standing& own, Wrong wrong) {
    Room& room = pass_.pools.room(index);
    if (!line.request_class().key.is_gang() && !line.request().fits_in(room.entry->whole())) {
      return false;
    }
    const auto erased = std::erase_if(line_at(index), [&](const Ahead& other) {
      const bool is_wrong =
          other.request_class != line.id() &&
          (wrong == Wrong::AllOthers || other.standing.below_top > own.below_top ||
           (wrong == Wrong::Behind && own < other.standing));
      if (is_wrong) {
        take_back(pass_, room, other.standing.job);
      }
      return is_wrong;
    });
    return erased > 0;
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
    if (!pass.held.contains(line.id())) {
      clearing.clear_way(line);
    }
  }
  clearing.free_held_up();
}

}  // namespace dray
