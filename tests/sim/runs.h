#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/faults.h"
#include "tests/sim/mutant.h"

namespace dray::sim {

/// Seeds to run, one after another, until one fails.
struct Runs {
  std::uint64_t from = 1;
  std::uint64_t seeds = 200;
  Mutant mutant = Mutant::None;
  bool is_printed = false;
};

struct RunsResult {
  std::optional<std::uint64_t> failed_seed;
  std::string report;  ///< Sums; of a failure the seed, what broke, the last events, the command.
  FaultCounts faults{};
  std::uint64_t hash = 0;  ///< Of all traces.
  /// Faults that never happened.
  [[nodiscard]] std::vector<std::string_view> unseen_faults() const;
};

RunsResult run_all(const Runs& runs);
std::optional<Mutant> parse_mutant(std::string_view name);

}  // namespace dray::sim
