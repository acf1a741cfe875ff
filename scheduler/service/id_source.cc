#include "scheduler/service/id_source.h"

#include <cstring>

#include <sys/random.h>

#include "model/check.h"

namespace dray {

AttemptToken fresh_chance() {
  AttemptToken chance;
  unsigned char bytes[16];
  // Up to 256 bytes are never cut short once the pool is ready.
  CHECK(::getrandom(bytes, sizeof bytes, 0) == sizeof bytes);
  std::memcpy(&chance.high, bytes, 8);
  std::memcpy(&chance.low, bytes + 8, 8);
  return chance;
}

Uuid fresh_uuid() {
  const AttemptToken chance = fresh_chance();
  return as_uuid_v4({chance.high, chance.low});
}

}  // namespace dray
