#include "tests/sim/runs.h"

#include "tests/sim/world.h"

namespace dray::sim {

std::vector<std::string_view> RunsResult::unseen_faults() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kFaults; ++i) {
    if (faults[i] == 0) {
      names.push_back(name_of(static_cast<Fault>(i)));
    }
  }
  return names;
}

std::optional<Mutant> parse_mutant(std::string_view name) {
  for (std::size_t i = 0; i < kMutantNames.size(); ++i) {
    if (kMutantNames[i] == name) {
      return static_cast<Mutant>(i);
    }
  }
  return std::nullopt;
}

RunsResult run_all(const Runs& runs) {
  RunsResult result;
  std::uint64_t jobs = 0;
  std::uint64_t processes = 0;
  std::uint64_t lines = 0;
  for (std::uint64_t seed = runs.from; seed < runs.from + runs.seeds; ++seed) {
    World world({.seed = seed, .mutant = runs.mutant, .is_printed = runs.is_printed});
    const Outline outline = world.run();
    result.hash = result.hash * 1099511628211ULL + outline.hash;
    jobs += outline.jobs;
    processes += outline.processes;
    lines += outline.lines;
    for (std::size_t i = 0; i < kFaults; ++i) {
      result.faults[i] += outline.faults[i];
    }
    if (outline.problem) {
      result.failed_seed = seed;
      const auto& mutant = kMutantNames[static_cast<std::size_t>(runs.mutant)];
      result.report = outline.tail + "seed " + std::to_string(seed) + ": " + *outline.problem +
                      "\nagain: sim --seed " + std::to_string(seed) + " --trace" +
                      (runs.mutant == Mutant::None ? "" : " --mutant " + std::string(mutant)) +
                      "\n";
      return result;
    }
  }
  result.report = std::to_string(runs.seeds) + " seeds: " + std::to_string(jobs) + " jobs, " +
                  std::to_string(processes) + " processes, " + std::to_string(lines) +
                  " events, hash " + std::to_string(result.hash) + "\n";
  for (std::size_t i = 0; i < kFaults; ++i) {
    result.report += "  " + std::to_string(result.faults[i]) + " " +
                     std::string(name_of(static_cast<Fault>(i))) + "\n";
  }
  return result;
}

}  // namespace dray::sim
