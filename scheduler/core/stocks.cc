#include "scheduler/core/stocks.h"

#include <algorithm>

namespace dray {

std::int64_t Stocks::times_left(const Quantities& needs, std::int64_t most) {
  for (const auto& [name, quantity] : needs) {
    if (quantity > 0) {
      most = std::min(most, left(name) / quantity);
    }
  }
  return most;
}

void Stocks::use(const Quantities& needs, std::int64_t times) {
  for (const auto& [name, quantity] : needs) {
    left(name) -= quantity * times;
  }
}

std::int64_t& Stocks::left(const std::string& name) {
  const auto [found, is_new] = left_.try_emplace(name, 0);
  if (is_new) {
    found->second = state_.consumable_left(name);
  }
  return found->second;
}

}  // namespace dray
