#include "cli/progress.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Instant at(Duration since) {
  return Instant{seconds(1000)} + since;
}

TEST(Progress, CountsChildrenAndNotTheirParents) {
  wire::JobView array;
  array.state = JobState::Pending;
  array.array_size = 10;
  array.counts = StateCounts{0, 0, 3, 1, 2, 3, 1};
  wire::JobView single;
  single.state = JobState::Failed;
  EXPECT_EQ(counts_of({array, single}), (ProgressCounts{11, 3, 2, 3}));
}

TEST(Progress, WithoutATerminalSpeaksAtEachTenthAndEveryTenSeconds) {
  ProgressLines lines(0, false);
  EXPECT_EQ(lines.next({100, 0, 0, 4}, at(seconds(0))), "0/100 done (0%), 0 failed, 4 running");
  EXPECT_EQ(lines.next({100, 9, 0, 4}, at(seconds(1))), std::nullopt);
  EXPECT_EQ(lines.next({100, 9, 1, 4}, at(seconds(2))),
            "10/100 done (10%), 1 failed, 4 running, 5.0/s  ETA 18s");
  EXPECT_EQ(lines.next({100, 11, 1, 4}, at(seconds(11))), std::nullopt);
  EXPECT_EQ(lines.next({100, 11, 1, 4}, at(seconds(12))),
            "12/100 done (12%), 1 failed, 4 running, 1.0/s  ETA 1m28s");
  EXPECT_EQ(lines.next({100, 99, 1, 0}, at(seconds(13))),
            "100/100 done (100%), 1 failed, 0 running, 7.7/s");
}

TEST(Progress, SaysTheEndOnce) {
  ProgressLines lines(0, false);
  EXPECT_TRUE(lines.next({2, 2, 0, 0}, at(seconds(0))));
  EXPECT_FALSE(lines.next({2, 2, 0, 0}, at(seconds(1))));
}

TEST(Progress, OnATerminalIsALineThatFits) {
  ProgressLines lines(60, false);
  EXPECT_EQ(lines.next({10, 4, 1, 2}, at(seconds(0))),
            "[##########!!!.............] 5/10 done  1 failed  2 running");
  EXPECT_FALSE(lines.next({10, 5, 1, 2}, at(milliseconds(50))));
  for (const std::size_t columns : {20U, 30U, 60U, 200U}) {
    ProgressLines narrow(columns, false);
    const std::optional<std::string> line = narrow.next({100'000, 55'555, 3, 77}, at(seconds(0)));
    ASSERT_TRUE(line);
    EXPECT_LT(display_width(*line), columns);
  }
}

}  // namespace
}  // namespace dray::cli
