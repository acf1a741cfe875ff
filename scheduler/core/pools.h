#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/state.h"
#include "scheduler/core/waiting_line.h"

/// What one pass of placement sees of agents and compute environments: copied numbers it may use
/// up, without touching the State.
namespace dray {

/// One number for "how much": a vCPU weighs about what a GiB does, and a GPU more than any
/// machine's rest, so that agents with GPUs are left to those who ask for them. As placing
/// subtracts the same request everywhere, the agent with the smallest free weight is the one with
/// the smallest leftover, whatever the request.
[[nodiscard]] std::int64_t weight_of(const Resources& resources);
/// How often `request` fits in `room`; at most `most`.
[[nodiscard]] std::int64_t times_it_fits(const Resources& request, const Resources& room,
                                         std::int64_t most);

/// When a room will have what somebody waits for, and what more will be free then.
struct Opening {
  Instant at;
  Resources spare;
  /// Sooner than this nothing goes past it any more: it is sent there, and begins at once.
  static constexpr Duration kSoon = std::chrono::seconds(10);
};

/// What stays free of a room when the first in its line have begun, as far as they find room.
struct Idle {
  Resources room;
  std::uint64_t behind = 0;  ///< From this place in the line on, nothing begins; 0: all begin.
};
struct Room {
  const AgentEntry* entry = nullptr;
  Resources free;
  std::uint32_t live = 0;   ///< Starting and running, those of this pass included.
  std::uint32_t ahead = 0;  ///< Given ahead and to stay there.
  bool may_be_given = false;
  Idle idle;  ///< Where somebody stands in line.
  /// Room is kept for nodes that its agent does not know of yet: what were given ahead would take
  /// it.
  bool has_held = false;
  /// Only this class may use it: an older job of it waits for room here.
  std::optional<ClassId> kept_for;
  bool is_kept_in_line = false;  ///< It stands at the head of the line here: others may behind it.
  /// When the job that it is kept for can start here, as far as one can tell.
  std::optional<Opening> opening;
  /// Its line gives way to this class, which could start here.
  std::optional<ClassId> cleared_for;
  [[nodiscard]] bool may_use(ClassId id) const { return !kept_for || *kept_for == id; }
};

/// Who looks for a room.
struct Asker {
  ClassId id;
  Resources request;
  Duration expected{};  ///< How long each probably runs; zero: unknown.
};
[[nodiscard]] Asker asker_of(ClassId id, const RequestClass& request_class);

/// Someone at the head of an agent's line who waits for room there.
struct LineHead {
  Standing standing;
  ClassId request_class;
  std::size_t room = 0;
};

/// A compute environment and its agents.
struct Pool {
  bool is_enabled = false;
  std::optional<std::int64_t> cap_left;  ///< In milli-vCPUs; nothing: no cap.
  std::int64_t cap = 0;                  ///< Meaningful when there is one.
  bool may_run_full = true;              ///< The cap lets all agents be full at once.
  std::vector<std::size_t> rooms;
  /// Rooms that take starts now, by free weight: nobody stands in line there already.
  std::set<std::pair<std::int64_t, std::size_t>> open;
  std::optional<LineHead> first_in_line;  ///< The most important of them.
  std::optional<Reservation> reservation;
  std::set<std::size_t> kept_rooms;       ///< Of the reservation, when it is for agents.
  std::vector<std::size_t> with_a_place;  ///< Rooms whose lines are not full.
};

class Pools {
 public:
  Pools(const State& state, Instant now);
  [[nodiscard]] Pool* find(const std::string& environment);
  [[nodiscard]] Room& room(std::size_t index) { return rooms_[index]; }
  [[nodiscard]] const Room& room(std::size_t index) const { return rooms_[index]; }
  [[nodiscard]] std::map<std::string, Pool>& all() { return pools_; }

  /// The open room with the smallest leftover that may take a job of that class; nothing when there
  /// is none, or the cap is used up.
  [[nodiscard]] std::optional<std::size_t> find_open(const Pool& pool, const Asker& asker) const;
  /// How many of them may start there now, at most `most`: of a room that is kept for others those
  /// that delay them not, for they end before or need only what they leave (backfill).
  [[nodiscard]] std::int64_t times(const Room& room, const Asker& asker, std::int64_t most) const;
  /// `times` jobs start there.
  void use(Pool& pool, std::size_t index, const Asker& asker, std::int64_t times);

 private:
  [[nodiscard]] bool ends_before(const Room& room, const Asker& asker) const;
  Instant now_;
  void mark_held(const State& state);
  std::vector<Room> rooms_;
  std::map<std::string, Pool> pools_;
};

}  // namespace dray
