#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dray {

/// Children of an array, by first and last of each run: "3,7-9". In order, and none twice.
using ChildRuns = std::vector<std::pair<std::int32_t, std::int32_t>>;

/// Takes runs in any order; nothing for anything else than numbers and ranges between commas.
std::optional<ChildRuns> parse_child_runs(std::string_view text);
std::string to_text(const ChildRuns& runs);
[[nodiscard]] bool has_child(const ChildRuns& runs, std::int32_t child);
/// Those of either.
[[nodiscard]] ChildRuns together(ChildRuns runs, const ChildRuns& others);
/// Those of `runs` that `others` has not. What lies outside of `runs` costs nothing.
[[nodiscard]] ChildRuns without(const ChildRuns& runs, const ChildRuns& others);
/// Those of `runs` that an array of this size has.
[[nodiscard]] ChildRuns within(const ChildRuns& runs, std::int32_t size);

}  // namespace dray
