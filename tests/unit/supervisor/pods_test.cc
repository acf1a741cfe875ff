// A real supervisor and the containers of pods as real processes: nothing of a pod outlives it.
#include "tests/unit/supervisor/supervisor_process.h"

namespace dray::supervisor {
namespace {

/// With control groups, and without.
class Pods : public testing::TestWithParam<std::vector<std::string>> {
 protected:
  struct One {
    std::string script;
    ContainerRole role = ContainerRole::Essential;
    std::vector<ContainerDependency> depends_on = {};
  };

  AttemptKey start(const std::vector<One>& containers) {
    LaunchPlan plan;
    const AttemptKey key{{JobId{1}, kNoChild}, 1};
    for (const One& one : containers) {
      LaunchPlan program;
      program.program = "/bin/sh";
      program.arguments = {"sh", "-c", one.script};
      program.environment = {"PATH=/usr/bin:/bin", "AWS_BATCH_JOB_ID=" + supervisor.mark(key),
                             "DRAY_ATTEMPT_TOKEN=00000000000000070000000000000001"};
      program.user = ::geteuid() == 0 ? 65534 : ::geteuid();
      program.group = ::geteuid() == 0 ? 65534 : ::getegid();
      plan.programs.push_back(std::move(program));
      plan.members.push_back({.name = std::to_string(plan.members.size()),
                              .role = one.role,
                              .depends_on = one.depends_on,
                              .stop_timeout = std::chrono::seconds(20)});
    }
    supervisor.send(PlannedStart{{key, {7, 1}, {1000, 64, 0}, std::nullopt}, plan});
    return key;
  }

  bool run(const AttemptKey& key, std::size_t processes) {
    return SupervisorProcess::until([&] { return supervisor.survivors(key).size() >= processes; });
  }

  SupervisorProcess supervisor{GetParam()};
};

/// Leaves its session and does not listen.
constexpr const char* kStubborn =
    "setsid sh -c \"trap '' TERM HUP; while :; do sleep 0.1; done\" & sleep 100";

TEST_P(Pods, EndInTheirOrderAndTellHow) {
  const AttemptKey key = start({{"cat made; echo main; exit 3",
                                 ContainerRole::Essential,
                                 {{1, ContainerCondition::Success}}},
                                {"echo made > made", ContainerRole::Helper},
                                {kStubborn, ContainerRole::Helper}});
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::Failed);
  EXPECT_EQ(end.exit_code, 3);
  const std::vector<ContainerEnd> expected{
      {"0", true, 3, ""}, {"1", true, 0, ""}, {"2", true, 143, ""}};
  EXPECT_EQ(end.containers, expected);
  EXPECT_EQ(supervisor.output(key, LogStream::Output), "made\nmain\n");
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST_P(Pods, AreKilledAsAWholeWhenTheyMustEndAtOnce) {
  const AttemptKey key = start({{kStubborn}, {kStubborn, ContainerRole::Helper}});
  ASSERT_TRUE(run(key, 6));
  supervisor.send(Order{StopOrder{{key}, Duration::zero()}});
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::Stopped);
  EXPECT_EQ(end.containers[1], (ContainerEnd{"1", true, 137, ""}));
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST_P(Pods, StartNothingMoreWhenTheyAreToEnd) {
  const AttemptKey key =
      start({{"exit 0", ContainerRole::Essential, {{1, ContainerCondition::Complete}}},
             {"trap 'exit 0' TERM; while :; do sleep 0.1; done", ContainerRole::Helper}});
  ASSERT_TRUE(run(key, 1));
  supervisor.send(Order{StopOrder{{key}, std::chrono::seconds(20)}});
  const AttemptEnd end = supervisor.end_of(key);
  EXPECT_EQ(end.outcome, Outcome::Stopped);
  EXPECT_FALSE(end.containers[0].has_begun);
  EXPECT_EQ(end.containers[0].reason, "NotStarted: the job was stopped");
}

TEST_P(Pods, DieWithTheirSupervisor) {
  const AttemptKey key = start({{kStubborn}, {kStubborn, ContainerRole::Helper}});
  ASSERT_TRUE(run(key, 6));
  supervisor.kill();
  supervisor.start();
  const Snapshot& snapshot = supervisor.snapshot();
  ASSERT_EQ(snapshot.ended.size(), 1U);
  EXPECT_EQ(snapshot.ended[0].end.outcome, Outcome::Lost);
  EXPECT_TRUE(supervisor.survivors(key).empty());
}

TEST_P(Pods, WithoutAProgramFailToStart) {
  const AttemptKey key = start({{"exit 0"}});
  EXPECT_EQ(supervisor.end_of(key).outcome, Outcome::Succeeded);
  LaunchPlan plan;
  plan.programs.push_back(refused_plan("CannotStartContainerError: no"));
  plan.members.push_back({.name = "a"});
  const AttemptKey other{{JobId{2}, kNoChild}, 1};
  supervisor.send(PlannedStart{{other, {7, 2}, {1000, 64, 0}, std::nullopt}, plan});
  const AttemptEnd end = supervisor.end_of(other);
  EXPECT_EQ(end.outcome, Outcome::LaunchFailed);
  EXPECT_EQ(end.reason, "CannotStartContainerError: no");
  const std::vector<ContainerEnd> expected{{"a", false, std::nullopt, end.reason}};
  EXPECT_EQ(end.containers, expected);
}

INSTANTIATE_TEST_SUITE_P(EveryContainment, Pods,
                         testing::Values(std::vector<std::string>{},
                                         std::vector<std::string>{"--sub-reaper"}));

}  // namespace
}  // namespace dray::supervisor
