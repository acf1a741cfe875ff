#include <gtest/gtest.h>

#include "api/server/routes.h"
#include "model/log_record.h"
#include "tests/support/fake_backend.h"

namespace dray::server {
namespace {

/// CloudWatch Logs and raw log records over a backend whose jobs print their command's words.
class RoutesLogsTest : public testing::Test {
 protected:
  void SetUp() override {
    backend.create_environment({.name = "ce"});
    JobQueue queue;
    queue.name = "q";
    queue.environments = {"ce"};
    backend.create_queue(queue);
    JobDefinition definition;
    definition.name = "d";
    definition.container.request = {1000, 64, 0};
    backend.register_definition(definition);
  }

  std::string run(const std::vector<std::string>& words) {
    Submission submission;
    submission.name = "j";
    submission.queue = "q";
    submission.definition = "d";
    submission.command = words;
    return to_string(backend.submit(submission)->uuid);
  }

  HttpResponse logs(const std::string& operation, const std::string& members) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/";
    request.headers["x-amz-target"] = "Logs_20140328." + operation;
    request.body = R"({"logGroupName":"/aws/batch/job")" + members + "}";
    return routes.answer(request);
  }

  HttpResponse get(const std::string& target) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    return routes.answer(request);
  }

  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) {
        return value;
      }
    }
    return "";
  }

  test::FakeBackend backend{true};
  Routes routes{backend, {"eu-west-1", "123456789012"}, "0.1"};
};

const std::string kFirstStream = R"(,"logStreamName":"d/default/00000000000000010000000000000001")";

TEST_F(RoutesLogsTest, GivesTheLinesOfAnAttempt) {
  run({"one", "two"});
  const HttpResponse response = logs("GetLogEvents", kFirstStream);
  EXPECT_EQ(response.content_type, "application/x-amz-json-1.1");
  EXPECT_NE(response.body.find(R"("message":"one")"), std::string::npos) << response.body;
  EXPECT_LT(response.body.find("one"), response.body.find("two"));
}

TEST_F(RoutesLogsTest, SaysThatAStreamDoesNotExistInAwsWords) {
  run({"one"});
  for (const char* stream : {R"(,"logStreamName":"nothing")",
                             R"(,"logStreamName":"d/default/00000000000000090000000000000001")",
                             R"(,"logStreamName":"x/default/00000000000000010000000000000001")"}) {
    const HttpResponse response = logs("GetLogEvents", stream);
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(header(response, "x-amzn-errortype"), "ResourceNotFoundException");
    EXPECT_NE(response.body.find("The specified log stream does not exist."), std::string::npos);
  }
}

TEST_F(RoutesLogsTest, TellsBadRequestsAsLogsDoes) {
  EXPECT_EQ(header(logs("GetLogEvents", kFirstStream + R"(,"limit":0)"), "x-amzn-errortype"),
            "InvalidParameterException");
  EXPECT_EQ(logs("PutLogEvents", "").status, 400);
}

TEST_F(RoutesLogsTest, FiltersOverStreamsPageAfterPage) {
  run({"a1", "a2"});
  run({"b1", "skip", "b2"});
  std::string members = R"(,"filterPattern":"-skip","limit":3)";
  HttpResponse response = logs("FilterLogEvents", members);
  for (const char* word : {"a1", "a2", "b1"}) {
    EXPECT_NE(response.body.find(word), std::string::npos) << response.body;
  }
  const std::size_t at = response.body.find(R"("nextToken":")");
  ASSERT_NE(at, std::string::npos) << response.body;
  const std::string token = response.body.substr(at, response.body.find('"', at + 13) - at + 1);
  response = logs("FilterLogEvents", members + "," + token);
  EXPECT_NE(response.body.find("b2"), std::string::npos) << response.body;
  EXPECT_EQ(response.body.find("skip"), std::string::npos);
  EXPECT_EQ(response.body.find("nextToken"), std::string::npos) << response.body;
}

TEST_F(RoutesLogsTest, ListsStreamsInEitherOrder) {
  run({"a"});
  run({"b"});
  const std::string up = logs("DescribeLogStreams", R"(,"logStreamNamePrefix":"d/")").body;
  EXPECT_LT(up.find("00000000000000010000000000000001"),
            up.find("00000000000000020000000000000001"));
  const std::string down = logs("DescribeLogStreams", R"(,"descending":true,"limit":1)").body;
  EXPECT_NE(down.find("00000000000000020000000000000001"), std::string::npos) << down;
  EXPECT_NE(down.find("nextToken"), std::string::npos);
}

TEST_F(RoutesLogsTest, GivesRawRecordsWithTheirPlace) {
  const std::string id = run({"one", "two"});
  const HttpResponse response = get("/dray/v1/jobs/" + id + "/log?bytes=1");
  EXPECT_EQ(response.content_type, "application/octet-stream");
  EXPECT_EQ(response.body.size(), kLogRecordHead + 4);
  EXPECT_EQ(header(response, "X-Dray-Log-End"), "20");
  EXPECT_EQ(header(response, "X-Dray-Log-Size"), "40");
  EXPECT_EQ(header(response, "X-Dray-Log-Complete"), "true");
  EXPECT_EQ(header(response, "X-Dray-Attempt"), "1");
  EXPECT_EQ(get("/dray/v1/jobs/" + id + "/log?offset=40").body, "");
  EXPECT_EQ(get("/dray/v1/jobs/" + id + "/log?attempt=7").status, 404);
  EXPECT_EQ(get("/dray/v1/jobs/" + id + "/log?offset=x").status, 400);
}

}  // namespace
}  // namespace dray::server
