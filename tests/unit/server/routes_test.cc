#include "api/server/routes.h"

#include <gtest/gtest.h>

#include "tests/support/fake_backend.h"

namespace dray::server {
namespace {

const std::string kUnknownUuid = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";

class RoutesTest : public testing::Test {
 protected:
  HttpResponse call(const std::string& method, const std::string& target,
                    const std::string& body = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.headers = headers;
    return routes.answer(request);
  }
  HttpResponse post(const std::string& operation, const std::string& body) {
    return call("POST", "/v1/" + operation, body);
  }
  void set_up_queue() {
    post("createcomputeenvironment", R"({"computeEnvironmentName":"ce","type":"UNMANAGED"})");
    post("createjobqueue",
         R"({"jobQueueName":"q","priority":1,"tags":{"k":"v"},
             "computeEnvironmentOrder":[{"order":1,"computeEnvironment":"ce"}]})");
    post("registerjobdefinition",
         R"({"jobDefinitionName":"d","type":"container",
             "containerProperties":{"image":"native","vcpus":1,"memory":64,"command":["x"]}})");
  }
  std::string submit() {
    const HttpResponse response =
        post("submitjob", R"({"jobName":"j","jobQueue":"q","jobDefinition":"d"})");
    EXPECT_EQ(response.status, 200) << response.body;
    return to_string(backend.details.back().job.uuid);
  }
  static std::string header(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) {
        return value;
      }
    }
    return "";
  }

  std::map<std::string, std::string> headers;
  test::FakeBackend backend;
  Routes routes{backend, {"eu-west-1", "123456789012"}, {"0.1", ""}};
};

TEST_F(RoutesTest, SubmitsAndDescribesAJob) {
  set_up_queue();
  const std::string id = submit();
  const HttpResponse response = post("describejobs", R"({"jobs":[")" + id + R"("]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find(R"("status":"RUNNABLE")"), std::string::npos) << response.body;
  EXPECT_EQ(header(response, "x-amzn-RequestId").size(), 36U);
}

TEST_F(RoutesTest, TakesTheRegionThatTheCallerSignedFor) {
  set_up_queue();
  headers["authorization"] =
      "AWS4-HMAC-SHA256 Credential=AK/20261122/cn-north-1/batch/aws4_request, SignedHeaders=host, "
      "Signature=00";
  EXPECT_NE(post("describejobqueues", "{}").body.find("arn:aws-cn:batch:cn-north-1:123456789012:"),
            std::string::npos);
  headers["authorization"] = "AWS4-HMAC-SHA256 Credential=AK/1/<x>/batch/aws4_request";
  EXPECT_NE(post("describejobqueues", "{}").body.find("arn:aws:batch:eu-west-1:"),
            std::string::npos);
}

TEST_F(RoutesTest, TellsErrorsInHeaderAndBody) {
  const HttpResponse response = post("submitjob", R"({"jobName":"a b"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(header(response, "x-amzn-errortype"), "ClientException");
  EXPECT_TRUE(response.body.starts_with(R"({"__type":"ClientException","message":)"));
}

TEST_F(RoutesTest, AnswersUnknownPathsWith404) {
  EXPECT_EQ(post("nonsense", "{}").status, 404);
  EXPECT_EQ(header(post("nonsense", "{}"), "x-amzn-errortype"), "UnknownOperationException");
  EXPECT_EQ(call("GET", "/v1/submitjob").status, 404);
  EXPECT_EQ(call("GET", "/nothing").status, 404);
  EXPECT_EQ(call("POST", "/", "").status, 404);
}

TEST_F(RoutesTest, TellsOperatorsToolsHowItIs) {
  EXPECT_EQ(call("GET", "/livez").body, R"({"status":"ok"})");
  EXPECT_EQ(call("GET", "/readyz").body, R"({"status":"ready"})");
  backend.known_checks = {{"database", true, ""}, {"scheduler", false, "it sleeps"}};
  EXPECT_EQ(call("GET", "/readyz").status, 503);
  EXPECT_EQ(call("GET", "/readyz").body, R"({"status":"not ready"})");
  const HttpResponse verbose = call("GET", "/readyz?verbose");
  EXPECT_EQ(verbose.status, 503);
  EXPECT_EQ(verbose.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(verbose.body, "ok database\nFAILED scheduler: it sleeps\nnot ready\n");
  const HttpResponse metrics = call("GET", "/metrics");
  EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(metrics.body, "# TYPE streams gauge\nstreams 0\n");
  const Routes built(backend, {"r", "123456789012"}, {"1.2.3", "abcdef"});
  HttpRequest request;
  request.method = "GET";
  request.target = "/version";
  EXPECT_EQ(built.answer(request).body, R"({"name":"dray","version":"1.2.3","commit":"abcdef"})");
}

TEST_F(RoutesTest, DescribesItselfAsOpenApi) {
  HttpRequest request;
  request.method = "GET";
  request.target = "/openapi.json";
  const HttpResponse answer = routes.answer(request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_NE(answer.body.find("\"operationId\":\"SubmitJob\""), std::string::npos);
}

TEST_F(RoutesTest, AnswersEveryBrokenBodyWith400) {
  for (const char* operation :
       {"submitjob", "describejobs", "listjobs", "canceljob", "terminatejob", "canceljobs",
        "terminatejobs", "createjobqueue", "updatejobqueue", "deletejobqueue", "describejobqueues",
        "createcomputeenvironment", "updatecomputeenvironment", "deletecomputeenvironment",
        "describecomputeenvironments", "registerjobdefinition", "deregisterjobdefinition",
        "describejobdefinitions"}) {
    for (const std::string& body :
         {std::string("{"), std::string("[]"), std::string(1'000'000, '['),
          std::string(R"({"a":1,"a":2})"), std::string("{\"a\":\"\xff\"}"),
          std::string(R"({"jobs":1,"jobQueue":1,"jobName":[],"jobId":{},"jobDefinition":2,
              "jobDefinitions":true,"jobQueues":{},"computeEnvironments":"x",
              "computeEnvironment":1,"jobQueueName":1,"computeEnvironmentName":1,
              "jobDefinitionName":1})")}) {
      const HttpResponse response = post(operation, body);
      EXPECT_EQ(response.status, 400) << operation << ": " << body.substr(0, 40);
      EXPECT_EQ(header(response, "x-amzn-errortype"), "ClientException");
    }
  }
}

TEST_F(RoutesTest, SaysDoesNotExistWhenAnUpdateFindsNothing) {
  const HttpResponse queue = post("updatejobqueue", R"({"jobQueue":"none","state":"DISABLED"})");
  EXPECT_EQ(queue.status, 400);
  EXPECT_NE(queue.body.find("does not exist"), std::string::npos);
  const HttpResponse environment =
      post("updatecomputeenvironment", R"({"computeEnvironment":"none","state":"DISABLED"})");
  EXPECT_NE(environment.body.find("does not exist"), std::string::npos);
}

TEST_F(RoutesTest, LeavesUnknownThingsOutOfDescriptions) {
  EXPECT_EQ(post("describejobs", R"({"jobs":[")" + kUnknownUuid + R"(","x"]})").body,
            R"({"jobs":[]})");
  EXPECT_EQ(post("describejobqueues", R"({"jobQueues":["none"]})").body, R"({"jobQueues":[]})");
  EXPECT_EQ(post("describecomputeenvironments", R"({"computeEnvironments":["none"]})").body,
            R"({"computeEnvironments":[]})");
}

TEST_F(RoutesTest, EndsJobsThatDoNotExistSuccessfully) {
  for (const char* operation : {"canceljob", "terminatejob"}) {
    EXPECT_EQ(post(operation, R"({"jobId":"what","reason":"r"})").body, "{}");
    EXPECT_EQ(post(operation, R"({"jobId":")" + kUnknownUuid + R"(","reason":"r"})").status, 200);
    EXPECT_EQ(post(operation, R"({"jobId":"","reason":"r"})").status, 400);
  }
  EXPECT_EQ(post("terminatejobs", R"({"jobs":["what"],"reason":"r"})").body,
            R"({"successful":["what"],"errors":[]})");
}

TEST_F(RoutesTest, AsksToTryAgainWhenTheBackendIsNotAvailable) {
  set_up_queue();
  backend.refuses_with = {ErrorCode::Unavailable, "The disk is full"};
  const HttpResponse response =
      post("submitjob", R"({"jobName":"j","jobQueue":"q","jobDefinition":"d"})");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  backend.refuses_with = {ErrorCode::Internal, "at 0x1234 in the store"};
  const HttpResponse inside =
      post("submitjob", R"({"jobName":"j","jobQueue":"q","jobDefinition":"d"})");
  EXPECT_EQ(inside.status, 500);
  EXPECT_EQ(inside.body.find("store"), std::string::npos);
}

TEST_F(RoutesTest, ListsTagsOfEverythingByItsArn) {
  set_up_queue();
  const std::string prefix = "/v1/tags/arn%3Aaws%3Abatch%3Aeu-west-1%3A123456789012%3A";
  EXPECT_EQ(call("GET", prefix + "job-queue%2Fq").body, R"({"tags":{"k":"v"}})");
  EXPECT_EQ(call("GET", "/v1/tags/arn:aws:batch:eu-west-1:123456789012:job-queue/q").body,
            R"({"tags":{"k":"v"}})");
  EXPECT_EQ(call("GET", prefix + "job-definition%2Fd%3A1").body, R"({"tags":{}})");
  EXPECT_EQ(call("GET", prefix + "compute-environment%2Fce").status, 200);
  EXPECT_EQ(call("GET", prefix + "job%2F" + submit()).status, 200);
  EXPECT_EQ(call("GET", prefix + "job-queue%2Fnone").status, 400);
  EXPECT_EQ(call("GET", "/v1/tags/x").status, 400);
}

TEST_F(RoutesTest, ChangesTags) {
  set_up_queue();
  const std::string queue = "/v1/tags/arn%3Aaws%3Abatch%3Aeu-west-1%3A123456789012%3Ajob-queue%2Fq";
  const HttpResponse tagged = call("POST", queue, R"({"tags":{"a b":"","c&":"d"}})");
  EXPECT_EQ(tagged.status, 204);
  EXPECT_EQ(tagged.body, "");
  EXPECT_EQ(call("DELETE", queue + "?tagKeys=k&tagKeys=c%26&tagKeys=never").status, 204);
  EXPECT_EQ(call("GET", queue).body, R"({"tags":{"a b":""}})");
  EXPECT_EQ(call("DELETE", queue).status, 400);
  EXPECT_EQ(call("POST", queue, R"({"tags":{"aws:x":"y"}})").status, 400);
  EXPECT_EQ(call("POST", queue, "{}").status, 400);
  EXPECT_EQ(call("POST", "/v1/tags/x", R"({"tags":{"a":"b"}})").status, 400);
  std::string many;
  for (int i = 0; i < 50; ++i) {
    many += (i > 0 ? "," : "") + ("\"t" + std::to_string(i)) + "\":\"\"";
  }
  const HttpResponse full = call("POST", queue, R"({"tags":{)" + many + "}}");
  EXPECT_EQ(full.status, 400);
  EXPECT_NE(full.body.find("at most 50 tags"), std::string::npos);
}

TEST_F(RoutesTest, AnswersStsForClientsThatAskWhoTheyAre) {
  const HttpResponse response = call("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/xml");
  EXPECT_NE(response.body.find("<Account>123456789012</Account>"), std::string::npos);
}

TEST_F(RoutesTest, ServesDraysOwnPaths) {
  set_up_queue();
  const std::string id = submit();
  EXPECT_NE(call("GET", "/dray/v1/jobs/" + id + "/explain").body.find(R"("code":"TOO_BIG")"),
            std::string::npos);
  EXPECT_EQ(call("GET", "/dray/v1/jobs/" + kUnknownUuid + "/explain").status, 404);
  EXPECT_NE(call("GET", "/dray/v1/jobs/" + id + "/history")
                .body.find(R"("request":"CANCEL","by":"ann","reason":"too old")"),
            std::string::npos);
  EXPECT_EQ(call("GET", "/dray/v1/jobs/" + kUnknownUuid + "/history").status, 404);
  EXPECT_NE(call("GET", "/dray/v1/job-definitions/d/usage")
                .body.find(R"("memoryMiB":{"median":100,"p95":300,"max":300})"),
            std::string::npos);
  EXPECT_EQ(call("GET", "/dray/v1/job-definitions/d:1/usage").status, 200);
  EXPECT_EQ(call("GET", "/dray/v1/job-definitions/d:x/usage").status, 404);
  EXPECT_EQ(call("GET", "/dray/v1/job-definitions/none/usage").status, 404);
  EXPECT_NE(call("GET", "/dray/v1/queues").body.find(R"("RUNNABLE":1)"), std::string::npos);
  EXPECT_NE(call("GET", "/dray/v1/queues/q/snapshot").body.find(R"("queue":"q")"),
            std::string::npos);
  EXPECT_EQ(call("GET", "/dray/v1/queues/none/snapshot").status, 404);
  EXPECT_EQ(call("GET", "/dray/v1/agents").body, R"({"agents":[]})");
  EXPECT_EQ(call("POST", "/dray/v1/agents/none/drain").status, 404);
  EXPECT_EQ(call("GET", "/readyz").status, 200);
  EXPECT_EQ(call("GET", "/nothing").status, 404);
  EXPECT_EQ(call("DELETE", "/dray/v1/agents").status, 404);
}

TEST_F(RoutesTest, SetsTheEnvironmentOfAQueue) {
  set_up_queue();
  EXPECT_EQ(
      call("PUT", "/dray/v1/queues/q/environment", R"({"environment":[{"name":"A","value":"b"}]})")
          .status,
      200);
  EXPECT_NE(call("GET", "/dray/v1/queues").body.find(R"([{"name":"A","value":"b"}])"),
            std::string::npos);
  EXPECT_EQ(call("PUT", "/dray/v1/queues/none/environment", R"({"environment":[]})").status, 404);
}

TEST_F(RoutesTest, ChangesJobsThatWait) {
  set_up_queue();
  const std::string job = "/dray/v1/jobs/" + submit();
  EXPECT_EQ(call("POST", job + "/hold").status, 200);
  EXPECT_TRUE(backend.details.back().job.is_held);
  EXPECT_EQ(call("POST", job + "/release").status, 200);
  EXPECT_FALSE(backend.details.back().job.is_held);
  EXPECT_EQ(call("POST", job + "/limits", R"({"maxRunning":4})").status, 200);
  EXPECT_EQ(backend.details.back().job.limits.running_max, 4);
  EXPECT_EQ(call("POST", job + "/limits", "{}").status, 400);
  EXPECT_EQ(call("PUT", job + "/priority", R"({"priority":9999})").status, 200);
  EXPECT_EQ(backend.details.back().job.priority, 9999);
  EXPECT_EQ(call("POST", job + "/priority", R"({"priority":0})").status, 200);
  EXPECT_EQ(backend.details.back().job.priority, 0);
  for (const char* body : {"{}", R"({"priority":10000})", R"({"priority":-1})",
                           R"({"priority":"7"})", R"({"priority":1.5})"}) {
    EXPECT_EQ(call("PUT", job + "/priority", body).status, 400) << body;
  }
  EXPECT_EQ(call("PUT", job + "/hold").status, 404);
  EXPECT_EQ(call("PUT", job + ":3/priority", R"({"priority":1})").status, 404);
  EXPECT_EQ(call("POST", "/dray/v1/jobs/" + kUnknownUuid + "/hold").status, 409);
  EXPECT_EQ(call("POST", job + ":3/hold").status, 200);
  EXPECT_EQ(backend.details.back().job.held_children, (ChildRuns{{3, 3}}));
  EXPECT_EQ(call("POST", job + "/hold", R"({"children":"8,1-2"})").status, 200);
  EXPECT_EQ(backend.details.back().job.held_children, (ChildRuns{{1, 2}, {8, 8}}));
  EXPECT_EQ(call("POST", job + "/hold", R"({"children":"2-1"})").status, 400);
  EXPECT_EQ(call("POST", job + ":3/release", R"({"children":"3"})").status, 400);
  EXPECT_EQ(call("POST", job + "%233/hold").status, 404);
  EXPECT_EQ(call("POST", job + "/other").status, 404);
}

TEST_F(RoutesTest, RunsChildrenAgain) {
  set_up_queue();
  const std::string path = "/dray/v1/jobs/" + submit() + "/rerun";
  EXPECT_EQ(call("POST", path, "{}").status, 409);
  backend.details.back().job.state = JobState::Failed;
  EXPECT_EQ(call("POST", path, R"({"children":"3-1"})").status, 400);
  EXPECT_EQ(call("POST", path, R"({"children":"3,7-9"})").body, R"({"children":2})");
}

TEST_F(RoutesTest, DrainsAnAgent) {
  backend.known_agents.push_back({});
  backend.known_agents.back().agent.name = "left";
  EXPECT_EQ(call("POST", "/dray/v1/agents/left/drain").status, 200);
  EXPECT_NE(call("GET", "/dray/v1/agents").body.find(R"("state":"draining")"), std::string::npos);
  EXPECT_EQ(call("POST", "/dray/v1/agents/left/undrain").status, 200);
  EXPECT_FALSE(backend.known_agents.back().agent.is_draining);
}

}  // namespace
}  // namespace dray::server
