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
  Routes routes{backend, {"eu-west-1", "123456789012"}, {"0.1", ""}};
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
  EXPECT_EQ(header(logs("StartQuery", ""), "x-amzn-errortype"), "UnknownOperationException");
}

TEST_F(RoutesLogsTest, KeepsStreamsOfClientsBesideThoseOfJobs) {
  run({"from a job"});
  const std::string stream = R"(,"logStreamName":"d/mine")";
  EXPECT_EQ(logs("CreateLogStream", stream).status, 200);
  EXPECT_EQ(header(logs("CreateLogStream", stream), "x-amzn-errortype"),
            "ResourceAlreadyExistsException");
  EXPECT_EQ(logs("PutLogEvents",
                 stream + R"(,"logEvents":[{"timestamp":1795337337012,"message":"two\nlines"}])")
                .status,
            200);
  EXPECT_NE(logs("GetLogEvents", stream).body.find(R"("message":"two\nlines")"), std::string::npos);
  const std::string both = logs("FilterLogEvents", R"(,"logStreamNamePrefix":"d/")").body;
  EXPECT_NE(both.find("from a job"), std::string::npos) << both;
  EXPECT_NE(both.find(R"(two\nlines)"), std::string::npos) << both;
  EXPECT_NE(logs("DescribeLogStreams", "").body.find("d/mine"), std::string::npos);
  EXPECT_EQ(logs("DeleteLogStream", stream).status, 200);
  EXPECT_EQ(header(logs("GetLogEvents", stream), "x-amzn-errortype"), "ResourceNotFoundException");
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

/// A job whose log holds lines of ten bytes, "0000000\\n" and so on, one a record.
std::string run_long(test::FakeBackend& backend, const std::string& id, int lines) {
  std::string log;
  for (int line = 0; line < lines; ++line) {
    std::string text = std::to_string(line);
    text.insert(0, 9 - text.size(), '0');
    append_log_record(log, {LogStream::Output, {1000 + line}, text + "\n"});
  }
  backend.logs[backend.details.back().attempts.back().key] = log;
  return "/dray/v1/jobs/" + id + "/log";
}

std::vector<std::string> lines_of(const HttpResponse& response) {
  std::vector<std::string> lines;
  std::string_view rest = response.body;
  bool is_broken = false;
  while (const auto record = take_log_record(rest, is_broken)) {
    lines.emplace_back(record->bytes.substr(0, 9));
  }
  EXPECT_TRUE(rest.empty());
  return lines;
}

TEST_F(RoutesLogsTest, OpensALogAtItsEndAndGoesBackFromThere) {
  const std::string log = run_long(backend, run({"x"}), 100'000);
  const HttpResponse end = get(log + "/tail?lines=3");
  EXPECT_EQ(lines_of(end), (std::vector<std::string>{"000099997", "000099998", "000099999"}));
  EXPECT_EQ(header(end, "X-Dray-Log-End"), "2600000");
  EXPECT_EQ(header(end, "X-Dray-Log-Size"), "2600000");
  EXPECT_EQ(header(end, "X-Dray-Log-Offset"), std::to_string(2'600'000 - 3 * 26));
  const HttpResponse before = get(log + "/tail?lines=2&before=" + header(end, "X-Dray-Log-Offset"));
  EXPECT_EQ(lines_of(before), (std::vector<std::string>{"000099995", "000099996"}));
  EXPECT_EQ(lines_of(get(log + "/tail")).size(), 1000U);
  EXPECT_EQ(lines_of(get(log + "/tail?lines=20000")).front(), "000080000")
      << "more than one window";
  EXPECT_EQ(lines_of(get(log + "/tail?before=26")), std::vector<std::string>{"000000000"});
  EXPECT_EQ(get(log + "/tail?before=0").body, "");
  // What follows is read on from the end.
  EXPECT_EQ(get(log + "?offset=" + header(end, "X-Dray-Log-End")).body, "");
  for (const char* query : {"lines=0", "lines=x", "before=-1", "attempt=x"}) {
    EXPECT_EQ(get(log + "/tail?" + query).status, 400) << query;
  }
  EXPECT_EQ(get(log + "/tail?attempt=9").status, 404);
}

TEST_F(RoutesLogsTest, GivesTheWholeLogAsAFileOfPlainText) {
  const std::string id = run({"x"});
  const std::string log = run_long(backend, id, 100'000);
  const HttpResponse response = get(log + "/raw");
  EXPECT_EQ(response.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(header(response, "Content-Disposition"),
            "attachment; filename=\"" + id + "-attempt-1.log\"");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  ASSERT_TRUE(response.more);
  std::string text;
  for (std::string piece = *response.more(); !piece.empty(); piece = *response.more()) {
    EXPECT_LT(piece.size(), 2'000'000U);
    text += piece;
  }
  EXPECT_EQ(text.size(), 1'000'000U);
  EXPECT_TRUE(text.starts_with("000000000\n000000001\n"));
  EXPECT_TRUE(text.ends_with("000099999\n"));
  EXPECT_EQ(get(log + "/raw?attempt=9").status, 404);
}

}  // namespace
}  // namespace dray::server
