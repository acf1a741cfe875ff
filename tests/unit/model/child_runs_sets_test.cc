#include <set>

#include <gtest/gtest.h>

#include "model/child_runs.h"

namespace dray {
namespace {

std::set<int> children_of(const ChildRuns& runs) {
  std::set<int> all;
  for (const auto& [first, last] : runs) {
    for (int child = first; child <= last; ++child) {
      all.insert(child);
    }
  }
  return all;
}

/// The children whose bits are set.
ChildRuns runs_of(unsigned bits) {
  ChildRuns runs;
  for (int child = 0; child < 7; ++child) {
    if ((bits >> child & 1U) != 0) {
      runs = together(std::move(runs), {{child, child}});
    }
  }
  return runs;
}

TEST(ChildRuns, AreSets) {
  for (unsigned a = 0; a < 128; ++a) {
    for (unsigned b = 0; b < 128; ++b) {
      EXPECT_EQ(together(runs_of(a), runs_of(b)), runs_of(a | b));
      EXPECT_EQ(without(runs_of(a), runs_of(b)), runs_of(a & ~b)) << a << " " << b;
    }
    for (int size = 0; size < 9; ++size) {
      EXPECT_EQ(within(runs_of(a), size), runs_of(a & ((1U << size) - 1)));
    }
  }
  EXPECT_EQ(children_of(runs_of(0b1011001)), (std::set<int>{0, 3, 4, 6}));
  EXPECT_EQ(without({{-1, -1}}, {{0, 5}}), (ChildRuns{{-1, -1}}));
  EXPECT_EQ(without({{0, 2147483647}}, {{5, 2147483647}}), (ChildRuns{{0, 4}}));
}

}  // namespace
}  // namespace dray
