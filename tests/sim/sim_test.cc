#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/sim/runs.h"

namespace dray::sim {
namespace {

/// DRAY_SIM_SEEDS runs more of them, DRAY_SIM_FROM others.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

TEST(Simulation, HoldsItsPromisesWhateverGoesWrong) {
  const Runs runs{.from = number_from("DRAY_SIM_FROM", 1),
                  .seeds = number_from("DRAY_SIM_SEEDS", 200)};
  const RunsResult result = run_all(runs);
  EXPECT_FALSE(result.failed_seed) << result.report;
  if (!result.failed_seed && runs.seeds >= 200) {
    for (const std::string_view name : result.unseen_faults()) {
      ADD_FAILURE() << "never happened: " << name;
    }
  }
}

TEST(Simulation, OneSeedIsAlwaysTheSameRun) {
  const Runs runs{.from = 7, .seeds = 3};
  EXPECT_EQ(run_all(runs).hash, run_all(runs).hash);
}

class Canary : public testing::TestWithParam<Mutant> {};

TEST_P(Canary, IsCaught) {
  const RunsResult result = run_all({.from = 1, .seeds = 200, .mutant = GetParam()});
  EXPECT_TRUE(result.failed_seed) << "a planted bug was not found";
}

INSTANTIATE_TEST_SUITE_P(Mutants, Canary,
                         testing::Values(Mutant::OrdersBeforeCommit, Mutant::SessionsUnchecked,
                                         Mutant::GivenAwayOnDisconnect, Mutant::LeaseIgnored,
                                         Mutant::StartsForgotten, Mutant::EndsForgotten,
                                         Mutant::DiskForgets),
                         [](const auto& param) {
                           std::string name(kMutantNames[static_cast<std::size_t>(param.param)]);
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace dray::sim
