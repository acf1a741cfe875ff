// A real supervisor and real processes: how attempts end, and that nothing is left of them.
#include "model/texts.h"
#include "tests/unit/supervisor/supervisor_process.h"

namespace dray::supervisor {
namespace {

TEST(Attempts, TellTheExitCodeOfTheirProgram) {
  SupervisorProcess supervisor;
  const AttemptEnd good = supervisor.end_of(supervisor.start_shell("exit 0"));
  EXPECT_EQ(good.outcome, Outcome::Succeeded);
  EXPECT_EQ(good.exit_code, 0);
  EXPECT_EQ(good.status_reason, texts::kEssentialContainerExited);
  const AttemptEnd bad = supervisor.end_of(supervisor.start_shell("exit 7"));
  EXPECT_EQ(bad.outcome, Outcome::Failed);
  EXPECT_EQ(bad.exit_code, 7);
}

TEST(Attempts, TellTheSignalThatKilledThem) {
  SupervisorProcess supervisor;
  const AttemptEnd end = supervisor.end_of(supervisor.start_shell("kill -9 $$"));
  EXPECT_EQ(end.outcome, Outcome::Killed);
  EXPECT_EQ(end.exit_code, 137);
}

TEST(Attempts, WithoutAProgramFailToStart) {
  SupervisorProcess supervisor;
  const AttemptEnd end = supervisor.end_of(supervisor.start_command({"/no/such/program"}));
  EXPECT_EQ(end.outcome, Outcome::LaunchFailed);
  EXPECT_EQ(end.exit_code, std::nullopt);
  EXPECT_EQ(end.status_reason, texts::kTaskFailedToStart);
  EXPECT_EQ(end.reason,
            "CannotStartContainerError: exec: \"/no/such/program\": No such file or directory");
}

TEST(Attempts, KeepEveryByteOfBothStreamsInOrder) {
  SupervisorProcess supervisor;
  const AttemptKey key =
      supervisor.start_shell("seq 1 200000; echo problem >&2; printf 'no newline'");
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Succeeded);
  std::string expected;
  for (int line = 1; line <= 200000; ++line) {
    expected += std::to_string(line) + "\n";
  }
  EXPECT_EQ(supervisor.output(key, LogStream::Output), expected + "no newline");
  EXPECT_EQ(supervisor.output(key, LogStream::Error), "problem\n");
}

TEST(Attempts, WithoutOutputLeaveNoLogFile) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_command({"/bin/true"});
  supervisor.end_of(key);
  EXPECT_FALSE(std::filesystem::exists(supervisor.folders().log(key)));
}

TEST(Attempts, HaveTheirLogCutAtItsCap) {
  SupervisorProcess supervisor({"--log-bytes-max", "100000"});
  const AttemptKey key = supervisor.start_shell("yes | head -c 1000000");
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Succeeded);
  EXPECT_LE(supervisor.output(key, LogStream::Output).size(), 100000U);
  EXPECT_EQ(supervisor.output(key, LogStream::Note), "[truncated]");
}

TEST(Attempts, WorkInAFolderOfTheirOwnThatIsGoneAfterwards) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell(
      "pwd; mkdir -p deep/er; echo x > deep/er/file; ln -s /etc out; chmod 000 deep/er");
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Succeeded);
  const std::string folder = supervisor.folders().scratch(key);
  EXPECT_EQ(supervisor.output(key, LogStream::Output), folder + "\n");
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_TRUE(SupervisorProcess::until(
      [&] { return std::filesystem::is_empty(supervisor.folders().trash()); }));
  EXPECT_TRUE(std::filesystem::exists("/etc/passwd"));
}

TEST(Attempts, NeverSeeWhatAnotherMadeOfItsFolder) {
  SupervisorProcess supervisor;
  for (const char* change :
       {":", "touch .hidden", "chmod 777 .", "mkdir a && rmdir a", "chmod 0 ."}) {
    supervisor.end_of(supervisor.start_shell(change));
    const AttemptKey next = supervisor.start_shell("stat -c %a .; ls -A; touch file; exec pwd");
    EXPECT_EQ(supervisor.end_of(next).exit_code, 0);
    EXPECT_EQ(supervisor.output(next, LogStream::Output),
              "700\n" + supervisor.folders().scratch(next) + "\n")
        << change;
  }
}

TEST(Attempts, LeaveNoTreeBehindHoweverDeepItIs) {
  SupervisorProcess supervisor;
  // Deeper than a path may be long, and than files may be open.
  const AttemptKey key = supervisor.start_shell(
      "d=$(printf 'folder/%.0s' $(seq 500)); for i in 1 2 3 4; do mkdir -p $d; cd -P $d || exit 9; "
      "touch file; done");
  EXPECT_EQ(supervisor.end_of(key).exit_code, 0);
  EXPECT_TRUE(SupervisorProcess::until(
      [&] { return std::filesystem::is_empty(supervisor.folders().trash()); }));
}

TEST(Attempts, InheritNothingOfTheSupervisor) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("ls /proc/self/fd | wc -l; umask; ulimit -c");
  supervisor.end_of(key);
  // stdin, stdout, stderr and the folder that ls reads.
  EXPECT_EQ(supervisor.output(key, LogStream::Output), "4\n0022\n0\n");
}

TEST(Attempts, RunAsNobodyWithoutAWayToMoreRights) {
  SKIP_UNLESS_ROOT();
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell(
      "id -u; id -G; grep NoNewPrivs /proc/self/status; "
      "cat /proc/self/oom_score_adj");
  supervisor.end_of(key);
  EXPECT_EQ(supervisor.output(key, LogStream::Output), "65534\n65534\nNoNewPrivs:\t1\n0\n");
}

TEST(Attempts, ThatRunTooLongAreEnded) {
  SupervisorProcess supervisor;
  const AttemptKey key =
      supervisor.start_shell("exec sleep 60", {1000, 64, 0}, std::chrono::milliseconds(200));
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::TimedOut);
  EXPECT_EQ(end.status_reason, texts::kTimeout);
  EXPECT_EQ(end.exit_code, 143);
}

TEST(Attempts, ThatIgnoreTheRequestToStopAreKilledAfterTheirGrace) {
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell("trap '' TERM; echo up; while :; do sleep 1; done");
  supervisor.next<LogGrew>();
  supervisor.send(Order{StopOrder{{key}, std::chrono::milliseconds(300)}});
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::Stopped);
  EXPECT_EQ(end.exit_code, 137);
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST(Attempts, ThatUseTooMuchMemoryAreToldFromOtherKills) {
  SKIP_UNLESS_ROOT();
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_command({"/usr/bin/tail", "/dev/zero"}, {1000, 32, 0});
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::OutOfMemory);
  EXPECT_EQ(end.exit_code, 137);
  EXPECT_EQ(end.reason, texts::kOutOfMemory);
  EXPECT_GT(end.usage.memory_peak_kib, 16 * 1024);
}

TEST(Attempts, LeaveNoProcessBehindHoweverTheyHide) {
  SKIP_UNLESS_ROOT();
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell(
      "i=0; while [ $i -lt 40 ]; do (trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep 60 & wait' "
      ">/dev/null 2>&1 &) ; i=$((i+1)); done; sleep 0.3",
      {1000, 512, 0});
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Succeeded);
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST(Attempts, CannotForkWithoutEnd) {
  SKIP_UNLESS_ROOT();
  SupervisorProcess supervisor;
  const AttemptKey key = supervisor.start_shell(
      "bomb() { sleep 60 & i=$((i+1)); }; i=0; while [ $i -lt 300 ]; do bomb; done; wait",
      {1000, 1024, 0});  // Processes cost kernel memory, which counts.
  supervisor.next<Began>();
  EXPECT_TRUE(SupervisorProcess::until([&] { return supervisor.survivors(key).size() > 200; }));
  supervisor.send(Order{StopOrder{{key}, Duration::zero()}});
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Stopped);
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST(Attempts, WithoutControlGroupsAreEndedByTheirMark) {
  SupervisorProcess supervisor({"--sub-reaper"});
  const AttemptKey key = supervisor.start_shell("setsid sleep 60 & setsid sleep 60 & exit 3");
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST(Attempts, MeasureWhatTheyUsed) {
  SupervisorProcess supervisor;
  const AttemptKey key =
      supervisor.start_shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done");
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_GT(end.usage.cpu_ms, 20);
  EXPECT_GT(end.usage.memory_peak_kib, 0);
}

TEST(Attempts, GivenAheadBeginWhenTheOneBeforeHasEnded) {
  SupervisorProcess supervisor;
  const AttemptKey first = supervisor.start_shell("sleep 0.2", {4000, 64, 0});
  const AttemptKey second = supervisor.start_shell("exit 5", {4000, 64, 0});
  EXPECT_EQ(supervisor.next<Began>().key, first);
  EXPECT_EQ(supervisor.next<Ended>().attempt.key, first);
  EXPECT_EQ(supervisor.next<Began>().key, second);
  EXPECT_EQ(supervisor.end_of(second).exit_code, 5);
}

}  // namespace
}  // namespace dray::supervisor
