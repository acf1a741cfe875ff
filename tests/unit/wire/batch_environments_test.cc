#include "api/wire/batch_environments.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

std::string shown(const ComputeEnvironment& environment) {
  return encode_environments(kScope, {{environment}, ""});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(CreateEnvironment, TakesWhatClientsSendAndShowsItBack) {
  const auto environment = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED","serviceRole":"","tags":{"k":""},
          "computeResources":{"type":"EC2","maxvCpus":4,"subnets":["s"]},"fromTheFuture":1})");
  ASSERT_TRUE(environment);
  EXPECT_TRUE(environment->is_managed);
  EXPECT_TRUE(environment->is_enabled) << "state is optional";
  EXPECT_EQ(environment->vcpus_max, 4);
  const std::string text = shown(*environment);
  EXPECT_TRUE(contains(text, R"("subnets":["s"])")) << text;
  EXPECT_TRUE(contains(text, R"("maxvCpus":4,"minvCpus":0,"desiredvCpus":0)")) << text;
  EXPECT_TRUE(contains(text, R"("serviceRole":"")")) << text;
  EXPECT_TRUE(contains(text, R"("status":"VALID","statusReason":"ComputeEnvironment Healthy")"));
  EXPECT_FALSE(contains(text, "fromTheFuture")) << text;
  EXPECT_FALSE(contains(text, "nextToken"));
}

TEST(CreateEnvironment, AddsNoFleetMembersToFargate) {
  const auto environment = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED",
          "computeResources":{"type":"FARGATE","maxvCpus":4}})");
  EXPECT_FALSE(contains(shown(*environment), "desiredvCpus"));
}

TEST(CreateEnvironment, OfEksSaysSo) {
  const auto environment = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED","computeResources":{"type":"EC2","maxvCpus":4},
          "eksConfiguration":{"eksClusterArn":"arn:aws:eks:r:123456789012:cluster/c",
                              "kubernetesNamespace":"n"}})");
  EXPECT_TRUE(contains(shown(*environment), R"("containerOrchestrationType":"EKS")"));
}

TEST(CreateEnvironment, TakesAnUnmanagedOneWithNothingElse) {
  const auto environment =
      decode_create_environment(R"({"computeEnvironmentName":"default","type":"UNMANAGED"})");
  ASSERT_TRUE(environment);
  EXPECT_FALSE(environment->vcpus_max);
}

TEST(CreateEnvironment, RefusesWhatIsMissingOrWrong) {
  for (const char* body :
       {R"({})", R"({"computeEnvironmentName":"ce"})",
        R"({"computeEnvironmentName":"a b","type":"UNMANAGED"})",
        R"({"computeEnvironmentName":"ce","type":"OTHER"})",
        R"({"computeEnvironmentName":"ce","type":"MANAGED"})",
        R"({"computeEnvironmentName":"ce","type":"UNMANAGED","state":"enabled"})",
        R"({"computeEnvironmentName":7,"type":"UNMANAGED"})",
        R"({"computeEnvironmentName":"ce","type":"MANAGED","computeResources":{"maxvCpus":"4"}})",
        R"({"computeEnvironmentName":"ce","type":"MANAGED","computeResources":{"maxvCpus":-1}})",
        R"({"computeEnvironmentName":"ce","type":"UNMANAGED","tags":{"aws:x":"y"}})",
        R"({"computeEnvironmentName":"ce","type":"UNMANAGED","tags":{"x":1}})"}) {
    const auto environment = decode_create_environment(body);
    ASSERT_FALSE(environment) << body;
    EXPECT_EQ(environment.error().code, ErrorCode::BadRequest);
  }
}

TEST(UpdateEnvironment, ChangesOnlyWhatIsGivenAndKeepsTheRestOfTheEcho) {
  auto current = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED","serviceRole":"r",
          "computeResources":{"type":"EC2","maxvCpus":4,"subnets":["s"]}})");
  EXPECT_EQ(decode_environment_name("UpdateComputeEnvironment",
                                    R"({"computeEnvironment":"ce","state":"DISABLED"})"),
            "ce");
  auto update = decode_update_environment(
      R"({"computeEnvironment":"ce","state":"DISABLED","computeResources":{"maxvCpus":8}})",
      *current);
  ASSERT_TRUE(update);
  EXPECT_EQ(update->name, "ce");
  EXPECT_EQ(update->is_enabled, false);
  EXPECT_EQ(update->vcpus_max, 8);
  EXPECT_TRUE(contains(*update->as_given, R"("subnets":["s"])")) << *update->as_given;
  EXPECT_TRUE(contains(*update->as_given, R"("maxvCpus":8)")) << *update->as_given;
  EXPECT_TRUE(contains(*update->as_given, R"("serviceRole":"r")")) << *update->as_given;
  EXPECT_FALSE(decode_update_environment(R"({"computeEnvironment":"ce"})", *current)->is_enabled);
}

TEST(CreateEnvironment, KeepsNoMemberThatAwsLacks) {
  const auto environment = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED","fromTheFuture":1,"computeResources":
          {"type":"EC2","maxvCpus":4,"fromTheFuture":[],"tags":{"any":"key"},
           "ec2Configuration":[{"imageType":"ECS_AL2","fromTheFuture":{}}]}})");
  ASSERT_TRUE(environment);
  EXPECT_FALSE(contains(environment->as_given, "fromTheFuture")) << environment->as_given;
  EXPECT_TRUE(contains(environment->as_given, R"("any":"key")")) << environment->as_given;
}

TEST(UpdateEnvironment, KeepsNoMemberThatIsOnlyAskedFor) {
  const auto current = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"MANAGED",
          "computeResources":{"type":"EC2","maxvCpus":4}})");
  const auto update = decode_update_environment(
      R"({"computeEnvironment":"ce","computeResources":{"updateToLatestImageVersion":true}})",
      *current);
  ASSERT_TRUE(update);
  EXPECT_FALSE(contains(*update->as_given, "updateToLatestImageVersion")) << *update->as_given;
  EXPECT_TRUE(contains(*update->as_given, R"("type":"EC2")")) << *update->as_given;
}

TEST(UpdateEnvironment, ChangesTheAccessEntryOfAClusterOnly) {
  const std::string update_it = R"({"computeEnvironment":"ce","eksConfiguration":
      {"accessEntry":{"desiredState":"ENABLED"}}})";
  const auto plain =
      decode_create_environment(R"({"computeEnvironmentName":"ce","type":"UNMANAGED"})");
  EXPECT_FALSE(decode_update_environment(update_it, *plain));
  const auto cluster = decode_create_environment(
      R"({"computeEnvironmentName":"ce","type":"UNMANAGED",
          "eksConfiguration":{"eksClusterArn":"a","kubernetesNamespace":"n"}})");
  const auto update = decode_update_environment(update_it, *cluster);
  ASSERT_TRUE(update);
  EXPECT_TRUE(contains(*update->as_given, R"("eksClusterArn":"a")")) << *update->as_given;
  EXPECT_TRUE(contains(*update->as_given, R"("desiredState":"ENABLED")")) << *update->as_given;
}

TEST(DescribeEnvironments, TakesNamesAndArnsAndOnePage) {
  const auto asked = decode_describe_environments(
      R"({"computeEnvironments":["a","arn:aws:batch:r:123456789012:compute-environment/b"]})");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(asked->page.results_max, 100);
  const auto both = decode_describe_environments(R"({"computeEnvironments":["a"],"maxResults":5})");
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().reason, "ComputeEnvironments and MaxResults cannot both be set");
}

}  // namespace
}  // namespace dray::wire
