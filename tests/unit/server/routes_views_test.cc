#include <gtest/gtest.h>

#include "api/server/routes.h"
#include "tests/support/fake_backend.h"

/// What the status page reads, as it stands on the wire.
namespace dray::server {
namespace {

class RoutesViews : public testing::Test {
 protected:
  HttpResponse get(const std::string& target, std::map<std::string, std::string> headers = {}) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.headers = std::move(headers);
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
  static JobSummary a_summary(std::int32_t array_size) {
    JobSpec spec;
    spec.name = "n";
    spec.queue = "q";
    spec.definition = "d";
    spec.definition_revision = 3;
    spec.array_size = array_size;
    JobSummary summary;
    summary.job.uuid = kUuid;
    summary.job.spec = std::make_shared<const JobSpec>(spec);
    summary.job.state = JobState::Failed;
    summary.job.created_at = {1000};
    summary.job.stopped_at = WallTime{3000};
    summary.job.status_reason = "why";
    if (array_size > 0) {
      summary.counts = StateCounts{0, 0, 0, 0, 0, 1, 2};
    } else {
      summary.exit_code = 7;
    }
    return summary;
  }

  static constexpr Uuid kUuid{0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};
  const std::string id = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8";
  test::FakeBackend backend;
  Routes routes{backend, {"eu-west-1", "123456789012"}, {"9.9", ""}};
};

TEST_F(RoutesViews, GivesTheOverview) {
  api::OverviewView& view = backend.the_overview;
  view.now = {2000};
  view.started_at = {1000};
  JobQueue queue;
  queue.name = "q";
  queue.priority = 5;
  queue.environments = {"ce"};
  view.queues = {{queue, {1, 2, 3, 4, 5, 6, 7}, WallTime{1500}}};
  api::AgentStatus agent{.state = "ready", .reserved = {500, 10, 0}};
  agent.agent.capacity = {2000, 100, 1};
  api::AgentStatus away{.state = "disconnected", .reserved = {0, 0, 0}};
  away.agent.capacity = {9000, 900, 9};
  view.agents = {agent, away};
  view.throughput = {10, {0}, {1, 2}, {0, 3}};
  view.failures = {{{kUuid, 4}, "n", "q", "status", "reason", 1, WallTime{1900}, 2}};
  EXPECT_EQ(
      get("/dray/v1/overview").body,
      R"({"now":2000,"version":"9.9","startedAt":1000,"queues":[{"name":"q","state":"ENABLED",)"
      R"("priority":5,"environments":["ce"],"counts":{"SUBMITTED":1,"PENDING":2,"RUNNABLE":3,)"
      R"("STARTING":4,"RUNNING":5,"SUCCEEDED":6,"FAILED":7},"oldestRunnableAt":1500}],)"
      R"("agents":{"ready":1,"silent":0,"draining":0,"disconnected":1,)"
      R"("capacity":{"vcpus":2,"memoryMiB":100,"gpus":1},)"
      R"("reserved":{"vcpus":0.5,"memoryMiB":10,"gpus":0}},)"
      R"("throughput":{"stepSeconds":10,"from":0,"succeeded":[1,2],"failed":[0,3]},)"
      R"("failures":[{"jobId":")" +
          id +
          R"(:4","name":"n","queue":"q","statusReason":"status","reason":"reason","exitCode":1,)"
          R"("stoppedAt":1900,"attempt":2}]})");
}

TEST_F(RoutesViews, FindsJobsPageByPage) {
  backend.found_jobs = {{a_summary(0), a_summary(3)}, "41"};
  const HttpResponse response =
      get("/dray/v1/jobs?queue=q%201&state=RUNNING,FAILED&name=al*&limit=2");
  EXPECT_EQ(backend.last_search.queue, "q 1");
  EXPECT_EQ(backend.last_search.states, (std::vector{JobState::Running, JobState::Failed}));
  EXPECT_EQ(backend.last_search.name, "al*");
  EXPECT_EQ(backend.last_search_page.results_max, 2);
  const std::string begin =
      R"({"jobs":[{"jobId":")" + id +
      R"(","name":"n","queue":"q","definition":"d:3","state":"FAILED",)"
      R"("createdAt":1000,"stoppedAt":3000,"statusReason":"why","exitCode":7},)";
  EXPECT_TRUE(response.body.starts_with(begin)) << response.body;
  EXPECT_NE(response.body.find(R"("array":{"size":3,"counts":{"SUBMITTED":0,)"), std::string::npos);
  const std::size_t at = response.body.find(R"("nextToken":")");
  ASSERT_NE(at, std::string::npos);
  const std::string token = response.body.substr(at + 13, response.body.size() - at - 15);
  get("/dray/v1/jobs?after=" + token);
  EXPECT_EQ(backend.last_search_page.after, "41");
  EXPECT_EQ(backend.last_search_page.results_max, 100);
}

TEST_F(RoutesViews, RefusesQuestionsThatAreBroken) {
  for (const char* query :
       {"state=NOPE", "state=RUNNING,,FAILED", "limit=0", "limit=x", "after=x"}) {
    EXPECT_EQ(get(std::string("/dray/v1/jobs?") + query).status, 400) << query;
  }
  EXPECT_EQ(get("/dray/v1/jobs?limit=1000000").status, 200);
  EXPECT_EQ(backend.last_search_page.results_max, 1000);
}

TEST_F(RoutesViews, DrawsTheChildrenInOneTextAndGroupsTheirFailures) {
  using S = JobState;
  backend.the_children = {
      kUuid,
      {S::Submitted, S::Pending, S::Runnable, S::Starting, S::Running, S::Succeeded, S::Failed,
       S::Failed},
      {{6, 3}},
      1,
      {{1, "r", "s", 2, {{6, 7}, {9, 9}}}, {std::nullopt, "", "t", 1, {{3, 3}}}},
      0};
  const HttpResponse response = get("/dray/v1/jobs/" + id + "/children");
  EXPECT_EQ(
      response.body,
      R"({"jobId":")" + id +
          R"(","size":8,"states":"SPRTUOFF","retried":[[6,3]],"retriedCount":1,"causes":[)"
          R"({"exitCode":1,"reason":"r","statusReason":"s","count":2,"indexes":"6-7,9","example":6},)"
          R"({"reason":"","statusReason":"t","count":1,"indexes":"3","example":3}],)"
          R"("causesLeftOut":0})");
  const HttpResponse again =
      get("/dray/v1/jobs/" + id + "/children", {{"if-none-match", header(response, "ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(get("/dray/v1/jobs/" + id + ":3/children").status, 404);
  EXPECT_EQ(get("/dray/v1/jobs/x/children").status, 404);
}

TEST_F(RoutesViews, ListsTheAttemptsOfAnAgent) {
  api::AgentStatus agent;
  agent.agent.name = "a1";
  backend.known_agents = {agent};
  backend.known_attempts = {{{{JobId{1}, 2}, 3},
                             {kUuid, 2},
                             "n",
                             "q",
                             AttemptState::Running,
                             WallTime{5},
                             {1500, 64, 0}}};
  EXPECT_EQ(get("/dray/v1/agents/a1/attempts").body,
            R"({"attempts":[{"jobId":")" + id +
                R"(:2","name":"n","queue":"q","attempt":3,"state":"RUNNING","startedAt":5,)"
                R"("vcpus":1.5,"memoryMiB":64,"gpus":0}]})");
  EXPECT_EQ(get("/dray/v1/agents/a2/attempts").status, 404);
}

TEST_F(RoutesViews, AreNeverKeptByABrowserNorTakenForAnotherType) {
  const HttpResponse response = get("/dray/v1/overview");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
}

}  // namespace
}  // namespace dray::server
