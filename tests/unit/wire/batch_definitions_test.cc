#include "api/wire/batch_definitions.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

std::string with_container(const std::string& members) {
  return R"({"jobDefinitionName":"d","type":"container","containerProperties":{)" + members + "}}";
}

Result<JobDefinition> register_container(const std::string& members) {
  return decode_register_definition(with_container(members));
}

std::string refusal_of_definition(const std::string& body) {
  const auto definition = decode_register_definition(body);
  return definition ? "" : definition.error().reason;
}

TEST(RegisterDefinition, ReadsResourceRequirements) {
  const auto definition = register_container(
      R"("image":"native","command":["run","Ref::x"],"resourceRequirements":[
         {"type":"VCPU","value":"0.25"},{"type":"MEMORY","value":"512"},{"type":"GPU","value":2}])");
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->container.request, (Resources{250, 512, 2}));
  EXPECT_FALSE(definition->container.legacy_resources);
  EXPECT_EQ(definition->container.command, (std::vector<std::string>{"run", "Ref::x"}));
}

TEST(RegisterDefinition, ReadsTheLegacyMembersAndPrefersRequirements) {
  const auto legacy = register_container(R"("image":"b","vcpus":2,"memory":128)");
  ASSERT_TRUE(legacy);
  EXPECT_EQ(legacy->container.request, (Resources{2000, 128, 0}));
  EXPECT_TRUE(legacy->container.legacy_resources);
  const auto both = register_container(
      R"("image":"b","vcpus":2,"memory":128,"resourceRequirements":[
         {"type":"VCPU","value":"1"},{"type":"MEMORY","value":"64"}])");
  EXPECT_EQ(both->container.request, (Resources{1000, 64, 0}));
  EXPECT_FALSE(both->container.legacy_resources);
}

TEST(RegisterDefinition, RefusesWhatIsMissingOrWrong) {
  const std::string sizes = R"("vcpus":1,"memory":128)";
  for (const std::string& members : std::vector<std::string>{
           std::string(R"("image":"b")"), std::string(R"("image":"b","vcpus":1)"), sizes,
           R"("image":")" + std::string(256, 'i') + R"(",)" + sizes,
           R"("image":"b","command":[""],)" + sizes, R"("image":"b","command":"x",)" + sizes,
           std::string(R"("image":"b","vcpus":0,"memory":128)"),
           std::string(R"("image":"b","vcpus":1,"memory":3)"),
           std::string(R"("image":"b","vcpus":18446744073709551616,"memory":128)"),
           R"("image":"b","environment":[{"name":"AWS_BATCH_X","value":"y"}],)" + sizes,
           R"("image":"b","environment":[{"name":"a=b","value":"y"}],)" + sizes,
           R"("image":"b","resourceRequirements":[{"type":"VCPU","value":"0.0001"}],)" + sizes,
           R"("image":"b","resourceRequirements":[{"type":"VCPU","value":"-1"}],)" + sizes,
           R"("image":"b","resourceRequirements":[{"type":"MEMORY","value":"1x"}],)" + sizes,
           R"("image":"b","resourceRequirements":[{"type":"DISK","value":"1"}],)" + sizes}) {
    EXPECT_NE(refusal_of_definition(with_container(members)), "") << members;
  }
  EXPECT_NE(refusal_of_definition(R"({"jobDefinitionName":"d","type":"container"})"), "");
  EXPECT_NE(refusal_of_definition(R"({"jobDefinitionName":"d","type":"other"})"), "");
}

TEST(RegisterDefinition, ReadsRetryAndTimeout) {
  const auto definition = decode_register_definition(
      R"({"jobDefinitionName":"d","type":"container","timeout":{"attemptDurationSeconds":60},
          "containerProperties":{"image":"b","vcpus":1,"memory":128},
          "retryStrategy":{"attempts":3,"evaluateOnExit":[
            {"action":"retry","onStatusReason":"Host EC2*"},{"action":"EXIT","onReason":"*"}]}})");
  ASSERT_TRUE(definition);
  EXPECT_TRUE(definition->retry_given);
  EXPECT_EQ(definition->retry.attempts, 3);
  ASSERT_EQ(definition->retry.rules.size(), 2U);
  EXPECT_TRUE(definition->retry.rules[0].retry);
  EXPECT_EQ(definition->timeout, Duration(60'000'000));
}

std::string refusal_of_retry(const std::string& retry) {
  return refusal_of_definition(R"({"jobDefinitionName":"d","type":"container","retryStrategy":)" +
                               retry +
                               R"(,"containerProperties":{"image":"b","vcpus":1,"memory":128}})");
}

TEST(RegisterDefinition, ReadsActionsInAnyCase) {
  for (const auto& [action, is_retry] :
       {std::pair("RETRY", true), std::pair("retry", true), std::pair("Retry", true),
        std::pair("EXIT", false), std::pair("exit", false), std::pair("eXiT", false)}) {
    const auto definition = decode_register_definition(
        R"({"jobDefinitionName":"d","type":"container","retryStrategy":{"attempts":2,
            "evaluateOnExit":[{"onReason":"*","action":")" +
        std::string(action) +
        R"("}]},"containerProperties":{"image":"b","vcpus":1,"memory":128}})");
    ASSERT_TRUE(definition) << action;
    EXPECT_EQ(definition->retry.rules.at(0).retry, is_retry) << action;
  }
  EXPECT_NE(
      refusal_of_retry(R"({"attempts":2,"evaluateOnExit":[{"action":"AGAIN","onReason":"*"}]})"),
      "");
}

TEST(RegisterDefinition, ChecksRetryStrategies) {
  EXPECT_EQ(refusal_of_retry("{}"), "");
  EXPECT_EQ(refusal_of_retry(R"({"evaluateOnExit":[{"action":"EXIT","onReason":"*"}]})"),
            "RetryAttempts must be provided with retry strategy");
  EXPECT_EQ(
      refusal_of_retry(R"({"attempts":2,"evaluateOnExit":[{"action":"EXIT","onReason":"*x"}]})"),
      "Evaluate on exit condition contains restricted characters");
  EXPECT_EQ(
      refusal_of_retry(R"({"attempts":2,"evaluateOnExit":[{"action":"EXIT","onExitCode":"a"}]})"),
      "Evaluate on exit condition contains restricted characters");
  EXPECT_NE(refusal_of_retry(R"({"attempts":11})"), "");
  const std::string rule = R"({"action":"EXIT","onReason":"*"})";
  const std::string five = rule + "," + rule + "," + rule + "," + rule + "," + rule;
  const std::string begin = R"({"attempts":2,"evaluateOnExit":[)";
  EXPECT_EQ(refusal_of_retry(begin + five + "," + rule + "]}"), "");
  EXPECT_NE(refusal_of_retry(begin + five + "," + rule + "," + rule + "]}"), "");
  const std::string pattern = R"([{"action":"EXIT","onReason":")" + std::string(511, 'x');
  EXPECT_EQ(refusal_of_retry(R"({"attempts":2,"evaluateOnExit":)" + pattern + R"(*"}]})"), "");
  EXPECT_NE(refusal_of_retry(R"({"attempts":2,"evaluateOnExit":)" + pattern + R"(x*"}]})"), "");
  EXPECT_NE(refusal_of_retry(R"({"attempts":0})"), "");
  EXPECT_NE(refusal_of_retry(R"({"attempts":2,"evaluateOnExit":[{"action":"EXIT"}]})"), "");
}

TEST(DescribeDefinitions, EchoesWhatWasRegisteredWithEmptyLists) {
  const auto definition = register_container(
      R"("image":"b","vcpus":1,"memory":128,"privileged":false,"jobRoleArn":"r",
         "mountPoints":[{"sourceVolume":"v","containerPath":"/x"}],
         "volumes":[{"name":"v","host":{"sourcePath":"/v"}}],"unknownMember":1)");
  ASSERT_TRUE(definition);
  JobDefinition shown = *definition;
  shown.revision = 4;
  const std::string text = encode_definitions(kScope, {{shown}, ""});
  for (const char* part :
       {R"("revision":4,"status":"ACTIVE","type":"container")", R"("privileged":false)",
        R"("mountPoints":[{"containerPath":"/x","sourceVolume":"v"}])", R"("ulimits":[])",
        R"("resourceRequirements":[])", R"("vcpus":1)", R"("command":[])", R"("parameters":{})",
        R"("containerOrchestrationType":"ECS")",
        R"("jobDefinitionArn":"arn:aws:batch:eu-west-1:123456789012:job-definition/d:4")"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  for (const char* absent : {"unknownMember", "retryStrategy", "platformCapabilities", "timeout"}) {
    EXPECT_EQ(text.find(absent), std::string::npos) << absent;
  }
}

TEST(DescribeDefinitions, WritesActionsInLowerCase) {
  auto definition = register_container(R"("image":"b","vcpus":1,"memory":128)");
  definition->retry_given = true;
  definition->retry = {2, {{false, "", "*", ""}}};
  const std::string text = encode_definitions(kScope, {{*definition}, ""});
  EXPECT_NE(
      text.find(
          R"("retryStrategy":{"attempts":2,"evaluateOnExit":[{"onReason":"*","action":"exit"}]})"),
      std::string::npos)
      << text;
}

TEST(DescribeDefinitions, ReadsItsThreeForms) {
  const auto exact = decode_describe_definitions(
      R"({"jobDefinitions":["d:1","arn:aws:batch:r:123456789012:job-definition/e:2"]})");
  ASSERT_TRUE(exact);
  EXPECT_EQ(exact->query.exactly.size(), 2U);
  const auto named = decode_describe_definitions(R"({"jobDefinitionName":"d","status":"ACTIVE"})");
  EXPECT_EQ(named->query.name, "d");
  EXPECT_EQ(named->query.status, DefinitionStatus::Active);
  EXPECT_TRUE(decode_describe_definitions(R"({"jobDefinitions":["nothing"]})")->is_none);
  EXPECT_FALSE(decode_describe_definitions(R"({"jobDefinitions":["d:1"],"status":"ACTIVE"})"));
  EXPECT_FALSE(decode_describe_definitions(R"({"status":"DELETED"})"));
}

TEST(DeregisterDefinition, WantsARevision) {
  EXPECT_EQ(decode_deregister_definition(R"({"jobDefinition":"d:2"})")->revision, 2);
  EXPECT_FALSE(decode_deregister_definition(R"({"jobDefinition":"d"})"));
  EXPECT_FALSE(decode_deregister_definition(R"({})"));
}

}  // namespace
}  // namespace dray::wire
