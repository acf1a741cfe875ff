#pragma once
#include <cstdint>
#include <vector>

#include "model/job.h"

namespace dray {

/// Where a child stands; as JobState, with the one state of a waiting child that AWS has no word
/// for: given to an agent ahead of room (told as RUNNABLE).
enum class ChildState : std::uint8_t {
  Pending,
  Runnable,
  Ahead,
  Starting,
  Running,
  Succeeded,
  Failed,
};
[[nodiscard]] constexpr bool is_terminal(ChildState state) {
  return state >= ChildState::Succeeded;
}
/// Waits at the scheduler, without an attempt.
[[nodiscard]] constexpr bool is_waiting(ChildState state) {
  return state <= ChildState::Runnable;
}
[[nodiscard]] JobState as_job_state(ChildState state);

/// The children of one array: two bytes each. What else is known of a child is in its attempts.
class Array {
 public:
  explicit Array(std::int32_t size = 0);
  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(states_.size()); }
  [[nodiscard]] ChildState state(std::int32_t child) const { return states_[index(child)]; }
  /// Attempts of the child that have ended.
  [[nodiscard]] std::uint8_t attempts(std::int32_t child) const { return attempts_[index(child)]; }
  [[nodiscard]] const StateCounts& counts() const { return counts_; }
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] bool has_failed() const;
  void move(std::int32_t child, ChildState to);
  void count_attempt(std::int32_t child, std::uint8_t number) { attempts_[index(child)] = number; }
  /// A child that has failed is PENDING again, and may be tried as often as a new one.
  void revive(std::int32_t child);
  /// Attempts that do not count for the retry strategy: they are older than a rerun.
  [[nodiscard]] std::uint8_t attempts_before(std::int32_t child) const {
    return before_.empty() ? std::uint8_t{0} : before_[index(child)];
  }
  void count_from(std::int32_t child, std::uint8_t number);
  bool operator==(const Array&) const = default;

 private:
  static std::size_t index(std::int32_t child) { return static_cast<std::size_t>(child); }
  std::vector<ChildState> states_;
  std::vector<std::uint8_t> attempts_;
  std::vector<std::uint8_t> before_;  ///< Empty until a child is run again.
  StateCounts counts_{};
};

}  // namespace dray
