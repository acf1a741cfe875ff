#include "cli/exit_codes.h"

#include <gtest/gtest.h>

namespace dray::cli {
namespace {

wire::JobView ended(JobState state, std::optional<std::int32_t> code) {
  wire::JobView job;
  job.state = state;
  job.exit_code = code;
  return job;
}

TEST(ExitCodes, OneJobPassesItsOwnCodeOn) {
  EXPECT_EQ(exit_code_of({ended(JobState::Succeeded, 0)}), 0);
  EXPECT_EQ(exit_code_of({ended(JobState::Failed, 7)}), 7);
  EXPECT_EQ(exit_code_of({ended(JobState::Failed, 137)}), 137);
}

TEST(ExitCodes, AJobWithoutACodeIs123) {
  EXPECT_EQ(exit_code_of({ended(JobState::Failed, std::nullopt)}), 123);
  EXPECT_EQ(exit_code_of({ended(JobState::Failed, 0)}), 123);
}

TEST(ExitCodes, SeveralOrAnArrayAre122WhenAnyFailed) {
  EXPECT_EQ(exit_code_of({ended(JobState::Succeeded, 0), ended(JobState::Succeeded, 0)}), 0);
  EXPECT_EQ(exit_code_of({ended(JobState::Succeeded, 0), ended(JobState::Failed, 7)}), 122);
  wire::JobView array = ended(JobState::Failed, std::nullopt);
  array.array_size = 4;
  EXPECT_EQ(exit_code_of({array}), 122);
}

TEST(ExitCodes, FailedCallsFollowTheFirstTable) {
  using client::FailureKind;
  const auto code = [](FailureKind kind) {
    return exit_code_of(client::Failure{kind, "x", "", ""});
  };
  EXPECT_EQ(code(FailureKind::Refused), 1);
  EXPECT_EQ(code(FailureKind::Unavailable), 1);
  EXPECT_EQ(code(FailureKind::Unreadable), 1);
  EXPECT_EQ(code(FailureKind::NotFound), 3);
  EXPECT_EQ(code(FailureKind::Unreachable), 4);
  EXPECT_EQ(code(FailureKind::NotAllowed), 5);
}

}  // namespace
}  // namespace dray::cli
