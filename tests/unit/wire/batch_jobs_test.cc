#include "api/wire/batch_jobs.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/examples.h"

namespace dray::wire {
namespace {

TEST(DescribeJobs, LeavesOutWhatCannotBeAJob) {
  const auto jobs = decode_describe_jobs(R"({"jobs":["","abc",")" + kUuid + R"(",")" + kUuid +
                                         R"(:2",")" + kUuid + R"(#0",")" + kUuid + R"("]})");
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 3U) << "the same id twice is one job";
  EXPECT_EQ((*jobs)[1].child, 2);
  EXPECT_TRUE((*jobs)[2].is_node);
}

TEST(DescribeJobs, RefusesMoreThanAHundredWithAwsText) {
  std::string body = R"({"jobs":["a")";
  for (int i = 0; i < 100; ++i) {
    body += R"(,"b")";
  }
  const auto jobs = decode_describe_jobs(body + "]}");
  ASSERT_FALSE(jobs);
  EXPECT_EQ(jobs.error().reason, "Maximum number of jobs supported is  100");
  EXPECT_FALSE(decode_describe_jobs("{}"));
}

TEST(ListJobs, ListsRunningOnesByDefault) {
  const auto asked = decode_list_jobs(R"({"jobQueue":"q"})");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->query.queue, "q");
  EXPECT_EQ(asked->query.state, JobState::Running);
  EXPECT_EQ(asked->page.results_max, 1000);
  EXPECT_EQ(decode_list_jobs(R"({"jobQueue":"q","jobStatus":"FAILED"})")->query.state,
            JobState::Failed);
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","jobStatus":"DONE"})"));
}

TEST(ListJobs, FindsNodesOfAJob) {
  const auto asked = decode_list_jobs(R"({"multiNodeJobId":")" + kUuid + R"("})");
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->query.array && asked->query.is_multi_node);
  EXPECT_TRUE(decode_list_jobs(R"({"multiNodeJobId":")" + kUuid + R"(#1"})")->is_none);
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","multiNodeJobId":")" + kUuid + R"("})"));
}

TEST(ListJobs, WantsExactlyOneTarget) {
  EXPECT_FALSE(decode_list_jobs("{}"));
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","arrayJobId":")" + kUuid + R"("})"));
  EXPECT_TRUE(decode_list_jobs(R"({"arrayJobId":")" + kUuid + R"("})")->query.array);
  EXPECT_TRUE(decode_list_jobs(R"({"arrayJobId":"nothing"})")->is_none);
}

TEST(ListJobs, IgnoresTheStatusWithAFilter) {
  const auto asked = decode_list_jobs(
      R"({"jobQueue":"q","jobStatus":"FAILED","filters":[{"name":"JOB_NAME","values":["a*"]}]})");
  ASSERT_TRUE(asked);
  EXPECT_FALSE(asked->query.state);
  EXPECT_EQ(asked->query.name_filter, "a*");
  EXPECT_EQ(asked->page.results_max, 100);
}

TEST(ListJobs, HeedsTheStatusWithTheFilterForShares) {
  const auto asked = [](const std::string& status) {
    return decode_list_jobs(R"({"jobQueue":"q",)" + status +
                            R"("filters":[{"name":"SHARE_IDENTIFIER","values":["a"]}]})");
  };
  EXPECT_EQ(asked(R"("jobStatus":"FAILED",)")->query.state, JobState::Failed);
  EXPECT_EQ(asked("")->query.state, std::nullopt);
  EXPECT_EQ(asked("")->query.share_filter, "a");
  EXPECT_FALSE(asked(R"("jobStatus":"LOST",)"));
}

TEST(ListJobs, ReadsEveryFilter) {
  const auto filter = [](const std::string& name, const std::string& value) {
    return decode_list_jobs(R"({"jobQueue":"q","filters":[{"name":")" + name + R"(","values":[")" +
                            value + R"("]}]})");
  };
  EXPECT_EQ(filter("JOB_DEFINITION", "d")->query.definition_filter, "d");
  EXPECT_EQ(filter("JOB_DEFINITION", "arn:aws:batch:r:123456789012:job-definition/d:3")
                ->query.definition_filter,
            "d:3");
  EXPECT_EQ(filter("AFTER_CREATED_AT", "1")->query.created_after, WallTime{1});
  EXPECT_EQ(filter("BEFORE_CREATED_AT", "1700000000000")->query.created_before,
            WallTime{1'700'000'000'000});
  EXPECT_FALSE(filter("AFTER_CREATED_AT", "yesterday"));
  EXPECT_FALSE(filter("job_name", "a"));
}

TEST(ListJobs, TakesAnEmptyTokenForTheFirstPage) {
  EXPECT_EQ(decode_list_jobs(R"({"jobQueue":"q","nextToken":""})")->page.after, "");
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","nextToken":"other"})"));
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","maxResults":0})"));
  EXPECT_FALSE(decode_list_jobs(R"({"jobQueue":"q","maxResults":1001})"));
}

TEST(EndingJobs, WantsIdAndReason) {
  const auto ending = decode_job_ending(R"({"jobId":")" + kUuid + R"(:1","reason":"no"})");
  ASSERT_TRUE(ending);
  EXPECT_EQ(ending->job->child, 1);
  EXPECT_FALSE(decode_job_ending(R"({"jobId":"","reason":"no"})"));
  EXPECT_FALSE(decode_job_ending(R"({"jobId":"x","reason":""})"));
  EXPECT_FALSE(decode_job_ending(R"({"jobId":"x"})"));
  EXPECT_FALSE(decode_job_ending(R"({"jobId":"x","reason":")" + std::string(1025, 'r') + "\"}"));
}

TEST(EndingJobs, TakesAnIdThatCannotBeAJobs) {
  const auto ending = decode_job_ending(R"({"jobId":"whatever","reason":"no"})");
  ASSERT_TRUE(ending);
  EXPECT_FALSE(ending->job);
}

TEST(EndingJobs, TellsOfEachJobInBulk) {
  EXPECT_EQ(decode_jobs_ending(R"({"jobs":["a","b"],"reason":"r"})")->jobs.size(), 2U);
  EXPECT_FALSE(decode_jobs_ending(R"({"jobs":[],"reason":"r"})"));
  std::string fifty = "\"a\"";
  for (int i = 1; i < 50; ++i) {
    fifty += ",\"a\"";
  }
  EXPECT_TRUE(decode_jobs_ending(R"({"reason":"r","jobs":[)" + fifty + "]}"));
  EXPECT_FALSE(decode_jobs_ending(R"({"reason":"r","jobs":[)" + fifty + ",\"a\"]}"));
  EXPECT_EQ(
      encode_jobs_ending({"a"}, {{"b", {ErrorCode::Unavailable, "later"}}}),
      R"({"successful":["a"],"errors":[{"job":"b","code":"ServerException","message":"later"}]})");
}

}  // namespace
}  // namespace dray::wire
