#include "agent/runner/container_runner.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/runner/job_spec.h"

namespace dray {
namespace {

using Words = std::vector<std::string>;

JobToRun a_container_job(const std::string& as_given = "{}") {
  auto spec = std::make_shared<JobSpec>();
  spec->queue = "fast";
  spec->container.image = "registry:5000/team/tool:1";
  spec->container.command = {"run", "--privileged", "a b"};
  spec->container.environment = {{"LD_PRELOAD", "/evil.so"}};
  spec->container.as_given = as_given;
  JobToRun job{.job = JobId{5}, .environment_name = "pool", .spec = spec};
  job.uuid = *parse_uuid("4c7599ae-0a82-49aa-ba5a-4727fcce14a8");
  return job;
}

ContainerEngine podman() {
  return {.kind = ContainerEngine::Kind::Podman,
          .program = "/usr/bin/podman",
          .globals = {"--runtime=runc"},
          .run_words = {"--ulimit=nofile=1024:4096", "--ulimit=nproc=1000:1000"},
          .version = "podman 4.3.1"};
}

ContainerEngine docker() {
  return {.kind = ContainerEngine::Kind::Docker, .program = "/usr/bin/docker", .version = "docker"};
}

class Containers : public ::testing::Test {
 protected:
  supervisor::LaunchPlan plan(const JobToRun& job, const ContainerEngine& engine = podman()) {
    return ContainerRunner(engine, rules_, native_)
        .plan(job, {{JobId{5}, kNoChild}, 2}, {1, 0xab}, "/data/scratch/5");
  }
  static bool has(const supervisor::LaunchPlan& plan, const std::string& word) {
    return std::count(plan.arguments.begin(), plan.arguments.end(), word) == 1;
  }

  NativeRunner native_{{"nobody", 65534, 65534}, true};
  ContainerRules rules_{.folder = "/data"};
};

TEST_F(Containers, RunTheImageWithTheCommandLast) {
  const auto made = plan(a_container_job());
  EXPECT_EQ(made.refusal, "");
  EXPECT_EQ(made.program, "/usr/bin/podman");
  const Words last(made.arguments.end() - 4, made.arguments.end());
  EXPECT_EQ(last, (Words{"registry:5000/team/tool:1", "run", "--privileged", "a b"}));
  EXPECT_EQ(made.arguments.at(1), "--runtime=runc");
  EXPECT_EQ(made.arguments.at(made.engine->group_word), "--cgroup-parent=");
  EXPECT_TRUE(has(made, "--user=65534:65534"));
  EXPECT_TRUE(has(made, "--env=AWS_BATCH_JOB_ATTEMPT=2"));
  EXPECT_TRUE(has(made, "--env=TMPDIR=/scratch"));
  EXPECT_TRUE(has(made, "--volume=/data/scratch/5:/scratch:rw"));
}

TEST_F(Containers, KeepAJobsVariablesFromTheEngine) {
  for (const std::string& variable : plan(a_container_job()).environment) {
    EXPECT_FALSE(variable.starts_with("LD_PRELOAD")) << variable;
  }
}

TEST_F(Containers, OfDockerUseItsOwnWords) {
  const auto made = plan(a_container_job(), docker());
  EXPECT_EQ(made.program, "/usr/bin/docker");
  for (const std::string& word : made.arguments) {
    EXPECT_FALSE(word.starts_with("--pidfile") || word.starts_with("--quiet")) << word;
  }
  EXPECT_EQ(made.engine->started_file, "");
  EXPECT_EQ(made.engine->error_prefix, "docker: ");
  EXPECT_EQ(made.engine->removal.at(1), "rm");
  EXPECT_EQ(clear_command(docker(), "/data").front(), "/bin/sh");
}

TEST_F(Containers, TakeLimitsOverThoseThatTheMachineNeeds) {
  const auto made = plan(a_container_job(
      R"({"ulimits":[{"name":"nofile","softLimit":7,"hardLimit":8}],"readonlyRootFilesystem":true,
          "linuxParameters":{"initProcessEnabled":true,"sharedMemorySize":9,
            "tmpfs":[{"containerPath":"/t","size":1,"mountOptions":["noexec"]}]}})"));
  EXPECT_TRUE(has(made, "--ulimit=nofile=7:8"));
  EXPECT_FALSE(has(made, "--ulimit=nofile=1024:4096"));
  EXPECT_TRUE(has(made, "--ulimit=nproc=1000:1000"));
  EXPECT_TRUE(has(made, "--read-only"));
  EXPECT_TRUE(has(made, "--init"));
  EXPECT_TRUE(has(made, "--shm-size=9m"));
  EXPECT_TRUE(has(made, "--tmpfs=/t:size=1m,noexec"));
}

TEST_F(Containers, RefuseWhatWouldOwnTheMachine) {
  for (const char* given :
       {R"({"privileged":true})", R"({"linuxParameters":{"devices":[{"hostPath":"/dev/sda"}]}})"}) {
    EXPECT_NE(plan(a_container_job(given)).refusal.find("is not allowed"), std::string::npos)
        << given;
  }
  JobToRun job = a_container_job();
  for (const char* user : {"root", "0", "0:0", "no-such-user"}) {
    spec_of(job).container.user = user;
    EXPECT_NE(plan(job).refusal, "") << user;
  }
  spec_of(job).container.user = "";
  for (const char* image : {"-v", "/etc", "a b", "../x", "oci:/etc"}) {
    spec_of(job).container.image = image;
    EXPECT_TRUE(plan(job).refusal.starts_with("CannotPullContainerError: ")) << image;
  }
}

TEST_F(Containers, MountOnlyWhatTheOperatorLists) {
  const std::filesystem::path top =
      std::filesystem::temp_directory_path() / ("dray-volumes-" + std::to_string(::getpid()));
  std::filesystem::create_directories(top / "in");
  std::filesystem::create_directories(top.string() + "-beside");
  std::filesystem::create_symlink("/etc", top / "out");
  rules_.volume_paths = {top};
  const auto mounting = [this](const std::string& path) {
    return plan(a_container_job(
        R"({"volumes":[{"name":"v","host":{"sourcePath":")" + path +
        R"("}}],"mountPoints":[{"sourceVolume":"v","containerPath":"/v","readOnly":true}]})"));
  };
  EXPECT_TRUE(has(mounting(top / "in"), "--volume=" + (top / "in").string() + ":/v:ro"));
  for (const std::string& path : {std::string("/"), top.string() + "/..", top.string() + "-beside",
                                  (top / "out").string(), std::string("relative")}) {
    EXPECT_TRUE(mounting(path).refusal.starts_with("CannotCreateContainerError: ")) << path;
  }
  EXPECT_NE(mounting(top / "none").refusal.find("No such file"), std::string::npos);
  std::filesystem::remove_all(top);
  std::filesystem::remove_all(top.string() + "-beside");
}

TEST_F(Containers, AreRefusedWithTheReasonWhereThereIsNoEngine) {
  const AnyRunner runner(native_, nullptr, "there is no podman");
  EXPECT_EQ(runner.plan(a_container_job(), {{JobId{5}, kNoChild}, 2}, {1, 2}, "/s").refusal,
            "CannotPullContainerError: this agent runs no containers (there is no podman): image "
            "\"registry:5000/team/tool:1\"");
}

TEST_F(Containers, OfAPodHaveNamesFilesAndSharedVolumesOfTheirOwn) {
  JobToRun job = a_container_job();
  JobSpec& spec = spec_of(job);
  PodContainer one{.name = "one", .container = spec.container};
  one.container.as_given = R"({"volumes":[{"name":"v"}],
                               "mountPoints":[{"sourceVolume":"v","containerPath":"/v"}]})";
  PodContainer two{.name = "two", .container = spec.container};
  two.entry_words = 1;
  two.depends_on = {{0, ContainerCondition::Success}};
  PodContainer three{.name = "three", .container = spec.container};
  three.container.image = "native";
  three.container.command = {"/bin/true"};
  three.role = ContainerRole::Helper;
  spec.pod = {one, two, three};
  const ContainerRunner containers(podman(), rules_, native_);
  const AnyRunner runner(native_, &containers, "");
  const auto made = runner.plan(job, {{JobId{5}, kNoChild}, 2}, {1, 0xab}, "/data/scratch/5");
  ASSERT_EQ(made.programs.size(), 3U);
  ASSERT_EQ(made.members.size(), 3U);
  const std::string name = "--name=dray-4c7599ae-0a82-49aa-ba5a-4727fcce14a8-2-171-";
  EXPECT_TRUE(has(made.programs[0], name + "0"));
  EXPECT_TRUE(has(made.programs[1], name + "1"));
  EXPECT_TRUE(has(made.programs[0], "--volume=/data/scratch/5.volumes/0:/v:rw"));
  EXPECT_EQ(made.programs[0].folders, Words{"/data/scratch/5.volumes/0"});
  EXPECT_EQ(made.programs[1].engine->created_file, "/data/scratch/5-1.cid");
  EXPECT_TRUE(has(made.programs[1], "--entrypoint=run"));
  const Words last(made.programs[1].arguments.end() - 3, made.programs[1].arguments.end());
  EXPECT_EQ(last, (Words{"registry:5000/team/tool:1", "--privileged", "a b"}));
  EXPECT_EQ(made.programs[2].program, "/bin/true");
  EXPECT_EQ(made.members[1].depends_on, two.depends_on);
  EXPECT_EQ(made.members[2].role, ContainerRole::Helper);
}

}  // namespace
}  // namespace dray
