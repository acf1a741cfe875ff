// A supervisor whose machine runs out of something.
#include "tests/unit/supervisor/supervisor_process.h"

namespace dray::supervisor {
namespace {

TEST(Shortage, TheLeaseEndsAttemptsAlsoWhenTheDiskTakesNothing) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("trap '' TERM; sleep 60");
  supervisor.next<Began>();
  EXPECT_TRUE(SupervisorProcess::until([&] { return !supervisor.survivors(key).empty(); }));
  supervisor.limit(RLIMIT_FSIZE, 0);
  supervisor.start_shell("echo ran");  // Its start cannot be journalled.
  supervisor.send(Order{LeaseOrder{read_clock() + std::chrono::milliseconds(300)}});
  EXPECT_TRUE(SupervisorProcess::until([&] { return supervisor.survivors(key).empty(); }));
  EXPECT_TRUE(supervisor.hears_nothing());
  supervisor.limit(RLIMIT_FSIZE, RLIM_INFINITY);
  // One ran and was killed, the other was not begun after the lease any more.
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Lost);
  supervisor.disconnect();
  supervisor.connect();
  if (supervisor.snapshot().ended.size() < 2) {
    supervisor.next<Ended>();
    supervisor.disconnect();
    supervisor.connect();
  }
  ASSERT_EQ(supervisor.snapshot().ended.size(), 2U);
  for (const EndedAttempt& ended : supervisor.snapshot().ended) {
    EXPECT_EQ(ended.end.outcome, Outcome::Lost);
    EXPECT_EQ(ended.began_at.has_value(), ended.key == key);
  }
}

TEST(Shortage, FewOpenFilesAreForJobsAndNotForTheSupervisor) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit few{64, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  SupervisorProcess supervisor;
  ::setrlimit(RLIMIT_NOFILE, &before);
  std::vector<AttemptKey> all;
  for (int attempt = 0; attempt < 12; ++attempt) {
    all.push_back(supervisor.start_shell("ulimit -n; sleep 60", {100, 64, 0}));
  }
  for (std::size_t begun = 0; begun < all.size(); ++begun) {
    supervisor.next<Began>();
  }
  EXPECT_TRUE(SupervisorProcess::until(
      [&] { return supervisor.output(all.back(), LogStream::Output) == "64\n"; }));
}

TEST(Shortage, WithoutAFreeDescriptorNobodyIsHeardAndNothingSpins) {
  SupervisorProcess supervisor;
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  supervisor.limit(RLIMIT_NOFILE, 0);
  const long used = supervisor.used_ticks();
  const SupervisorProcess::Knock knock(supervisor);
  EXPECT_FALSE(knock.is_answered(1000));
  EXPECT_LT(supervisor.used_ticks() - used, 50);
  supervisor.limit(RLIMIT_NOFILE, before.rlim_max);
  EXPECT_TRUE(knock.is_answered(20'000));
}

TEST(Shortage, NoAttemptEndsBeforeItsProcessesHoweverFewFilesCanBeOpened) {
  SKIP_UNLESS_ROOT();
  SupervisorProcess supervisor;
  const rlim_t used = supervisor.open_files();
  for (rlim_t spare = 0; spare < 20; ++spare) {
    supervisor.limit(RLIMIT_NOFILE, used + spare);
    const AttemptKey key = supervisor.start_shell("setsid sleep 60 & exit 3");
    const AttemptEnd end = supervisor.end_of(key);
    EXPECT_TRUE(end.outcome == Outcome::LaunchFailed || end.exit_code == 3)
        << spare << " descriptors: " << end.exit_code.value_or(-1) << " " << end.reason;
    EXPECT_TRUE(supervisor.survivors(key).empty()) << spare << " descriptors";
  }
}

}  // namespace
}  // namespace dray::supervisor
