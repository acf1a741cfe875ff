#pragma once
#include <optional>
#include <vector>

#include "scheduler/core/fair_order.h"
#include "scheduler/core/pass.h"

namespace dray {

/// The waiting jobs of one fair-share queue within one pass of placement.
class FairQueue {
 public:
  /// `some_line` is one of the queue's; it is added like all of them.
  FairQueue(Pass& pass, const JobQueue& queue, const WaitingLine& some_line);
  void add(const WaitingLine& line) { order_.add(line); }

  /// Nothing is left that could start.
  [[nodiscard]] bool is_done() const { return is_held_back_ || order_.is_done(); }
  /// Where it stands among other queues: where its oldest job does. Not when it is done.
  [[nodiscard]] Standing standing(const Pass& pass) const;
  /// Starts jobs in its order while its oldest one stands before `limit`. Classes that find no room
  /// are blocked; the others' jobs go on. When the next job could start but for what is held back
  /// for other shares, nothing more of the queue does: small jobs would use up what it waits for.
  void place(Pass& pass, const std::optional<Standing>& limit);

 private:
  /// Starts the line's next; false when there is no room for it.
  bool start(Pass& pass, const WaitingLine& next);
  /// The next one's class has no room.
  void block(Pass& pass);
  FairOrder order_;
  std::vector<Pool*> pools_;
  SharedRoom room_;
  bool is_held_back_ = false;
};

}  // namespace dray
