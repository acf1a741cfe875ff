#pragma once
#include <cstdint>
#include <string>

#include "scheduler/core/state.h"

namespace dray {

/// What one pass of placement sees of consumable resources: copied numbers it may use up, without
/// touching the State.
class Stocks {
 public:
  explicit Stocks(const State& state) : state_(state) {}
  /// How many jobs that each take `needs` can have them; at most `most`.
  [[nodiscard]] std::int64_t times_left(const Quantities& needs, std::int64_t most);
  /// `times` jobs take them.
  void use(const Quantities& needs, std::int64_t times);

 private:
  std::int64_t& left(const std::string& name);
  const State& state_;
  Quantities left_;  ///< Of those that were asked for.
};

}  // namespace dray
