#include "api/server/chance.h"

#include <cstdint>
#include <random>

namespace dray::server {

Uuid fresh_uuid() {
  std::random_device chance;
  const auto word = [&chance] {
    return (static_cast<std::uint64_t>(chance()) << 32U) | static_cast<std::uint64_t>(chance());
  };
  Uuid random_bits;
  random_bits.high = word();
  random_bits.low = word();
  return as_uuid_v4(random_bits);
}

}  // namespace dray::server
