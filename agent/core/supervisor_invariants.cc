#include <algorithm>

#include "agent/core/supervisor_step.h"

namespace dray::supervisor {
namespace {

void look(const AttemptKey& key, const HeldAttempt& held, const State& state,
          std::vector<std::string>& broken) {
  const auto must = [&broken, &key](bool holds, const char* what) {
    if (!holds) {
      broken.push_back(task_id(key) + ": " + what);
    }
  };
  const bool is_waiting = held.phase == Phase::Waiting;
  const bool is_emptying = held.phase == Phase::Emptying;
  must(std::count(state.line.begin(), state.line.end(), key) == (is_waiting ? 1 : 0),
       "in line exactly while waiting");
  must(held.began_at.has_value() == (held.phase == Phase::Running || is_emptying),
       "has begun exactly from Running on");
  must(held.exit.has_value() == is_emptying, "has an exit exactly when emptying");
  must(!is_waiting || held.stop == StopCause::None, "what waits is not being stopped");
  must(!state.ended.contains(key), "live or ended, not both");
}

}  // namespace

std::vector<std::string> broken_invariants(const State& state) {
  std::vector<std::string> broken;
  Resources used;
  for (const auto& [key, held] : state.live) {
    look(key, held, state, broken);
    if (held.phase != Phase::Waiting) {
      used += held.request;
    }
  }
  if (used != state.used) {
    broken.push_back("used is the sum of what has room");
  }
  for (const AttemptKey& key : state.line) {
    if (!state.live.contains(key)) {
      broken.push_back(task_id(key) + ": in line but not live");
    }
  }
  return broken;
}

}  // namespace dray::supervisor
