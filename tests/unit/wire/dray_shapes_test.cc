#include "api/wire/dray_shapes.h"

#include <gtest/gtest.h>

namespace dray::wire {
namespace {

TEST(DrayShapes, WritesVcpusAsDecimals) {
  AgentShape shape;
  shape.agent.name = "left";
  shape.agent.environment = "default";
  shape.agent.capacity = {2500, 4096, 1};
  shape.state = "ready";
  const std::string text = encode_agents({}, {shape});
  EXPECT_NE(text.find(R"("capacity":{"vcpus":2.5,"memoryMiB":4096,"gpus":1})"), std::string::npos)
      << text;
  EXPECT_EQ(text.find("silentForMs"), std::string::npos);
}

TEST(DrayShapes, ExplainsWithWhatEachAgentIsShortOf) {
  Explanation explanation;
  explanation.code = WaitCode::AgentsBusy;
  explanation.sentence = "Every agent is full.";
  explanation.agents.push_back(
      {"left", "default", AgentVerdict::Word::Busy, {1000, 512, 0}, {0, 512, 0}, {1000, 0, 0}});
  explanation.position = 3;
  explanation.would_start_if = {"Agent left has 1 vCPU more free.", "It is released."};
  const JobName job{*parse_uuid("4c7599ae-0a82-49aa-ba5a-4727fcce14a8"), 1};
  const std::string text = encode_explanation(job, explanation);
  EXPECT_NE(text.find(R"("jobId":"4c7599ae-0a82-49aa-ba5a-4727fcce14a8:1","code":"AGENTS_BUSY")"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("shortOf":{"vcpus":1,"memoryMiB":0,"gpus":0})"), std::string::npos);
  EXPECT_NE(text.find(R"("position":3)"), std::string::npos);
  EXPECT_NE(text.find(R"("wouldStartIf":["Agent left has 1 vCPU more free.","It is released."])"),
            std::string::npos)
      << text;
}

TEST(DrayShapes, ReadsAQueuesEnvironment) {
  const auto variables =
      decode_queue_environment(R"({"environment":[{"name":"AWS_ENDPOINT_URL","value":"x"}]})");
  ASSERT_TRUE(variables);
  EXPECT_EQ(variables->size(), 1U);
  EXPECT_TRUE(decode_queue_environment(R"({"environment":[]})")->empty());
  EXPECT_FALSE(decode_queue_environment("{}"));
  EXPECT_FALSE(decode_queue_environment(R"({"environment":[{"name":"AWS_BATCH_X"}]})"));
}

TEST(DrayShapes, ReadsTheLimitsOfAQueue) {
  EXPECT_EQ(decode_queue_order(R"({"order":"fifo-strict"})")->order, DispatchOrder::FifoStrict);
  EXPECT_FALSE(decode_queue_order(R"({"order":"lifo"})"));
  EXPECT_FALSE(decode_queue_order("{}"));
  const auto update = decode_queue_limits(R"({"maxRunning":3,"jobNames":{"train":2}})");
  ASSERT_TRUE(update);
  EXPECT_EQ(update->running_max, 3);
  EXPECT_EQ(update->running_max_by_name.at("train"), 2);
  EXPECT_EQ(decode_queue_limits(R"({"jobNames":{"a":0}})")->running_max_by_name.at("a"), 0);
  EXPECT_FALSE(decode_queue_limits(R"({"jobNames":{"a":0}})")->running_max);
  for (const char* body : {"{}", R"({"maxRunning":-1})", R"({"jobNames":{"a":-1}})",
                           R"({"jobNames":{"a b":1}})", R"({"jobNames":[1]})"}) {
    EXPECT_FALSE(decode_queue_limits(body)) << body;
  }
  QueueStatus status;
  status.queue.name = "q";
  status.queue.limits = {3, {{"train", 2}}};
  EXPECT_NE(encode_queue_counts({status}).find(R"("maxRunning":3,"jobNames":{"train":2})"),
            std::string::npos);
}

TEST(DrayShapes, CountsJobsOfQueues) {
  QueueStatus status;
  status.queue.name = "q";
  status.counts[5] = 7;
  EXPECT_NE(encode_queue_counts({status}).find(R"("SUCCEEDED":7)"), std::string::npos);
}

TEST(DrayShapes, WritesErrorsWithTypeAndLowerCaseMessage) {
  EXPECT_EQ(encode_error("ClientException", "a \"b\""),
            R"({"__type":"ClientException","message":"a \"b\""})");
}

}  // namespace
}  // namespace dray::wire
