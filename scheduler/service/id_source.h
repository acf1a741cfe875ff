#pragma once
#include "model/ids.h"

namespace dray {

/// 128 bits from the kernel's generator: what events carry as chance (D1). Any thread.
AttemptToken fresh_chance();
/// A new UUID v4.
Uuid fresh_uuid();

}  // namespace dray
