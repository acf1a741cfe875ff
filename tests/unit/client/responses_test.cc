#include <gtest/gtest.h>

#include "api/wire/client_responses.h"

namespace dray::wire {
namespace {

TEST(ClientResponses, AJobIsReadWithItsAttempts) {
  const auto jobs = decode_jobs(R"({"jobs":[{"jobId":"u:3","jobName":"n","status":"FAILED",
    "jobQueue":"arn:aws:batch:r:1:job-queue/q","jobDefinition":"arn:aws:batch:r:1:job-definition/d:2",
    "createdAt":5,"stoppedAt":1.7E3,"statusReason":"why","isCancelled":true,
    "container":{"image":"native","command":["a","b"],"exitCode":7,"reason":"r",
      "environment":[{"name":"E","value":"v"}],
      "resourceRequirements":[{"type":"MEMORY","value":"64"},{"type":"VCPU","value":"2"}]},
    "arrayProperties":{"index":3},"dependsOn":[{"jobId":"x","type":"N_TO_N"}],
    "attempts":[{"startedAt":1,"stoppedAt":2,"statusReason":"s","container":{"exitCode":7},
      "dray":{"attempt":1,"agent":"a1","outcome":"FAILED","cpuMs":12,"memoryPeakKiB":34}}]}]})");
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  const JobView& job = jobs->front();
  EXPECT_EQ(job.id, "u:3");
  EXPECT_EQ(job.queue, "q");
  EXPECT_EQ(job.definition, "d:2");
  EXPECT_EQ(job.state, JobState::Failed);
  EXPECT_EQ(job.child, 3);
  EXPECT_FALSE(job.is_array());
  EXPECT_EQ(job.exit_code, 7);
  EXPECT_EQ(job.stopped_at, WallTime{1700});
  EXPECT_FALSE(job.started_at);
  EXPECT_EQ(job.memory, "64");
  EXPECT_EQ(job.vcpus, "2");
  EXPECT_TRUE(job.is_cancelled);
  EXPECT_EQ(job.depends_on, std::vector<std::string>{"x (N_TO_N)"});
  ASSERT_EQ(job.attempts.size(), 1U);
  EXPECT_EQ(job.attempts[0].agent, "a1");
  EXPECT_EQ(job.attempts[0].usage, (Usage{12, 34}));
}

TEST(ClientResponses, AnArraysChildrenAreCounted) {
  const auto page = decode_job_page(R"({"jobSummaryList":[{"jobId":"u","status":"PENDING",
    "arrayProperties":{"size":4,"statusSummary":{"RUNNING":1,"FAILED":3}}}],"nextToken":"t"})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->next_token, "t");
  EXPECT_TRUE(page->jobs[0].is_array());
  EXPECT_EQ(page->jobs[0].counts, (StateCounts{0, 0, 0, 0, 1, 0, 3}));
}

TEST(ClientResponses, WhatIsMissingOrOfAnotherTypeIsEmpty) {
  const auto jobs = decode_jobs(
      R"({"jobs":[{},{"jobId":5,"status":"NEW","container":[],"attempts":{"a":1},"createdAt":"x"},7]})");
  ASSERT_TRUE(jobs);
  EXPECT_EQ(jobs->size(), 3U);
  EXPECT_EQ((*jobs)[1].id, "5");
  EXPECT_FALSE((*jobs)[1].created_at);
}

TEST(ClientResponses, WhatIsNoAnswerIsNothing) {
  for (const char* body : {"", "[]", "<html>", "{", "{\"jobs\":{}}", "null", "{\"jobs\":[}"}) {
    EXPECT_FALSE(decode_jobs(body)) << body;
    EXPECT_FALSE(decode_submitted(body)) << body;
    EXPECT_FALSE(decode_registered(body)) << body;
    EXPECT_FALSE(decode_agents(body)) << body;
  }
}

TEST(ClientResponses, ErrorsKeepAwsWords) {
  const ErrorView error = decode_error(R"({"__type":"ClientException","message":"no such thing"})");
  EXPECT_EQ(error.type, "ClientException");
  EXPECT_EQ(error.message, "no such thing");
  EXPECT_EQ(decode_error("<html>").message, "");
}

TEST(ClientResponses, JsonIsSpreadOverLinesForPeople) {
  EXPECT_EQ(indented_json_list({}), "[]");
  EXPECT_EQ(indented_json_list({R"({"a":1})", "2"}), "[\n  {\n    \"a\": 1\n  },\n  2\n]");
  EXPECT_EQ(indented_json("no json"), "no json");
}

}  // namespace
}  // namespace dray::wire
