#include <string>

#include <gtest/gtest.h>

#include "tests/support/desk.h"

namespace dray {
namespace {

/// Jobs and children that somebody holds.
class Holds : public testing::Test {
 protected:
  Holds() { desk_.set_up(); }
  ~Holds() override { EXPECT_EQ(desk_.complaints, std::vector<std::string>{}); }

  Uuid put_array(std::int32_t size) {
    Submission asked = Desk::submission("array");
    asked.array_size = size;
    return desk_.put(asked);
  }
  Reply hold(const Uuid& job, ChildRuns children, bool is_held = true) {
    return desk_.take(JobUpdated{job, {.is_held = is_held, .children = std::move(children)}});
  }
  std::uint64_t in_line(const Uuid& job) { return desk_.state.in_line(*desk_.state.find_job(job)); }
  static ChildRuns every_second(std::int32_t ranges) {
    ChildRuns runs;
    for (std::int32_t i = 0; i < ranges; ++i) {
      runs.emplace_back(2 * i, 2 * i);
    }
    return runs;
  }

  Desk desk_;
};

TEST_F(Holds, AreBoundedInNumber) {
  const Uuid job = put_array(3'000);
  EXPECT_TRUE(std::holds_alternative<Done>(hold(job, every_second(1'000))));
  EXPECT_EQ(in_line(job), 2'000U);
  const Reply refused = hold(job, {{2'001, 2'001}});
  ASSERT_TRUE(std::holds_alternative<Error>(refused));
  EXPECT_EQ(std::get<Error>(refused).reason,
            "The held children of an array are at most 1000 ranges");
  EXPECT_EQ(in_line(job), 2'000U);
  hold(job, {{0, 1'999}});
  EXPECT_EQ(desk_.job(job).held_children, (ChildRuns{{0, 1'999}}));
  desk_.restart();
  EXPECT_EQ(in_line(job), 1'000U);
}

TEST_F(Holds, OfAllButSomeAreAHoldOfTheArrayAndAReleaseOfThese) {
  const Uuid job = put_array(10);
  hold(job, {});
  EXPECT_EQ(in_line(job), 0U);
  hold(job, {{0, 1}, {5, 5}}, false);
  EXPECT_EQ(in_line(job), 3U);
  EXPECT_FALSE(desk_.job(job).is_held);
  EXPECT_EQ(desk_.job(job).held_children, (ChildRuns{{2, 4}, {6, 9}}));
  hold(job, {}, false);
  EXPECT_EQ(in_line(job), 10U);
  EXPECT_TRUE(desk_.job(job).held_children.empty());
}

TEST_F(Holds, AreNotOfNodesNorOfWhatIsNotThere) {
  Submission nodes = Desk::submission("gang");
  nodes.definition = "nodes";
  nodes.node_count = 2;
  EXPECT_TRUE(std::holds_alternative<Error>(hold(desk_.put(nodes), {{0, 0}})));
  EXPECT_TRUE(std::holds_alternative<Error>(hold(put_array(3), {{3, 9}})));
  EXPECT_TRUE(std::holds_alternative<Error>(hold({7, 7}, {})));
}

}  // namespace
}  // namespace dray
