#include "agent/runner/native_runner.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/runner/job_spec.h"

namespace dray {
namespace {

JobToRun a_job(std::vector<std::string> command) {
  auto spec = std::make_shared<JobSpec>();
  spec->queue = "fast";
  spec->container.image = "native";
  spec->container.command = std::move(command);
  JobToRun job{.job = JobId{5}, .environment_name = "pool", .spec = nullptr};
  job.uuid = *parse_uuid("4c7599ae-0a82-49aa-ba5a-4727fcce14a8");
  job.spec = spec;
  return job;
}

constexpr AttemptKey kSingle{{JobId{5}, kNoChild}, 2};
constexpr AttemptKey kChild{{JobId{5}, 7}, 1};
constexpr AttemptToken kToken{1, 0xab};

NativeRunner ordinary_runner() {
  return {{"nobody", 65534, 65534}, true};
}

bool has(const std::vector<std::string>& environment, const std::string& variable) {
  return std::count(environment.begin(), environment.end(), variable) == 1;
}

TEST(NativeRunner, KeepsTheCommandAsItIsWithoutAShell) {
  const auto plan =
      ordinary_runner().plan(a_job({"echo", "a b", "$(x)", ""}), kSingle, kToken, "/s");
  EXPECT_EQ(plan.refusal, "");
  EXPECT_EQ(plan.arguments, (std::vector<std::string>{"echo", "a b", "$(x)", ""}));
  EXPECT_TRUE(plan.program.ends_with("/echo"));
  EXPECT_EQ(plan.user, 65534U);
}

TEST(NativeRunner, SetsWhatBatchSets) {
  const auto single = ordinary_runner().plan(a_job({"true"}), kSingle, kToken, "/s").environment;
  EXPECT_TRUE(has(single, "AWS_BATCH_JOB_ID=4c7599ae-0a82-49aa-ba5a-4727fcce14a8"));
  EXPECT_TRUE(has(single, "AWS_BATCH_JOB_ATTEMPT=2"));
  EXPECT_TRUE(has(single, "AWS_BATCH_JQ_NAME=fast"));
  EXPECT_TRUE(has(single, "AWS_BATCH_CE_NAME=pool"));
  EXPECT_TRUE(has(single, "AWS_EXECUTION_ENV=AWS_ECS_EC2"));
  EXPECT_TRUE(has(single, "DRAY_ATTEMPT_TOKEN=000000000000000100000000000000ab"));
  EXPECT_TRUE(has(single, "TMPDIR=/s"));
  JobToRun array = a_job({"true"});
  spec_of(array).array_size = 9;
  const auto child = ordinary_runner().plan(array, kChild, kToken, "/s").environment;
  EXPECT_TRUE(has(child, "AWS_BATCH_JOB_ID=4c7599ae-0a82-49aa-ba5a-4727fcce14a8:7"));
  EXPECT_TRUE(has(child, "AWS_BATCH_JOB_ARRAY_INDEX=7"));
  EXPECT_TRUE(has(child, "AWS_BATCH_JOB_ARRAY_SIZE=9"));
}

TEST(NativeRunner, LetsLaterEnvironmentsWin) {
  JobToRun job = a_job({"true"});
  job.queue_environment = {{"A", "queue"}, {"B", "queue"}, {"LANG", "de_DE"}};
  spec_of(job).container.environment = {
      {"A", "job"}, {"AWS_BATCH_JOB_ATTEMPT", "99"}, {"DRAY_ATTEMPT_TOKEN", "stolen"}};
  const auto environment = ordinary_runner().plan(job, kSingle, kToken, "/s").environment;
  EXPECT_TRUE(has(environment, "A=job"));
  EXPECT_TRUE(has(environment, "B=queue"));
  EXPECT_TRUE(has(environment, "LANG=de_DE"));
  EXPECT_TRUE(has(environment, "AWS_BATCH_JOB_ATTEMPT=2"));
  EXPECT_TRUE(has(environment, "DRAY_ATTEMPT_TOKEN=000000000000000100000000000000ab"));
}

TEST(NativeRunner, LooksForProgramsInTheJobsOwnPath) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("dray-runner-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "mine") << "x";
  JobToRun job = a_job({"mine"});
  spec_of(job).container.environment = {{"PATH", "/nonexistent:" + folder.string()}};
  EXPECT_EQ(ordinary_runner().plan(job, kSingle, kToken, "/s").refusal,
            "CannotStartContainerError: exec: \"mine\": Permission denied");
  std::filesystem::permissions(folder / "mine", std::filesystem::perms::owner_all);
  EXPECT_EQ(ordinary_runner().plan(job, kSingle, kToken, "/s").program, folder / "mine");
  std::filesystem::remove_all(folder);
}

TEST(NativeRunner, SaysWhatCannotBeStarted) {
  EXPECT_EQ(ordinary_runner().plan(a_job({"no-such-program"}), kSingle, kToken, "/s").refusal,
            "CannotStartContainerError: exec: \"no-such-program\": No such file or directory");
  EXPECT_EQ(ordinary_runner().plan(a_job({}), kSingle, kToken, "/s").refusal,
            "CannotStartContainerError: no command specified");
}

TEST(NativeRunner, NeverRunsAsRoot) {
  JobToRun job = a_job({"true"});
  for (const char* user : {"root", "0"}) {
    spec_of(job).container.user = user;
    EXPECT_EQ(ordinary_runner().plan(job, kSingle, kToken, "/s").refusal,
              std::string("CannotStartContainerError: this agent may not run jobs as user \"") +
                  user + "\"");
  }
}

TEST(NativeRunner, HonoursAUserThatExistsWhenItMay) {
  JobToRun job = a_job({"true"});
  spec_of(job).container.user = "daemon";
  EXPECT_EQ(ordinary_runner().plan(job, kSingle, kToken, "/s").user, 1U);
  const NativeRunner humble({"me", 1234, 1234}, false);
  EXPECT_NE(humble.plan(job, kSingle, kToken, "/s").refusal, "");
  spec_of(job).container.user = "no-such-user";
  EXPECT_EQ(ordinary_runner().plan(job, kSingle, kToken, "/s").refusal,
            "CannotStartContainerError: no user \"no-such-user\" on this machine");
}

}  // namespace
}  // namespace dray
