#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "tests/sim/runs.h"

/// sim --seeds N [--from N] [--mutant NAME]    runs seeds, tells the first that fails
/// sim --seed N [--trace] [--mutant NAME]      one seed, with everything that happens
namespace {

int usage() {
  std::fprintf(stderr,
               "usage: sim [--seeds N] [--from N] [--mutant NAME]\n"
               "       sim --seed N [--trace] [--mutant NAME]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  dray::sim::Runs runs;
  std::optional<std::uint64_t> seed;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (option == "--trace") {
      runs.is_printed = true;
      continue;
    }
    if (value == nullptr) {
      return usage();
    }
    ++i;
    if (option == "--seeds") {
      runs.seeds = std::strtoull(value, nullptr, 10);
    } else if (option == "--from") {
      runs.from = std::strtoull(value, nullptr, 10);
    } else if (option == "--seed") {
      seed = std::strtoull(value, nullptr, 10);
    } else if (option == "--mutant") {
      const auto mutant = dray::sim::parse_mutant(value);
      if (!mutant) {
        std::fprintf(stderr, "no such mutant: %s\n", value);
        return 2;
      }
      runs.mutant = *mutant;
    } else {
      return usage();
    }
  }
  if (seed) {
    runs.from = *seed;
    runs.seeds = 1;
  }
  const dray::sim::RunsResult result = dray::sim::run_all(runs);
  std::printf("%s", result.report.c_str());
  return result.failed_seed ? 1 : 0;
}
