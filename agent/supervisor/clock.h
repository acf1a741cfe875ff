#pragma once
#include "model/instant.h"

namespace dray::supervisor {

/// CLOCK_BOOTTIME: the same in all processes of one boot, and it counts suspended time.
Instant read_clock();
/// For people.
WallTime read_wall_clock();

}  // namespace dray::supervisor
