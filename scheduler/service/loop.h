#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "scheduler/core/step.h"
#include "scheduler/service/clock.h"
#include "scheduler/service/crash_point.h"
#include "scheduler/service/inbox.h"
#include "scheduler/store/writer.h"

namespace dray {

/// Takes orders to the link; `from` is the connection that brought the event. Called on the loop's
/// thread, after the commit; must not block.
using Deliver = std::function<void(ConnectionNumber from, std::vector<Order> orders)>;

/// How long the parts of a batch took.
struct BatchTimes {
  Duration whole{};
  std::optional<Duration> commit;  ///< Nothing when there was nothing to write.
};
/// Told of every batch that was committed, when its replies and orders have left. Called on the
/// loop's thread; must not block. A lost connection to an agent changes no row.
using Watch = std::function<void(std::span<const Decision> decisions, bool has_lost_agent,
                                 const BatchTimes& times)>;

/// Told of every batch that was committed, before its replies and orders leave. On the loop's
/// thread; must not block.
using Settle = std::function<void(std::span<const Decision> decisions)>;

/// The one owner of the State and of the writing connection (D1, D2). In turns: takes all letters
/// that wait, steps each, ends the batch with a tick, commits once, and only then lets replies and
/// orders out. Whoever calls `run` gives it its thread.
class Loop {
 public:
  /// All must outlive the loop.
  Loop(State& state, store::Writer& writer, Clock& clock, Inbox& inbox, Settle settle,
       Deliver deliver, Watch watch);

  /// Until the inbox is closed and empty. When it is closed with the disk full, what could not be
  /// written is dropped unanswered.
  void run();

 private:
  void run_batch(std::vector<Letter> letters);
  bool commit(std::span<const Decision> decisions);
  void mend_reserve();

  State& state_;
  store::Writer& writer_;
  Clock& clock_;
  Inbox& inbox_;
  Settle settle_;
  Deliver deliver_;
  Watch watch_;
  CrashPoint crash_point_;
  Instant unawaited_due_;  ///< When one more batch that nobody awaits keeps them apart on average.
  std::optional<Instant> wake_at_;
  std::optional<Instant> mend_at_;  ///< When to lay the store's reserve again.
};

}  // namespace dray
