#include "scheduler/core/transitions.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Transitions, NothingLeavesAnEndedJob) {
  for (const JobState from : {JobState::Succeeded, JobState::Failed}) {
    for (std::size_t to = 0; to < kJobStates; ++to) {
      EXPECT_FALSE(may_move(from, static_cast<JobState>(to)));
    }
  }
}

TEST(Transitions, AJobGoesBackOnlyToRunnable) {
  EXPECT_TRUE(may_move(JobState::Running, JobState::Runnable));
  EXPECT_TRUE(may_move(JobState::Starting, JobState::Runnable));
  EXPECT_FALSE(may_move(JobState::Running, JobState::Starting));
  EXPECT_FALSE(may_move(JobState::Runnable, JobState::Pending));
}

TEST(Transitions, AnAttemptBeginsAheadOrStartingAndEndsOnce) {
  EXPECT_TRUE(may_move(std::nullopt, AttemptState::Ahead));
  EXPECT_TRUE(may_move(std::nullopt, AttemptState::Starting));
  EXPECT_FALSE(may_move(std::nullopt, AttemptState::Running));
  EXPECT_TRUE(may_move(AttemptState::Starting, AttemptState::Ahead));
  EXPECT_FALSE(may_move(AttemptState::Running, AttemptState::Ahead));
  EXPECT_FALSE(may_move(AttemptState::Ended, AttemptState::Ended));
}

}  // namespace
}  // namespace dray
