#include "api/wire/job_detail.h"

#include <memory>

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

JobDetail a_job() {
  auto spec = std::make_shared<JobSpec>();
  spec->name = "vec";
  spec->queue = "hp";
  spec->definition = "sleep30";
  spec->definition_revision = 1;
  spec->container.image = "native";
  spec->container.command = {"echo", "hi"};
  spec->container.request = {1500, 128, 0};
  JobDetail detail;
  detail.job.id = JobId{9};
  detail.job.uuid = *parse_uuid(kUuid);
  detail.job.spec = spec;
  detail.job.state = JobState::Runnable;
  detail.job.created_at = WallTime{1'795'337'337'012};
  return detail;
}

Attempt an_attempt(AttemptNumber number, AttemptState state) {
  Attempt attempt;
  attempt.key = {{JobId{9}, kNoChild}, number};
  attempt.agent = AgentId{2};
  attempt.state = state;
  if (state == AttemptState::Running || state == AttemptState::Ended) {
    attempt.started_at = WallTime{1'795'337'338'000};
  }
  if (state == AttemptState::Ended) {
    attempt.stopped_at = WallTime{1'795'337'341'000};
    attempt.end = AttemptEnd{Outcome::OutOfMemory,
                             137,
                             "OutOfMemoryError: Container killed due to memory usage",
                             "Essential container in task exited",
                             {1200, 131'072}};
  }
  return attempt;
}

std::string shown(const JobDetail& detail) {
  return encode_job_details(kScope, {detail});
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

void expect_not_in(const std::string& text, const std::string& part) {
  EXPECT_EQ(text.find(part), std::string::npos) << part << "\nis in\n" << text;
}

TEST(JobDetail, ShowsAWaitingJobWithoutTimesItDoesNotHave) {
  const std::string text = shown(a_job());
  expect_in(text, R"("jobId":")" + kUuid + "\"");
  expect_in(text, R"("jobQueue":"arn:aws:batch:eu-west-1:123456789012:job-queue/hp")");
  expect_in(text, R"("status":"RUNNABLE","createdAt":1795337337012)");
  expect_in(text, R"("attempts":[])");
  expect_in(text, R"("retryStrategy":{"attempts":1,"evaluateOnExit":[]})");
  expect_in(text, R"("resourceRequirements":[{"value":"1.5","type":"VCPU"},)"
                  R"({"value":"128","type":"MEMORY"}])");
  for (const char* absent : {"startedAt", "stoppedAt", "statusReason", "arrayProperties",
                             "logStreamName", "exitCode", "taskArn", "timeout"}) {
    expect_not_in(text, absent);
  }
}

TEST(JobDetail, ShowsWhatEachAttemptWasGivenWhereMemoryGrows) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  spec->retry = {.attempts = 3, .memory_growth = MemoryGrowth{150, 500}};
  detail.job.spec = spec;
  detail.attempts = {an_attempt(1, AttemptState::Ended), an_attempt(2, AttemptState::Ended),
                     an_attempt(3, AttemptState::Running)};
  detail.attempts[1].end->outcome = Outcome::Failed;
  const std::string text = shown(detail);
  expect_in(text, R"("evaluateOnExit":[],"memoryGrowth":{"factor":1.5,"ceilingMiB":500}})");
  expect_in(text, R"("attempt":1,"agent":"","state":"ENDED","memoryMiB":128)");
  expect_in(text, R"("attempt":2,"agent":"","state":"ENDED","memoryMiB":192)");
  expect_in(text, R"("attempt":3,"agent":"","state":"RUNNING","memoryMiB":192)");
}

TEST(JobDetail, ShowsAnEndedAttemptInAttemptsAndInContainer) {
  JobDetail detail = a_job();
  detail.job.state = JobState::Failed;
  detail.job.status_reason = "Essential container in task exited";
  detail.attempts = {an_attempt(1, AttemptState::Ended)};
  detail.agents[AgentId{2}] = "left";
  const std::string text = shown(detail);
  expect_in(text, R"("exitCode":137,"reason":"OutOfMemoryError: Container killed due to memory )"
                  R"(usage")");
  expect_in(text, R"("logStreamName":"sleep30/default/)" + task_id(detail.attempts[0].key) + "\"");
  expect_in(text, R"("startedAt":1795337338000,"stoppedAt":1795337341000,"statusReason":)");
  expect_in(text, R"("outcome":"OUT_OF_MEMORY","cpuMs":1200,"memoryPeakKiB":131072)");
  expect_in(text, R"("agent":"left")");
}

TEST(JobDetail, ListsOnlyEndedAttemptsAndTellsAboutTheLatestInContainer) {
  JobDetail detail = a_job();
  detail.job.state = JobState::Running;
  detail.attempts = {an_attempt(1, AttemptState::Ended), an_attempt(2, AttemptState::Running)};
  const std::string text = shown(detail);
  const std::size_t container = text.find(R"("container":{"image")");
  ASSERT_NE(container, std::string::npos) << text;
  const std::string behind = text.substr(container, text.find("\"tags\"", container) - container);
  expect_not_in(behind, "exitCode");
  expect_in(behind, task_id(detail.attempts[1].key));
  const std::string attempts = text.substr(0, container);
  expect_in(attempts, task_id(detail.attempts[0].key));
  expect_not_in(attempts, task_id(detail.attempts[1].key));
}

TEST(JobDetail, HasNoLogBeforeRunningAndHidesWhatWasGivenAhead) {
  JobDetail detail = a_job();
  detail.attempts = {an_attempt(1, AttemptState::Starting)};
  expect_not_in(shown(detail), "logStreamName");
  expect_in(shown(detail), "taskArn");
  detail.attempts = {an_attempt(1, AttemptState::Ahead)};
  expect_not_in(shown(detail), "taskArn");
}

TEST(JobDetail, ShowsAStartFailureWithoutExitCode) {
  JobDetail detail = a_job();
  Attempt attempt = an_attempt(1, AttemptState::Ended);
  attempt.started_at.reset();
  attempt.end = AttemptEnd{Outcome::LaunchFailed,
                           {},
                           "CannotStartContainerError: no such file",
                           "Task failed to start",
                           {}};
  detail.attempts = {attempt};
  expect_not_in(shown(detail), "exitCode");
  expect_in(shown(detail), "CannotStartContainerError");
}

TEST(JobDetail, ShowsEveryFailedJobWithAReason) {
  JobDetail detail = a_job();
  detail.job.state = JobState::Failed;
  expect_in(shown(detail), R"("statusReason":"")");
}

TEST(JobDetail, ShowsParentsWithCountsAndChildrenWithTheirIndex) {
  JobDetail parent = a_job();
  auto spec = std::make_shared<JobSpec>(*parent.job.spec);
  spec->array_size = 3;
  parent.job.spec = spec;
  parent.counts = StateCounts{0, 0, 1, 0, 0, 2, 0};
  parent.counts_at = WallTime{5};
  const std::string text = shown(parent);
  expect_in(text,
            R"("statusSummary":{"SUBMITTED":0,"PENDING":0,"RUNNABLE":1,"STARTING":0,)"
            R"("RUNNING":0,"SUCCEEDED":2,"FAILED":0},"statusSummaryLastUpdatedAt":5,"size":3)");
  JobDetail child = parent;
  child.counts.reset();
  child.child = 2;
  expect_in(shown(child), R"("arrayProperties":{"index":2})");
  expect_in(shown(child), R"("jobId":")" + kUuid + ":2\"");
}

TEST(JobDetail, EchoesTheDefinitionsOwnMembersUnderTheMergedOnes) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  spec->container.as_given = R"({"image":"old","command":["old"],"privileged":true,"vcpus":9,
      "volumes":[{"name":"v"}],"logConfiguration":{"logDriver":"awslogs"}})";
  detail.job.spec = spec;
  const std::string text = shown(detail);
  expect_in(text, R"("privileged":true)");
  expect_in(text, R"("volumes":[{"name":"v"}])");
  expect_in(text, R"("logConfiguration":{"logDriver":"awslogs"})");
  expect_in(text, R"("mountPoints":[])");
  expect_not_in(text, "old");
  expect_not_in(text, R"("vcpus")");
}

TEST(JobDetail, ShowsLegacyResourcesAsTheyCame) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  spec->container.request = {2000, 64, 0};
  spec->container.legacy_resources = true;
  detail.job.spec = spec;
  expect_in(shown(detail), R"("vcpus":2,"memory":64,"resourceRequirements":[])");
}

TEST(JobDetail, WritesDependenciesAsTheyWereGiven) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  spec->depends_on = {{*parse_uuid(kUuid), kNoChild, DependencyType::Whole},
                      {*parse_uuid(kUuid), kNoChild, DependencyType::NToN},
                      {{}, kNoChild, DependencyType::Sequential}};
  detail.job.spec = spec;
  expect_in(shown(detail), R"("dependsOn":[{"jobId":")" + kUuid + R"("},{"jobId":")" + kUuid +
                               R"(","type":"N_TO_N"},{"type":"SEQUENTIAL"}])");
}

TEST(JobSummary, ShowsTheLatestExitAndFlagsOnlyWhenTrue) {
  const JobDetail detail = a_job();
  JobSummary summary{detail.job, kNoChild, {}, {}, 3, "Error: x"};
  const std::string text = encode_job_summaries(kScope, {{summary}, ""});
  expect_in(text, R"("container":{"exitCode":3,"reason":"Error: x"})");
  expect_not_in(text, "isCancelled");
  expect_not_in(text, "arrayProperties");
  expect_not_in(text, "nextToken");
  summary.job.is_cancelled = true;
  expect_in(encode_job_summaries(kScope, {{summary}, "x"}), R"("isCancelled":true)");
}

TEST(JobDetail, ShowsTheTaskOfEcsPropertiesAsItRan) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  spec->definition_as_given =
      R"({"ecsProperties":{"taskProperties":[{"ipcMode":"task","containers":[)"
      R"({"name":"main","image":"native","command":["old"],"essential":true}]}]}})";
  spec->consumables = {{"licence", 2}};
  detail.job.spec = spec;
  detail.attempts = {an_attempt(1, AttemptState::Ended)};
  const std::string text = shown(detail);
  const std::size_t at = text.find(R"("ecsProperties":{"taskProperties":[{"ipcMode":"task")");
  ASSERT_NE(at, std::string::npos) << text;
  const std::string task = text.substr(at);
  expect_in(task, R"("name":"main")");
  expect_in(task, R"("command":["echo","hi"])");
  expect_in(task, R"("exitCode":137)");
  expect_in(task, R"("taskArn":)");
  expect_not_in(text, "old");
  expect_in(text, R"("consumableResourceProperties":{"consumableResourceList":[)"
                  R"({"consumableResource":")");
  expect_in(text, R"(:consumable-resource/licence","quantity":2}]})");
}

/// Of ecsProperties or eksProperties, with an attempt that has ended.
JobDetail a_pod_job(const std::string& as_given) {
  JobDetail detail = a_job();
  auto spec = std::make_shared<JobSpec>(*detail.job.spec);
  for (const char* name : {"main", "side"}) {
    PodContainer one{.name = name, .container = spec->container};
    one.container.command = {name};
    spec->pod.push_back(std::move(one));
  }
  spec->container = {};
  spec->definition_as_given = as_given;
  detail.job.spec = spec;
  detail.job.state = JobState::Failed;
  Attempt attempt = an_attempt(1, AttemptState::Ended);
  attempt.end->outcome = Outcome::Failed;
  attempt.end->exit_code = 7;
  attempt.end->containers = {{"main", true, 7, ""}, {"side", false, std::nullopt, "no dice"}};
  detail.attempts = {attempt};
  detail.agents = {{AgentId{2}, "north"}};
  return detail;
}

TEST(JobDetail, ShowsHowTheContainersOfATaskEnded) {
  const std::string text = shown(a_pod_job(
      R"({"ecsProperties":{"taskProperties":[{"ipcMode":"task","containers":[
          {"name":"main","image":"native","essential":true},{"name":"side","image":"native"}]}]}})"));
  const std::string stream = "sleep30/main/" + task_id({{JobId{9}, kNoChild}, 1});
  expect_in(text, R"("container":{},)");
  expect_in(text, R"("taskProperties":[{"containerInstanceArn":)");
  expect_in(text, R"({"name":"main","exitCode":7,"logStreamName":")" + stream +
                      R"(","networkInterfaces":[]},{"name":"side","reason":"no dice",)");
  expect_in(text, R"("ipcMode":"task")");
  expect_in(text, R"("command":["side"])");
  expect_in(text, R"("outcome":"FAILED","cpuMs":1200,"memoryPeakKiB":131072,"exitCode":7)");
  expect_in(text, R"("eksAttempts":[])");
  expect_not_in(text, "sleep30/default/");
  expect_not_in(text, "sleep30/side/");
}

TEST(JobDetail, ShowsHowTheContainersOfAPodEnded) {
  JobDetail detail = a_pod_job(R"({"eksProperties":{"podProperties":{"hostNetwork":true,
      "containers":[{"image":"native","name":"main"},{"image":"native","name":"side"}]}}})");
  const std::string text = shown(detail);
  expect_in(text, R"("eksAttempts":[{"containers":[{"name":"main","exitCode":7},)"
                  R"({"name":"side","reason":"no dice"}],"initContainers":[],"podName":)");
  expect_in(text, R"("nodeName":"north")");
  expect_in(text, R"("resources":{"limits":{"cpu":"1.5","memory":"128Mi"}})");
  expect_in(text, R"("hostNetwork":true)");
  expect_in(text, R"("taskProperties":[])");
  expect_not_in(text, "logStreamName");
}

}  // namespace
}  // namespace dray::wire
