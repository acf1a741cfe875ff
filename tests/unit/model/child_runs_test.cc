#include "model/child_runs.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(ChildRuns, AreNumbersAndRanges) {
  EXPECT_EQ(parse_child_runs("3"), (ChildRuns{{3, 3}}));
  EXPECT_EQ(parse_child_runs("3,7-9"), (ChildRuns{{3, 3}, {7, 9}}));
  EXPECT_EQ(parse_child_runs("7-9,0"), (ChildRuns{{0, 0}, {7, 9}}));
  for (const char* text : {"", ",", "3,", "a", "-1", "9-7", "3-", "1 2", "99999999999", "3--4"}) {
    EXPECT_EQ(parse_child_runs(text), std::nullopt) << text;
  }
}

TEST(ChildRuns, JoinWhatTouches) {
  EXPECT_EQ(parse_child_runs("3,4,5-9,5,7-8"), (ChildRuns{{3, 9}}));
  EXPECT_EQ(parse_child_runs("0-2147483647,5"), (ChildRuns{{0, 2'147'483'647}}));
}

TEST(ChildRuns, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(to_text({{3, 3}, {7, 9}}), "3,7-9");
  EXPECT_EQ(to_text({}), "");
}

TEST(ChildRuns, KnowTheirChildren) {
  const ChildRuns runs{{3, 3}, {7, 9}};
  for (const std::int32_t child : {3, 7, 8, 9}) {
    EXPECT_TRUE(has_child(runs, child)) << child;
  }
  for (const std::int32_t child : {0, 2, 4, 6, 10}) {
    EXPECT_FALSE(has_child(runs, child)) << child;
  }
  EXPECT_FALSE(has_child({}, 0));
}

}  // namespace
}  // namespace dray
