// What outlives what: agents come and go, leases run out, supervisors die.
#include <thread>

#include "tests/unit/supervisor/supervisor_process.h"

namespace dray::supervisor {
namespace {

TEST(Lives, AttemptsOutliveTheirAgentAndAreTakenOverByTheNext) {
  SupervisorProcess supervisor;
  const AttemptKey running = supervisor.start_shell("exec sleep 60");
  supervisor.next<Began>();
  const AttemptKey ended = supervisor.start_shell("exit 4");
  supervisor.end_of(ended);
  supervisor.disconnect();
  supervisor.connect();
  ASSERT_EQ(supervisor.snapshot().live.size(), 1U);
  EXPECT_EQ(supervisor.snapshot().live[0].key, running);
  EXPECT_TRUE(supervisor.snapshot().live[0].began_at);
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  EXPECT_EQ(supervisor.snapshot().ended[0].end.exit_code, 4);
  supervisor.send(Order{StopOrder{{running}, Duration::zero()}});
  EXPECT_EQ(supervisor.end_of(running).outcome, Outcome::Stopped);
}

TEST(Lives, TheLeaseEndsAttemptsWithoutAnyAgent) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("trap '' TERM; sleep 60");
  supervisor.next<Began>();
  EXPECT_TRUE(SupervisorProcess::until([&] { return !supervisor.survivors(key).empty(); }));
  supervisor.send(Order{LeaseOrder{read_clock() + std::chrono::milliseconds(300)}});
  supervisor.disconnect();
  EXPECT_TRUE(SupervisorProcess::until([&] { return supervisor.survivors(key).empty(); }));
  supervisor.connect();
  const AttemptEnd end = supervisor.snapshot().ended.empty() ? supervisor.end_of(key)
                                                             : supervisor.snapshot().ended[0].end;
  EXPECT_EQ(end.outcome, Outcome::Lost);
}

class EveryContainment : public testing::TestWithParam<std::vector<std::string>> {};
INSTANTIATE_TEST_SUITE_P(Lives, EveryContainment,
                         testing::Values(std::vector<std::string>{},
                                         std::vector<std::string>{"--sub-reaper"}));

TEST_P(EveryContainment, AKilledSupervisorLosesItsAttemptsAndTheNextSaysSo) {
  SupervisorProcess supervisor(GetParam());
  const AttemptKey key = supervisor.start_shell("setsid sleep 60 & sleep 60");
  supervisor.next<Began>();
  EXPECT_TRUE(SupervisorProcess::until([&] { return supervisor.survivors(key).size() >= 3; }));
  supervisor.kill();
  supervisor.start();
  EXPECT_TRUE(supervisor.survivors(key).empty());
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  const EndedAttempt& ended = supervisor.snapshot().ended[0];
  EXPECT_EQ(ended.key, key);
  EXPECT_TRUE(ended.began_at);
  EXPECT_EQ(ended.end.outcome, Outcome::Lost);
  EXPECT_EQ(ended.end.status_reason, "Host EC2 (agent " + supervisor.name() + ") terminated.");
}

TEST(Lives, ADeathIsHeardAlthoughScratchFoldersAreBeingRemoved) {
  SupervisorProcess supervisor;
  const AttemptKey key =
      supervisor.start_shell("mkdir many; cd many; seq 1 40000 | xargs touch; exit 0");
  supervisor.end_of(key);
  // Holds the remover in the middle of its work.
  EXPECT_TRUE(SupervisorProcess::until([&] {
    const std::vector<pid_t> children = supervisor.children();
    for (const pid_t child : children) {
      ::kill(child, SIGSTOP);
    }
    return !children.empty();
  }));
  EXPECT_FALSE(std::filesystem::is_empty(supervisor.folders().trash()));
  supervisor
      .kill();  // And with it the remover, or the next supervisor would find itself locked out.
  supervisor.start();
  EXPECT_TRUE(SupervisorProcess::until(
      [&] { return std::filesystem::is_empty(supervisor.folders().trash()); }));
}

TEST(Lives, EndsAreKeptOverDeathsUntilTheyAreForgotten) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("echo hi; exit 4");
  supervisor.end_of(key);
  supervisor.kill();
  supervisor.start();
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  EXPECT_EQ(supervisor.snapshot().ended[0].end.exit_code, 4);
  supervisor.send(Order{AcknowledgeOrder{{key}}});
  supervisor.disconnect();
  supervisor.connect();
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  EXPECT_TRUE(supervisor.snapshot().ended[0].is_acknowledged);
  EXPECT_EQ(supervisor.output(key, LogStream::Output), "hi\n");
  supervisor.send(Order{ForgetOrder{{key}}});
  supervisor.disconnect();
  supervisor.connect();
  EXPECT_TRUE(supervisor.snapshot().ended.empty());
  EXPECT_FALSE(std::filesystem::exists(supervisor.folders().log(key)));
}

TEST(Lives, ADoubledStartRunsOnce) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("echo run; sleep 0.2");
  LaunchPlan plan;
  plan.program = "/bin/sh";
  plan.arguments = {"/bin/sh", "-c", "echo twice"};
  supervisor.send(PlannedStart{{key, {7, 1}, {1000, 64, 0}, std::nullopt}, plan});
  supervisor.end_of(key);
  supervisor.send(PlannedStart{{key, {7, 1}, {1000, 64, 0}, std::nullopt}, plan});
  supervisor.end_of(key);
  EXPECT_EQ(supervisor.output(key, LogStream::Output), "run\n");
}

TEST(Lives, ASupervisorThatNobodyNeedsLeavesAndTakesItsGroupsWithIt) {
  SupervisorProcess supervisor({"--idle-seconds", "1"});
  const AttemptKey key = supervisor.start_shell("exit 4");
  supervisor.end_of(key);
  supervisor.disconnect();
  EXPECT_TRUE(supervisor.has_ended());
  EXPECT_TRUE(supervisor.groups().empty());
  supervisor.start();
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  EXPECT_EQ(supervisor.snapshot().ended[0].end.exit_code, 4);
}

TEST(Lives, AnAttemptKeepsItsSupervisorAlsoWithoutAnAgent) {
  SupervisorProcess supervisor({"--idle-seconds", "0"});
  const AttemptKey key = supervisor.start_shell("while ! [ -e go ]; do sleep 0.05; done; exit 5");
  supervisor.next<Began>();
  supervisor.disconnect();
  std::ofstream(supervisor.folders().scratch(key) + "/go");
  EXPECT_TRUE(supervisor.has_ended());
  supervisor.start();
  ASSERT_EQ(supervisor.snapshot().ended.size(), 1U);
  EXPECT_EQ(supervisor.snapshot().ended[0].end.exit_code, 5);
}

TEST(Lives, AShutdownEndsEverything) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("trap '' TERM; sleep 60");
  supervisor.next<Began>();
  supervisor.send(ShutDown{});
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Lost);
  EXPECT_TRUE(supervisor.has_ended());
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST(FolderLock, IsInheritedFromADyingHolder) {
  const std::string path = "/tmp/dray-lock-" + std::to_string(::getpid());
  int release[2];
  ASSERT_EQ(::pipe(release), 0);
  auto lock = FolderLock::take(path);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(FolderLock::take(path));
  const pid_t child = ::fork();  // Holds it, too, until it is told to go.
  if (child == 0) {
    char nothing = 0;
    (void)!::read(release[0], &nothing, 1);
    ::_exit(0);
  }
  *lock = std::move(*FolderLock::take(path + ".other"));
  std::thread releaser([&] { EXPECT_EQ(::write(release[1], "x", 1), 1); });
  EXPECT_TRUE(FolderLock::inherit(path));
  releaser.join();
  ::waitpid(child, nullptr, 0);
  ::close(release[0]);
  ::close(release[1]);
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".other");
}

}  // namespace
}  // namespace dray::supervisor
