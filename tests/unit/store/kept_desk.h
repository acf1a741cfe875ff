#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/desk.h"
#include "tests/unit/store/store_room.h"

namespace dray {

/// A core on a desk whose changes a real store keeps, batch by batch; the desk's clock is the
/// test's.
class KeptDesk {
 public:
  KeptDesk() {
    desk.keeps_history = true;
    desk.set_up();
    desk.join("a1", {4000, 8192, 0});
    keep();
  }
  /// Writes what the desk has decided since the last time.
  void keep() {
    CHECK(room.writer().commit(std::exchange(desk.history, {})) == store::CommitResult::Durable);
  }
  void pass(Duration time) {
    desk.pass(time);
    keep();
  }
  [[nodiscard]] std::int64_t now_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(desk.now.since_boot).count();
  }

  Desk desk;
  StoreRoom room;
};

}  // namespace dray
