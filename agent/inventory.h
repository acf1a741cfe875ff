#pragma once
#include <string>

#include "model/resources.h"

namespace dray {

/// What this machine has for jobs: its cores, and its memory less a reserve for the rest of the
/// machine; less where control groups give this process less.
Resources take_inventory();

/// The first folder on the way to `path` that `user` may not pass through; empty when it may.
/// Programs of jobs then cannot use absolute names in their own folders.
std::string impassable_folder(const std::string& path, unsigned user);

}  // namespace dray
