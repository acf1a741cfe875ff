#pragma once
#include <string>

namespace dray::supervisor {

/// Removes a folder that a job filled, without following links, in a child process of its own, so
/// that nobody waits for it. The child is reaped with the orphans.
void remove_in_child(const std::string& folder);

}  // namespace dray::supervisor
