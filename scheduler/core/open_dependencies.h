#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "scheduler/core/state.h"

namespace dray {

/// Dependencies on jobs that are not met and that `child` of `entry` waits for.
[[nodiscard]] std::vector<Dependency> open_dependencies(const State& state, const JobEntry& entry,
                                                        std::int32_t child);
/// What they are waited for to do: "end", "fail", "succeed".
[[nodiscard]] std::string_view awaited_end(DependencyType type);

}  // namespace dray
