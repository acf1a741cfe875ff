#pragma once
#include <cstdint>
#include <string>

#include "scheduler/core/endings.h"
#include "scheduler/core/turn.h"

/// The end of attempts before their own: for cancel, terminate, and arrays that have failed enough.
namespace dray {

struct Stop {
  std::string reason;
  bool is_terminate = false;
  [[nodiscard]] EndCause cause() const { return {reason, !is_terminate, is_terminate}; }
  [[nodiscard]] bool reaches(AttemptState state) const {
    return is_terminate || state == AttemptState::Ahead;
  }
};

/// Asks for the end of those attempts of first..last that `stop` reaches; one order an agent.
void stop_attempts(Turn& turn, JobId job, std::int32_t first, std::int32_t last, const Stop& stop);
/// When so many children of the array have failed that no other is started: what waits fails, what
/// was given ahead is stopped, what starts or runs goes on to its end.
void stop_if_failed_enough(Turn& turn, JobId array);

}  // namespace dray
