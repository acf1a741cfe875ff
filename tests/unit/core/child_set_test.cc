#include "scheduler/core/child_set.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace dray {
namespace {

TEST(ChildSet, JoinsRunsThatTouch) {
  ChildSet set;
  set.add(0, 3);
  set.add(8, 9);
  set.add(4, 7);
  EXPECT_EQ(set.runs(), (ChildSet::Runs{{0, 9}}));
  EXPECT_EQ(set.count(), 10U);
}

TEST(ChildSet, IsSplitWhereChildrenLeave) {
  ChildSet set;
  set.add(0, 999'999);
  set.remove(5, 5);
  set.remove(0, 0);
  EXPECT_EQ(set.runs(), (ChildSet::Runs{{1, 4}, {6, 999'999}}));
  EXPECT_EQ(set.front(), 1);
  EXPECT_FALSE(set.has(5));
  EXPECT_EQ(set.count_below(7), 5U);
}

TEST(ChildSet, HoldsASingleJob) {
  ChildSet set;
  set.add(-1, -1);
  EXPECT_TRUE(set.has(-1));
  EXPECT_FALSE(set.has(0));
  set.remove(-1, -1);
  EXPECT_TRUE(set.is_empty());
}

TEST(ChildSet, EqualsAPlainSet) {
  EXPECT_TRUE(rc::check([] {
    ChildSet set;
    std::set<std::int32_t> plain;
    for (int left = *rc::gen::inRange(0, 60); left > 0; --left) {
      const std::int32_t first = *rc::gen::inRange(0, 40);
      const std::int32_t last = first + *rc::gen::inRange(0, 9);
      const bool adds = *rc::gen::arbitrary<bool>();
      if (adds) {
        set.add(first, last);
      } else {
        set.remove(first, last);
      }
      for (std::int32_t child = first; child <= last; ++child) {
        if (adds) {
          plain.insert(child);
        } else {
          plain.erase(child);
        }
      }
      RC_ASSERT(set.count() == plain.size());
      for (std::int32_t child = 0; child < 50; ++child) {
        RC_ASSERT(set.has(child) == plain.contains(child));
      }
      std::int32_t before = -2;
      for (const auto& [from, to] : set.runs()) {
        RC_ASSERT(from > before + 1);
        before = to;
      }
    }
  }));
}

}  // namespace
}  // namespace dray
