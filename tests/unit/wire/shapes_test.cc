#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "api/wire/shapes/validate.h"

namespace dray::wire {
namespace {

/// Why the operation refuses the body; empty when it does not.
std::string shape_refusal(std::string_view operation, std::string_view body) {
  const Result<JsonDocument> document = JsonDocument::parse(body);
  EXPECT_TRUE(document) << body;
  const Result<void> good = validate(*document, *operation_shape(operation).input);
  return good ? "" : good.error().reason;
}

std::string constraint_on(std::string_view member, std::string_view value,
                          std::string_view constraint) {
  return "1 validation error detected: Value " + std::string(value) + (value.empty() ? "" : " ") +
         "at '" + std::string(member) +
         "' failed to satisfy constraint: " + std::string(constraint);
}

TEST(Shapes, AreThereForEveryOperationOfBatch) {
  std::set<std::string_view> names;
  std::set<std::string> ways;
  for (const OperationShape& one : operation_shapes()) {
    names.insert(one.name);
    ways.insert(std::string(one.method) + ' ' + std::string(one.path));
  }
  EXPECT_EQ(names.size(), 48U);
  EXPECT_EQ(ways.size(), 48U);
}

TEST(Shapes, SayWhatIsRequiredAndWhereItTravels) {
  const Shape& untag = *operation_shape("UntagResource").input;
  ASSERT_EQ(untag.members.size(), 2U);
  EXPECT_EQ(untag.members[0].place, Place::Path);
  EXPECT_EQ(untag.members[1].place, Place::Query);
  EXPECT_TRUE(untag.members[1].is_required);
  EXPECT_EQ(untag.members[1].shape->max, 50);
  EXPECT_EQ(untag.members[1].shape->item->min, 1);
}

TEST(Validate, WantsEveryRequiredMember) {
  EXPECT_EQ(shape_refusal("SubmitJob", R"({"jobQueue":"q","jobDefinition":"d"})"),
            constraint_on("jobName", "null", "Member must not be null"));
  EXPECT_EQ(shape_refusal("SubmitJob", R"({"jobName":null,"jobQueue":"q","jobDefinition":"d"})"),
            constraint_on("jobName", "null", "Member must not be null"));
  EXPECT_EQ(shape_refusal("CreateJobQueue",
                          R"({"jobQueueName":"q","priority":1,"computeEnvironmentOrder":
                             [{"order":1,"computeEnvironment":"e"},{"order":2}]})"),
            constraint_on("computeEnvironmentOrder.2.member.computeEnvironment", "null",
                          "Member must not be null"));
}

TEST(Validate, WantsTheRightTypes) {
  const auto list = [](std::string_view member) {
    return shape_refusal("ListJobs", "{" + std::string(member) + "}");
  };
  EXPECT_EQ(list(R"("jobQueue":1)"), constraint_on("jobQueue", "", "Member must be a string"));
  EXPECT_EQ(list(R"("maxResults":"1")"),
            constraint_on("maxResults", "", "Member must be a whole number"));
  EXPECT_EQ(list(R"("maxResults":1.5)"),
            constraint_on("maxResults", "", "Member must be a whole number"));
  EXPECT_EQ(list(R"("maxResults":2147483648)"),
            constraint_on("maxResults", "", "Member must be within 32 bits"));
  EXPECT_EQ(list(R"("filters":{})"), constraint_on("filters", "", "Member must be a list"));
  EXPECT_EQ(list(R"("filters":[[]])"),
            constraint_on("filters.1.member", "", "Member must be an object"));
  EXPECT_EQ(list(R"("maxResults":2147483647,"filters":[])"), "");
  EXPECT_EQ(list(R"("maxResults":1e2)"), "");
}

TEST(Validate, HoldsChoicesLengthsAndRanges) {
  const std::string register_it = R"({"jobDefinitionName":"d","type":)";
  EXPECT_EQ(
      shape_refusal("RegisterJobDefinition", register_it + R"("jar"})"),
      constraint_on("type", "'jar'", "Member must satisfy enum value set: [container, multinode]"));
  const std::string long_key(129, 'k');
  EXPECT_EQ(shape_refusal("RegisterJobDefinition",
                          register_it + R"("container","tags":{")" + long_key + R"(":"v"}})"),
            constraint_on("tags." + long_key, "",
                          "Member must have a key of length less than or equal to 128"));
  // Characters are counted, not bytes.
  std::string value;
  for (int i = 0; i < 256; ++i) {
    value += "\xC3\xA9";
  }
  const std::string tagged = register_it + R"("container","tags":{"k":")";
  EXPECT_EQ(shape_refusal("RegisterJobDefinition", tagged + value + R"("}})"), "");
  EXPECT_EQ(shape_refusal("RegisterJobDefinition", tagged + value + R"(x"}})"),
            constraint_on("tags.k", "", "Member must have length less than or equal to 256"));
  EXPECT_EQ(shape_refusal("UpdateComputeEnvironment",
                          R"({"computeEnvironment":"e","updatePolicy":
                             {"jobExecutionTimeoutMinutes":7201}})"),
            constraint_on("updatePolicy.jobExecutionTimeoutMinutes", "",
                          "Member must have value less than or equal to 7200"));
}

TEST(Validate, TakesWhatClientsSendBesides) {
  const std::string submit = R"({"jobName":"j","jobQueue":"q","jobDefinition":"d",)";
  EXPECT_EQ(shape_refusal("SubmitJob", submit + R"("fromTheFuture":[{}],"tags":{}})"), "");
  EXPECT_EQ(shape_refusal("SubmitJob", submit + R"("retryStrategy":{"attempts":2,
                "evaluateOnExit":[{"action":"exit","onReason":"*"}]}})"),
            "");
  EXPECT_EQ(shape_refusal("SubmitJob", submit + R"("containerOverrides":{"resourceRequirements":
                [{"type":"VCPU","value":2}]}})"),
            "");
  EXPECT_EQ(shape_refusal("ListJobs", R"({"jobQueue":"q","jobStatus":""})"), "");
}

}  // namespace
}  // namespace dray::wire
