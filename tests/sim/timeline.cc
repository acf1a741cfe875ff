#include "tests/sim/timeline.h"

#include <utility>

#include "model/check.h"

namespace dray::sim {

void Timeline::at(Instant when, std::function<void()> what) {
  queue_.push({when < now_ ? now_ : when, ++planned_, std::move(what)});
}

bool Timeline::run_next(Instant end) {
  if (queue_.empty() || queue_.top().when > end) {
    now_ = end;
    return false;
  }
  // Moved out before the pop: the thing may plan more things.
  Planned next = std::move(const_cast<Planned&>(queue_.top()));
  queue_.pop();
  CHECK(now_ <= next.when);
  now_ = next.when;
  next.what();
  return true;
}

}  // namespace dray::sim
