#include "api/wire/batch_queues.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

TEST(CreateQueue, PutsEnvironmentsInOrderAndShowsTheNumbersGiven) {
  const auto queue = decode_create_queue(
      R"({"jobQueueName":"q","priority":5,"computeEnvironmentOrder":[
          {"order":20,"computeEnvironment":"b"},
          {"order":10,"computeEnvironment":"arn:aws:batch:r:123456789012:compute-environment/a"}]})");
  ASSERT_TRUE(queue);
  EXPECT_EQ(queue->environments, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(queue->is_enabled);
  EXPECT_EQ(queue->priority, 5);
  const std::string text = encode_queues(kScope, {{{*queue, {}}}, ""}, {});
  const std::string prefix = "arn:aws:batch:eu-west-1:123456789012:compute-environment/";
  EXPECT_NE(text.find(R"([{"order":10,"computeEnvironment":")" + prefix + R"(a"},{"order":20,)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("statusReason":"JobQueue Healthy")"), std::string::npos);
}

TEST(CreateQueue, RefusesWhatIsMissingOrWrong) {
  const std::string order = R"("computeEnvironmentOrder":[{"order":1,"computeEnvironment":"a"}])";
  for (const std::string& body : std::vector<std::string>{
           std::string("{}"), R"({"jobQueueName":"q",)" + order + "}",
           std::string(R"({"jobQueueName":"q","priority":1})"),
           std::string(R"({"jobQueueName":"q","priority":1,"computeEnvironmentOrder":[]})"),
           R"({"jobQueueName":"q","priority":-1,)" + order + "}",
           R"({"jobQueueName":"q","priority":"1",)" + order + "}",
           R"({"jobQueueName":"q","priority":1,"schedulingPolicyArn":"x",)" + order + "}",
           std::string(R"({"jobQueueName":"q","priority":1,"computeEnvironmentOrder":[
          {"order":1,"computeEnvironment":"a"},{"order":2,"computeEnvironment":"a"}]})"),
           std::string(R"({"jobQueueName":"q","priority":1,"computeEnvironmentOrder":[
          {"order":1,"computeEnvironment":"a"},{"order":2,"computeEnvironment":"b"},
          {"order":3,"computeEnvironment":"c"},{"order":4,"computeEnvironment":"d"}]})")}) {
    EXPECT_FALSE(decode_create_queue(body)) << body;
  }
}

TEST(CreateQueue, TakesEmptyMembersThatSayNothing) {
  EXPECT_TRUE(decode_create_queue(
      R"({"jobQueueName":"q","priority":0,"tags":{},"jobStateTimeLimitActions":[],
          "schedulingPolicyArn":"","serviceEnvironmentOrder":[],
          "computeEnvironmentOrder":[{"order":1,"computeEnvironment":"a"}]})"));
}

constexpr std::string_view kLimit =
    R"({"reason":"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT","state":"RUNNABLE",
        "maxTimeSeconds":700,"action":"CANCEL"})";

std::string with_limits(const std::string& limits) {
  return R"({"jobQueueName":"q","priority":0,"jobStateTimeLimitActions":[)" + limits +
         R"(],"computeEnvironmentOrder":[{"order":1,"computeEnvironment":"a"}]})";
}

TEST(CreateQueue, ReadsTimeLimitsAndShowsThemAsGiven) {
  const std::string other = R"({"reason":"NOBODY:KNOWS","state":"RUNNABLE","maxTimeSeconds":600,)"
                            R"("action":"CANCEL"})";
  const auto queue = decode_create_queue(with_limits(std::string(kLimit) + "," + other));
  ASSERT_TRUE(queue);
  EXPECT_EQ(queue->time_limits,
            (std::vector<TimeLimit>{{BlockReason::Requirement, std::chrono::seconds(700)}}));
  const std::string text = encode_queues(kScope, {{{*queue, {}}}, ""}, {});
  EXPECT_NE(text.find(R"("maxTimeSeconds":700)"), std::string::npos) << text;
  EXPECT_NE(text.find("NOBODY:KNOWS"), std::string::npos) << text;
}

TEST(CreateQueue, RefusesTimeLimitsThatAreTooShortOrTooLong) {
  for (const char* seconds : {"0", "-5", "86401"}) {
    EXPECT_FALSE(decode_create_queue(
        with_limits(R"({"reason":"x","state":"RUNNABLE","action":"CANCEL","maxTimeSeconds":)" +
                    std::string(seconds) + "}")))
        << seconds;
  }
}

TEST(UpdateQueue, ReplacesTimeLimitsOnlyWhenTheyAreGiven) {
  JobQueue current;
  current.name = "q";
  EXPECT_FALSE(decode_update_queue(R"({"jobQueue":"q"})", current)->time_limits);
  const auto none =
      decode_update_queue(R"({"jobQueue":"q","jobStateTimeLimitActions":[]})", current);
  EXPECT_EQ(none->time_limits, std::vector<TimeLimit>{});
}

TEST(UpdateQueue, ChangesOnlyWhatIsGiven) {
  JobQueue current;
  current.name = "q";
  current.as_given = R"({"jobQueueType":"ECS"})";
  EXPECT_EQ(decode_queue_name("DeleteJobQueue",
                              R"({"jobQueue":"arn:aws:batch:r:123456789012:job-queue/q"})"),
            "q");
  const auto update = decode_update_queue(R"({"jobQueue":"q","state":"DISABLED"})", current);
  ASSERT_TRUE(update);
  EXPECT_EQ(update->is_enabled, false);
  EXPECT_FALSE(update->priority);
  EXPECT_FALSE(update->environments);
  EXPECT_EQ(update->as_given, R"({"jobQueueType":"ECS"})");
}

TEST(DescribeQueues, DerivesTheTypeFromTheFirstEnvironment) {
  JobQueue queue;
  queue.name = "q";
  queue.environments = {"first", "second"};
  const auto type_on = [&queue](const char* as_given) {
    ComputeEnvironment second;
    second.name = "second";
    ComputeEnvironment first;
    first.name = "first";
    first.as_given = as_given;
    const std::string text = encode_queues(kScope, {{{queue, {}}}, ""}, {second, first});
    const std::string member = R"("jobQueueType":")";
    const std::size_t begin = text.find(member) + member.size();
    return text.substr(begin, text.find('"', begin) - begin);
  };
  EXPECT_EQ(type_on("{}"), "ECS");
  EXPECT_EQ(type_on(R"({"computeResources":{"type":"SPOT"}})"), "ECS");
  EXPECT_EQ(type_on(R"({"computeResources":{"type":"FARGATE"}})"), "ECS_FARGATE");
  EXPECT_EQ(type_on(R"({"computeResources":{"type":"FARGATE_SPOT"}})"), "ECS_FARGATE");
  EXPECT_EQ(type_on(R"({"computeResources":{"type":"ECS_MANAGED_INSTANCES"}})"),
            "ECS_MANAGED_INSTANCES");
  EXPECT_EQ(type_on(R"({"eksConfiguration":{},"computeResources":{"type":"EC2"}})"), "EKS");
  queue.as_given = R"({"jobQueueType":"ECS"})";
  EXPECT_EQ(type_on(R"({"computeResources":{"type":"FARGATE"}})"), "ECS") << "as it was given";
}

TEST(DescribeQueues, WritesNextTokenOnlyWhenThereIsMore) {
  JobQueue queue;
  queue.name = "q";
  EXPECT_EQ(encode_queues(kScope, {{{queue, {}}}, ""}, {}).find("nextToken"), std::string::npos);
  EXPECT_NE(encode_queues(kScope, {{{queue, {}}}, "q"}, {}).find("nextToken"), std::string::npos);
}

}  // namespace
}  // namespace dray::wire
