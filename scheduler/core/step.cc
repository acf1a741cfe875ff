#include "scheduler/core/step.h"

#include <variant>

#include "scheduler/core/endings.h"
#include "scheduler/core/turn.h"

namespace dray {

Decision step(State& state, const Event& event, Instant now) {
  Turn turn(state, event, now);
  std::visit([&turn](const auto& what) { take(turn, what); }, event.what);
  settle(turn);
  return std::move(turn).decision();
}

}  // namespace dray
