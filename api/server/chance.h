#pragma once
#include "model/ids.h"

namespace dray::server {

/// A fresh UUID v4 from the kernel's chance: for request ids and names that nothing is decided by.
Uuid fresh_uuid();

}  // namespace dray::server
