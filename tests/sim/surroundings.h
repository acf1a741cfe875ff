#pragma once
#include <algorithm>
#include <deque>
#include <functional>

#include "tests/sim/chance.h"
#include "tests/sim/faults.h"
#include "tests/sim/mutant.h"
#include "tests/sim/network.h"
#include "tests/sim/oracles.h"
#include "tests/sim/processes.h"
#include "tests/sim/timeline.h"
#include "tests/sim/trace.h"

namespace dray::sim {

/// What every program of a simulated world lives in.
struct Surroundings {
  Timeline& timeline;
  Chance& chance;
  Faults& faults;
  Trace& trace;
  Network& network;
  Processes& processes;
  Oracles& oracles;
  Mutant mutant = Mutant::None;
};

/// One life of a program: what it planned dies with it, and waits while it is frozen. What waited
/// happens in the order in which it came: a connection does not change the order of its bytes.
class Life {
 public:
  explicit Life(Timeline& timeline) : timeline_(timeline) {}
  /// Ends what the life before has planned.
  void begin() {
    end();
    frozen_until_ = {};
  }
  void end() {
    ++number_;
    waiting_.clear();
  }
  /// A freeze within a longer one changes nothing.
  void freeze(Duration duration) {
    frozen_until_ = std::max(frozen_until_, timeline_.now() + duration);
    timeline_.in(duration, [this] { thaw(); });
  }
  [[nodiscard]] bool is_frozen() const { return timeline_.now() < frozen_until_; }
  void later(Duration delay, std::function<void()> what) {
    timeline_.in(delay, [this, number = number_, what = std::move(what)]() mutable {
      if (number != number_) {
        return;
      }
      if (is_frozen() || !waiting_.empty()) {
        waiting_.push_back(std::move(what));
      } else {
        what();
      }
    });
  }

 private:
  void thaw() {
    while (!is_frozen() && !waiting_.empty()) {
      const std::function<void()> what = std::move(waiting_.front());
      waiting_.pop_front();
      what();
    }
  }

  Timeline& timeline_;
  std::uint64_t number_ = 0;
  Instant frozen_until_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace dray::sim
