#include "model/names.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Names, OfJobStatesGoBothWays) {
  for (std::size_t i = 0; i < kJobStates; ++i) {
    const auto state = static_cast<JobState>(i);
    EXPECT_EQ(parse_job_state(name_of(state)), state);
  }
  EXPECT_EQ(name_of(JobState::Runnable), "RUNNABLE");
  EXPECT_EQ(parse_job_state("runnable"), std::nullopt);
  EXPECT_EQ(parse_job_state(""), std::nullopt);
}

TEST(Names, SaysWhichStatesAreTerminal) {
  EXPECT_FALSE(is_terminal(JobState::Running));
  EXPECT_TRUE(is_terminal(JobState::Succeeded));
  EXPECT_TRUE(is_terminal(JobState::Failed));
}

}  // namespace
}  // namespace dray
