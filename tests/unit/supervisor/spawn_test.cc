// Programs started into control groups.
#include "agent/supervisor/spawn.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/cgroup.h"
#include "tests/unit/supervisor/supervisor_process.h"

namespace dray::supervisor {
namespace {

class SpawnTest : public testing::Test {
 protected:
  void SetUp() override {
    layout_ = lay_out_cgroups("spawn-" + std::to_string(::getpid()));
    if (!layout_.can_contain()) {
      GTEST_SKIP() << "no control groups may be used here";
    }
    auto made = Cgroup::create(layout_, "slot", 100);
    ASSERT_TRUE(made) << made.error().reason;
    group_ = std::move(*made);
  }

  void TearDown() override {
    if (group_) {
      group_->remove();
    }
    for (const std::string& home : layout_.homes_and_sides()) {
      ::rmdir(home.c_str());
    }
    ::close(nothing_);
  }

  /// The shell's script as a wait status.
  int run(const std::string& script) {
    LaunchPlan plan;
    plan.program = "/bin/sh";
    plan.arguments = {"sh", "-c", script};
    const Spawned spawned = spawn(plan, {.folder = "/",
                                         .output = nothing_,
                                         .error = nothing_,
                                         .files = {64, 64},
                                         .entrances = group_->entrances()});
    EXPECT_GT(spawned.pid, 0) << spawned.error;
    int status = 0;
    EXPECT_EQ(::waitpid(spawned.pid, &status, 0), spawned.pid);
    return status;
  }

  CgroupLayout layout_;
  std::unique_ptr<Cgroup> group_;
  int nothing_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
};

TEST_F(SpawnTest, StandsInEveryTreeFromItsFirstInstruction) {
  for (const std::string& home : layout_.homes()) {
    const std::string place = home.substr(home.rfind('/')) + "/slot";
    EXPECT_EQ(run("while read -r line; do case $line in *" + place +
                  ") exit 0;; esac; done </proc/self/cgroup; exit 1"),
              0)
        << place;
  }
}

TEST_F(SpawnTest, RunsAlsoWhereAllWereKilledBefore) {
  group_->kill();
  EXPECT_EQ(run("exit 0"), 0);
  EXPECT_FALSE(group_->is_as_new());
}

TEST_F(SpawnTest, IsWatchedByItsGroup) {
  EXPECT_TRUE(group_->is_empty());
  run("sleep 60 &");
  EXPECT_FALSE(group_->is_empty());
  group_->kill();
  EXPECT_TRUE(SupervisorProcess::until([this] { return group_->is_empty(); }));
}

}  // namespace
}  // namespace dray::supervisor
