#pragma once
#include "model/instant.h"

namespace dray::cli {

/// SIGINT and SIGTERM as something that can be waited for. One in a program: signals are the
/// program's. Without one, signals do what they always do.
class Interrupts {
 public:
  Interrupts() = default;
  /// From here on the signals are counted instead of ending the program.
  void take_over();
  /// True when one came since the last call of `clear`.
  [[nodiscard]] bool is_pending() const;
  /// True when SIGTERM was among them.
  [[nodiscard]] bool is_termination() const;
  void clear();
  /// Waits, at most `pause`; true when a signal is pending.
  bool wait(Duration pause) const;
};

}  // namespace dray::cli
