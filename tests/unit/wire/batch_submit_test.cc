#include "api/wire/batch_submit.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

std::string body_with(const std::string& members) {
  return R"({"jobName":"j","jobQueue":"q","jobDefinition":"d")" +
         (members.empty() ? "" : "," + members) + "}";
}

Submission submitted(const std::string& members) {
  const auto submission = decode_submit_job(body_with(members));
  EXPECT_TRUE(submission) << members << ": " << submission.error().reason;
  return submission.value_or(Submission());
}

std::string refusal_of(const std::string& members) {
  const auto submission = decode_submit_job(body_with(members));
  EXPECT_FALSE(submission) << members;
  return submission ? "" : submission.error().reason;
}

TEST(SubmitJob, ReadsTheSmallestRequest) {
  const Submission submission = submitted("");
  EXPECT_EQ(submission.name, "j");
  EXPECT_EQ(submission.queue, "q");
  EXPECT_EQ(submission.definition, "d");
  EXPECT_EQ(submission.revision, 0);
  EXPECT_EQ(submission.array_size, 0);
  EXPECT_FALSE(submission.command);
  EXPECT_FALSE(submission.retry);
}

TEST(SubmitJob, TakesEmptyMembersForNothing) {
  const Submission submission = submitted(
      R"("parameters":{},"tags":{},"containerOverrides":{"resourceRequirements":[],"command":[]},
         "dependsOn":[],"arrayProperties":{},"retryStrategy":{},"timeout":{},"nodeOverrides":{},
         "shareIdentifier":"")");
  EXPECT_EQ(submission.array_size, 0);
  EXPECT_FALSE(submission.command);
  EXPECT_FALSE(submission.timeout);
}

TEST(SubmitJob, ReadsOverrides) {
  const Submission submission = submitted(
      R"("containerOverrides":{"command":["echo","\u00e9 <&>"],"vcpus":2,"memory":64,
         "environment":[{"name":"A","value":"b"},{"name":"C"}],
         "resourceRequirements":[{"type":"VCPU","value":"1.5"},{"type":"MEMORY","value":"256"}]})");
  EXPECT_EQ(submission.command, (std::vector<std::string>{"echo", "\xC3\xA9 <&>"}));
  EXPECT_EQ(submission.environment.size(), 2U);
  EXPECT_EQ(submission.environment[1].value, "");
  EXPECT_EQ(submission.milli_vcpus, 1500);
  EXPECT_EQ(submission.memory_mib, 256);
  EXPECT_EQ(submission.legacy_milli_vcpus, 2000);
  EXPECT_EQ(submission.legacy_memory_mib, 64);
}

TEST(SubmitJob, ReadsHowMemoryGrows) {
  const auto growth_of = [](const std::string& growth) {
    return submitted(R"("retryStrategy":{"attempts":3,"memoryGrowth":)" + growth + "}")
        .retry->memory_growth;
  };
  EXPECT_EQ(growth_of(R"({"factor":1.5,"ceilingMiB":8192})"), (MemoryGrowth{150, 8192}));
  EXPECT_EQ(growth_of(R"({"ceilingMiB":64})"), (MemoryGrowth{200, 64}));
  for (const char* growth : {"{}", R"({"factor":2})", R"({"factor":1,"ceilingMiB":64})",
                             R"({"factor":11,"ceilingMiB":64})", R"({"ceilingMiB":0})",
                             R"({"factor":"2","ceilingMiB":64})"}) {
    EXPECT_NE(
        refusal_of(R"("retryStrategy":{"attempts":3,"memoryGrowth":)" + std::string(growth) + "}"),
        "")
        << growth;
  }
  EXPECT_EQ(refusal_of(R"("retryStrategy":{"memoryGrowth":{"ceilingMiB":64}})"),
            "RetryAttempts must be provided with retry strategy");
}

TEST(SubmitJob, ReadsQueueAndDefinitionByArn) {
  const auto submission = decode_submit_job(
      R"({"jobName":"j","jobQueue":"arn:aws:batch:r:123456789012:job-queue/q",
          "jobDefinition":"arn:aws:batch:r:123456789012:job-definition/d:7"})");
  ASSERT_TRUE(submission);
  EXPECT_EQ(submission->queue, "q");
  EXPECT_EQ(submission->definition, "d");
  EXPECT_EQ(submission->revision, 7);
}

TEST(SubmitJob, BoundsArrays) {
  EXPECT_EQ(submitted(R"("arrayProperties":{"size":2})").array_size, 2);
  EXPECT_EQ(submitted(R"("arrayProperties":{"size":1000000})").array_size, 1'000'000);
  for (const char* size : {"0", "1", "-5", "1000001", "4294967298", "\"2\"", "2.5"}) {
    refusal_of(R"("arrayProperties":{"size":)" + std::string(size) + "}");
  }
}

TEST(SubmitJob, ReadsTheLimitsOfArrays) {
  const ArrayLimits limits =
      submitted(R"("arrayProperties":{"size":3,"maxRunning":2,"maxFailures":1})").limits;
  EXPECT_EQ(limits, (ArrayLimits{2, 1, 0}));
  refusal_of(R"("arrayProperties":{"size":3,"maxRunning":-1})");
  EXPECT_TRUE(submitted(R"("held":true)").is_held);
  EXPECT_FALSE(submitted(R"("held":false)").is_held);
  refusal_of(R"("held":"yes")");
  refusal_of(R"("arrayProperties":{"size":3,"maxFailures":"1"})");
}

TEST(SubmitJob, ReadsDependencies) {
  const Submission submission = submitted(
      R"("arrayProperties":{"size":3},"dependsOn":[{"jobId":")" + kUuid + R"("},{"jobId":")" +
      kUuid + R"(:4"},{"jobId":")" + kUuid + R"(","type":"N_TO_N"},{"type":"SEQUENTIAL"}])");
  ASSERT_EQ(submission.depends_on.size(), 4U);
  EXPECT_EQ(submission.depends_on[1].child, 4);
  EXPECT_EQ(submission.depends_on[2].type, DependencyType::NToN);
  EXPECT_TRUE(submission.depends_on[3].job.is_none());
}

TEST(SubmitJob, RefusesDependenciesThatCannotBe) {
  EXPECT_NE(refusal_of(R"("dependsOn":[{"jobId":"nothing"}])").find("nothing"), std::string::npos);
  refusal_of(R"("dependsOn":[{}])");
  refusal_of(R"("dependsOn":[{"type":"SEQUENTIAL"}])");
  refusal_of(R"("dependsOn":[{"jobId":")" + kUuid + R"(","type":"N_TO_N"}])");
  refusal_of(R"("dependsOn":[{"jobId":")" + kUuid + R"(","type":"AFTER_OK"}])");
  refusal_of(R"("dependsOn":[{"type":"AFTER_ANY"}])");
}

TEST(SubmitJob, ReadsDraysOwnDependencies) {
  const Submission submission =
      submitted(R"("dependsOn":[{"jobId":")" + kUuid + R"(","type":"AFTER_ANY"},{"jobId":")" +
                kUuid + R"(:4","type":"AFTER_NOT_OK"}])");
  ASSERT_EQ(submission.depends_on.size(), 2U);
  EXPECT_EQ(submission.depends_on[0].type, DependencyType::AfterAny);
  EXPECT_EQ(submission.depends_on[1].type, DependencyType::AfterNotOk);
  EXPECT_EQ(submission.depends_on[1].child, 4);
}

TEST(SubmitJob, RefusesBadNamesWithAwsText) {
  const auto submission =
      decode_submit_job(R"({"jobName":"a b","jobQueue":"q","jobDefinition":"d"})");
  ASSERT_FALSE(submission);
  EXPECT_EQ(submission.error().reason, "Job name should match valid pattern");
  EXPECT_FALSE(decode_submit_job(R"({"jobQueue":"q","jobDefinition":"d"})"));
  EXPECT_FALSE(decode_submit_job(R"({"jobName":"j","jobDefinition":"d"})"));
  EXPECT_FALSE(decode_submit_job(R"({"jobName":"j","jobQueue":"q"})"));
}

TEST(SubmitJob, KnowsOfWhichKindOverridesAre) {
  EXPECT_FALSE(submitted(R"("containerOverrides":{"command":[]})").overridden);
  EXPECT_EQ(submitted(R"("containerOverrides":{"command":["a"]})").overridden,
            DefinitionKind::Container);
  EXPECT_EQ(submitted(R"("nodeOverrides":{"numNodes":2})").overridden, DefinitionKind::MultiNode);
  EXPECT_EQ(submitted(R"("eksPropertiesOverride":{"podProperties":{}})").overridden,
            DefinitionKind::Eks);
  const Submission ecs = submitted(
      R"("ecsPropertiesOverride":{"taskProperties":[{"containers":[{"name":"main",
         "command":["b"],"environment":[{"name":"A","value":"1"}],
         "resourceRequirements":[{"type":"MEMORY","value":"64"}]}]}]})");
  EXPECT_EQ(ecs.overridden, DefinitionKind::Ecs);
  ASSERT_EQ(ecs.containers.size(), 1U);
  EXPECT_EQ(ecs.containers[0].name, "main");
  EXPECT_EQ(ecs.containers[0].command, std::vector<std::string>{"b"});
  EXPECT_EQ(ecs.containers[0].environment.size(), 1U);
  EXPECT_EQ(ecs.containers[0].memory_mib, 64);
  const Submission eks = submitted(
      R"("eksPropertiesOverride":{"podProperties":{"initContainers":[{"name":"i"}],"containers":[
         {"args":["b"],"image":"x","env":[{"name":"A","value":"1"}],
          "resources":{"limits":{"cpu":"500m","memory":"1Gi"}}}]}})");
  ASSERT_EQ(eks.containers.size(), 2U);
  EXPECT_TRUE(eks.containers[0].is_init);
  EXPECT_EQ(eks.containers[1].arguments, std::vector<std::string>{"b"});
  EXPECT_FALSE(eks.containers[1].command);
  EXPECT_EQ(eks.containers[1].milli_vcpus, 500);
  EXPECT_EQ(eks.containers[1].memory_mib, 1024);
  EXPECT_EQ(refusal_of(R"("nodeOverrides":{"numNodes":2},
                          "containerOverrides":{"command":["a"]})"),
            "Only one of containerOverrides, ecsPropertiesOverride, eksPropertiesOverride and "
            "nodeOverrides can be given");
  EXPECT_EQ(refusal_of(R"("containerOverrides":{"instanceType":"p4d.24xlarge"})"),
            "instanceType can be overridden only for multi-node parallel jobs");
  EXPECT_EQ(refusal_of(R"("ecsPropertiesOverride":{"taskProperties":[{},{}]})"),
            "ecsPropertiesOverride must have exactly one element in taskProperties");
}

TEST(SubmitJob, KeepsConsumablesUnderTheNameThatIsShown) {
  EXPECT_EQ(submitted("").as_given, "");
  EXPECT_EQ(submitted(R"("consumableResourcePropertiesOverride":{"consumableResourceList":[
                         {"consumableResource":"licence","quantity":2}]})")
                .consumables,
            (std::vector<ConsumableNeed>{{"licence", 2}}));
  EXPECT_EQ(refusal_of(R"("consumableResourcePropertiesOverride":{"consumableResourceList":[
                          {"consumableResource":"licence","quantity":0}]})"),
            "quantity must be between 1 and 1000000000000");
  EXPECT_EQ(refusal_of(R"("consumableResourcePropertiesOverride":{"consumableResourceList":[
                          {"consumableResource":"licence","quantity":4611686018427387904}]})"),
            "quantity must be between 1 and 1000000000000")
      << "the sum over a gang's nodes would be beyond every number";
}

TEST(SubmitJob, RefusesShortTimeoutsAndWrongTypes) {
  refusal_of(R"("timeout":{"attemptDurationSeconds":59})");
  refusal_of(R"("propagateTags":"yes")");
  refusal_of(R"("parameters":{"a":1})");
}

TEST(SubmitJob, AnswersWithArnNameAndId) {
  EXPECT_EQ(encode_submitted({"eu-west-1", "123456789012"}, *parse_uuid(kUuid), "vec"),
            R"({"jobArn":"arn:aws:batch:eu-west-1:123456789012:job/)" + kUuid +
                R"(","jobName":"vec","jobId":")" + kUuid + R"("})");
}

}  // namespace
}  // namespace dray::wire
