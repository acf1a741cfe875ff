#include "api/server/chance.h"

#include <array>

#include <sys/random.h>

#include "model/check.h"

namespace dray::server {

/// std::random_device asks the processor what it can do each time it is made, which traps in a
/// virtual machine.
Uuid fresh_uuid() {
  std::array<std::uint64_t, 2> bits{};
  // Up to 256 bytes are never cut short once the pool is ready.
  CHECK(::getrandom(bits.data(), sizeof bits, 0) == sizeof bits);
  return as_uuid_v4({bits[0], bits[1]});
}

}  // namespace dray::server
