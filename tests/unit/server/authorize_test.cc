#include "api/server/authorize.h"

#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "api/auth/sign.h"
#include "tests/unit/server/door_under_test.h"

/// Every route, every role, own and foreign queues: at the whole door, with signatures.
namespace dray::server {
namespace {

struct Route {
  std::string method;
  std::string target;
  std::string body;
  Role least;      ///< Whoever may less is refused.
  bool is_global;  ///< A change that keys for some queues may not make.
  std::string service = "batch";
  std::string amz_target;
};

/// All there are but for the event stream, which does not end.
std::vector<Route> routes() {
  std::vector<Route> all;
  for (const char* name : {"describecomputeenvironments", "describejobdefinitions",
                           "describejobqueues", "describejobs", "listjobs"}) {
    all.push_back({"POST", "/v1/" + std::string(name), "{}", Role::Viewer, false});
  }
  for (const char* name : {"submitjob", "canceljob", "canceljobs", "terminatejob", "terminatejobs",
                           "registerjobdefinition"}) {
    all.push_back({"POST", "/v1/" + std::string(name), "{}", Role::Submitter, false});
  }
  all.push_back({"POST", "/v1/deregisterjobdefinition", "{}", Role::Submitter, true});
  for (const char* name : {"createjobqueue", "updatejobqueue", "deletejobqueue"}) {
    all.push_back({"POST", "/v1/" + std::string(name), "{}", Role::Operator, false});
  }
  for (const char* name :
       {"createcomputeenvironment", "updatecomputeenvironment", "deletecomputeenvironment"}) {
    all.push_back({"POST", "/v1/" + std::string(name), "{}", Role::Operator, true});
  }
  all.push_back({"GET", "/v1/tags/arn%3Aaws%3Abatch", "", Role::Viewer, false});
  const std::string batch = "/v1/tags/arn%3Aaws%3Abatch%3Ar%3A1%3A";
  const std::string job = "job%2F4c7599ae-0a82-49aa-ba5a-4727fcce14a8";
  all.push_back({"POST", batch + job, "{}", Role::Submitter, false});
  all.push_back({"DELETE", batch + job + "?tagKeys=a", "", Role::Submitter, false});
  // What an ARN says in another place than its own does not count.
  const std::string odd = "/v1/tags/arn%3Aaws%3Abatch%3Ar%3A";
  all.push_back({"POST", odd + "job%2Fx%3Ascheduling-policy%2Fx", "{}", Role::Operator, true});
  all.push_back({"POST", odd + "job%2Fx%3Ajob-queue%2Fx", "{}", Role::Operator, false});
  all.push_back({"POST", odd + "1%3Anothing%2Fx%3Ajob%2Fx", "{}", Role::Operator, true});
  all.push_back({"POST", batch + "job-definition%2Fx%3A1", "{}", Role::Submitter, true});
  all.push_back({"POST", batch + "job-queue%2Fx", "{}", Role::Operator, false});
  all.push_back({"DELETE", batch + "job-queue%2Fx%2Fquota-share%2Fy", "", Role::Operator, true});
  all.push_back({"POST", batch + "scheduling-policy%2Fx", "{}", Role::Operator, true});
  for (const char* name :
       {"overview", "jobs", "agents", "queues", "session", "agents/a/attempts", "queues/q/snapshot",
        "job-definitions/d/usage", "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/children",
        "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/explain",
        "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/history",
        "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log",
        "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log/tail",
        "jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log/raw"}) {
    all.push_back({"GET", "/dray/v1/" + std::string(name), "", Role::Viewer, false});
  }
  all.push_back({"POST", "/dray/v1/agents/a/drain", "{}", Role::Operator, true});
  all.push_back({"POST", "/dray/v1/agents/a/undrain", "{}", Role::Operator, true});
  all.push_back({"PUT", "/dray/v1/queues/q/environment", "{}", Role::Operator, false});
  all.push_back({"PUT", "/dray/v1/queues/q/concurrency", "{}", Role::Operator, false});
  all.push_back({"PUT", "/dray/v1/queues/q/order", "{}", Role::Operator, false});
  for (const char* name : {"hold", "limits", "priority", "release", "rerun"}) {
    all.push_back({"POST",
                   "/dray/v1/jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/" + std::string(name), "{}",
                   Role::Submitter, false});
  }
  all.push_back({"GET", "/dray/v1/keys", "", Role::Admin, true});
  all.push_back({"POST", "/dray/v1/keys", "{}", Role::Admin, true});
  all.push_back({"POST", "/dray/v1/keys/NONE/disable", "{}", Role::Admin, true});
  all.push_back({"POST", "/dray/v1/keys/NONE/enable", "{}", Role::Admin, true});
  all.push_back({"DELETE", "/dray/v1/keys/NONE", "", Role::Admin, true});
  all.push_back({"GET", "/dray/v1/audit", "", Role::Admin, true});
  for (const char* name :
       {"GetLogEvents", "FilterLogEvents", "DescribeLogStreams", "DescribeLogGroups"}) {
    all.push_back(
        {"POST", "/", "{}", Role::Viewer, false, "logs", "Logs_20140328." + std::string(name)});
  }
  all.push_back({"POST", "/", "Action=GetCallerIdentity", Role::Viewer, false, "sts"});
  return all;
}

class SignedDoor : public DoorUnderTest {
 protected:
  SignedDoor() {
    // Beyond loopback /metrics asks for a key; here it is asked through another door.
    settings_.host = "127.0.0.1";
    settings_.port = 0;
    signed_server = std::make_unique<HttpServer>(backend, settings_);
    const Result<std::uint16_t> bound = signed_server->bind();
    EXPECT_TRUE(bound);
    port = bound.value_or(0);
    serving_ = std::thread([this] { signed_server->run(); });
  }
  ~SignedDoor() override {
    signed_server->stop();
    serving_.join();
  }

  std::string make_key(Role role, const std::string& queues) {
    return backend.create_access_key("user", role, queues)->key.id;
  }
  /// A whole answer.
  std::string ask(const std::string& key, const Route& route, const std::string& more = "") const {
    return answer(text_of(key, route, more));
  }
  static std::string text_of(const std::string& key, const Route& route, const std::string& more) {
    std::string text =
        route.method + ' ' + route.target + " HTTP/1.1\r\nHost: localhost\r\n" + more;
    const std::string type = route.service == "sts" ? "application/x-www-form-urlencoded"
                             : route.body.empty()   ? ""
                                                    : "application/json";
    if (!type.empty()) {
      text += "Content-Type: " + type + "\r\n";
    }
    if (!key.empty()) {
      text += signature(key, route, type);
    } else if (!route.amz_target.empty()) {
      text += "X-Amz-Target: " + route.amz_target + "\r\n";
    }
    return text + "Connection: close\r\nContent-Length: " + std::to_string(route.body.size()) +
           "\r\n\r\n" + route.body;
  }
  static int status(const std::string& text) { return std::atoi(text.substr(9, 3).c_str()); }
  static bool is_denied(const std::string& text) {
    return status(text) == 403 && (text.find("AccessDenied") != std::string::npos);
  }

  HttpSettings settings_;
  std::unique_ptr<HttpServer> signed_server;

 private:
  static std::string signature(const std::string& key, const Route& route,
                               const std::string& type) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    auth::ToSign to_sign{route.method, route.target, "localhost", type, route.body, route.service};
    to_sign.amz_target = route.amz_target;
    std::string lines;
    for (const auto& [name, value] :
         auth::sign(to_sign, {key, "secret of " + key, "", "eu-west-1"}, {now.count()})) {
      lines += name + ": " + value + "\r\n";
    }
    return lines;
  }
  std::thread serving_;
};

TEST_F(SignedDoor, LetsNobodyInWithoutASignature) {
  for (const Route& route : routes()) {
    const std::string text = ask("", route);
    EXPECT_EQ(status(text), 403) << route.method << ' ' << route.target << ' ' << text;
    EXPECT_NE(text.find("MissingAuthenticationToken"), std::string::npos) << text;
    EXPECT_NE(text.find("x-amzn-RequestId: "), std::string::npos);
  }
}

TEST_F(SignedDoor, AllowsEachRouteToWhoMayAndToNobodyElse) {
  for (const Role role : {Role::Viewer, Role::Submitter, Role::Operator, Role::Admin}) {
    const std::string key = make_key(role, "*");
    for (const Route& route : routes()) {
      const std::string text = ask(key, route);
      EXPECT_EQ(is_denied(text), role < route.least)
          << name_of(role) << ' ' << route.method << ' ' << route.target << ' ' << text;
      EXPECT_NE(status(text), 0) << route.target;
    }
  }
}

TEST_F(SignedDoor, LetsKeysForSomeQueuesChangeNothingThatBelongsToAll) {
  const std::string key = make_key(Role::Operator, "lab-*");
  for (const Route& route : routes()) {
    const std::string text = ask(key, route);
    EXPECT_EQ(is_denied(text), route.is_global || route.least > Role::Operator)
        << route.method << ' ' << route.target << ' ' << text;
  }
}

TEST_F(SignedDoor, AsksNoKeyForWhatEverybodyMayKnow) {
  for (const char* target : {"/livez", "/readyz", "/version", "/", "/jobs", "/metrics"}) {
    EXPECT_EQ(status(ask("", {"GET", target, "", Role::Viewer, false})), 200) << target;
  }
}

TEST_F(SignedDoor, DescribesItselfToAnyKey) {
  const Route described{"GET", "/openapi.json", "", Role::Viewer, false};
  EXPECT_EQ(status(ask(make_key(Role::Viewer, "lab-*"), described)), 200);
  EXPECT_EQ(status(ask("", described)), 403);
}

TEST_F(SignedDoor, TellsWhatThereIsNot) {
  const std::string key = make_key(Role::Viewer, "*");
  for (const char* target : {"/dray/v1/nonsense", "/dray/v1/agents/a/nonsense", "/nonsense.txt"}) {
    EXPECT_EQ(status(ask(key, {"GET", target, "", Role::Viewer, false})), 404) << target;
    EXPECT_EQ(status(ask("", {"GET", target, "", Role::Viewer, false})), 403) << target;
  }
}

TEST_F(SignedDoor, RefusesPathsThatMeanAnother) {
  const std::string key = make_key(Role::Admin, "*");
  for (const char* target : {"/v1/./listjobs", "/v1/a/../listjobs", "//v1/listjobs"}) {
    EXPECT_EQ(status(ask(key, {"POST", target, "{}", Role::Viewer, false})), 400) << target;
  }
}

TEST_F(SignedDoor, OpensNothingWithASignatureForAnotherService) {
  const std::string key = make_key(Role::Admin, "*");
  const std::string text = ask(key, {"POST", "/v1/listjobs", "{}", Role::Viewer, false, "logs"});
  EXPECT_EQ(status(text), 403);
  EXPECT_NE(text.find("Credential should be scoped to correct service"), std::string::npos) << text;
}

TEST_F(SignedDoor, SpeaksStsInItsOwnWords) {
  const std::string text =
      ask("", {"POST", "/", "Action=GetCallerIdentity", Role::Viewer, false, "sts"});
  EXPECT_NE(text.find("<Code>MissingAuthenticationToken</Code>"), std::string::npos) << text;
}

class ForeignQueues : public SignedDoor {
 protected:
  ForeignQueues() {
    EXPECT_TRUE(backend.create_environment({.name = "default"}));
    for (const char* queue : {"lab-1", "other"}) {
      EXPECT_TRUE(backend.create_queue({.name = queue, .environments = {"default"}}));
    }
    JobDefinition definition;
    definition.name = "d";
    definition.container.image = "native";
    definition.container.command = {"true"};
    definition.container.request = {1000, 64, 0};
    EXPECT_TRUE(backend.register_definition(definition));
    for (const char* queue : {"lab-1", "other"}) {
      Submission submission;
      submission.name = "j";
      submission.queue = queue;
      submission.definition = "d";
      jobs[queue] = to_string(backend.submit(submission)->uuid);
    }
  }
  std::string post(const std::string& operation, const std::string& body) {
    return ask(key, {"POST", "/v1/" + operation, body, Role::Viewer, false});
  }
  std::string get(const std::string& path) {
    return ask(key, {"GET", "/dray/v1/" + path, "", Role::Viewer, false});
  }
  std::map<std::string, std::string> jobs;
  const std::string key = make_key(Role::Operator, "lab-*");
};

TEST_F(ForeignQueues, AreNotThere) {
  const std::string& own = jobs["lab-1"];
  const std::string& foreign = jobs["other"];
  const std::string both = R"({"jobs":[")" + own + R"(",")" + foreign + R"("]})";
  const std::string described = post("describejobs", both);
  EXPECT_NE(described.find(own), std::string::npos) << described;
  EXPECT_EQ(described.find(foreign), std::string::npos) << described;
  EXPECT_EQ(post("describejobqueues", "{}").find("\"other\""), std::string::npos);
  EXPECT_NE(post("describejobqueues", "{}").find("\"lab-1\""), std::string::npos);
  EXPECT_EQ(get("queues").find("\"other\""), std::string::npos);
  for (const char* part : {"/explain", "/history", "/log", "/log/tail", "/log/raw", "/children"}) {
    EXPECT_EQ(status(get("jobs/" + foreign + part)), 404) << part;
  }
  EXPECT_EQ(post("listjobs", R"({"jobQueue":"other","jobStatus":"RUNNABLE"})").find(foreign),
            std::string::npos);
  EXPECT_NE(post("listjobs", R"({"jobQueue":"lab-1","jobStatus":"RUNNABLE"})").find(own),
            std::string::npos);
}

TEST_F(ForeignQueues, AreNotChanged) {
  const std::string submit =
      post("submitjob", R"({"jobName":"x","jobQueue":"other","jobDefinition":"d"})");
  EXPECT_NE(submit.find("JobQueue other does not exist"), std::string::npos) << submit;
  const std::string follows =
      post("submitjob", R"({"jobName":"x","jobQueue":"lab-1","jobDefinition":"d","dependsOn":[{)"
                        R"("jobId":")" +
                            jobs["other"] + R"("}]})");
  EXPECT_EQ(status(follows), 400) << follows;
  // As of a job that does not exist: nothing is said, nothing is done.
  for (const char* ending : {"canceljob", "terminatejob"}) {
    EXPECT_EQ(status(post(ending, R"({"jobId":")" + jobs["other"] + R"(","reason":"x"})")), 200);
  }
  const std::scoped_lock lock(backend.mutex);
  for (const JobDetail& detail : backend.details) {
    EXPECT_EQ(detail.job.state, JobState::Runnable);
  }
}

TEST_F(ForeignQueues, AreNotMadeOrDeleted) {
  EXPECT_EQ(status(post("createjobqueue",
                        R"({"jobQueueName":"mine","priority":1,"computeEnvironmentOrder":[{)"
                        R"("order":1,"computeEnvironment":"default"}]})")),
            403);
  EXPECT_EQ(status(post("createjobqueue",
                        R"({"jobQueueName":"lab-2","priority":1,"computeEnvironmentOrder":[{)"
                        R"("order":1,"computeEnvironment":"default"}]})")),
            200);
  for (const char* operation : {"updatejobqueue", "deletejobqueue"}) {
    const std::string text = post(operation, R"({"jobQueue":"other"})");
    EXPECT_NE(text.find("does not exist"), std::string::npos) << text;
  }
}

TEST_F(SignedDoor, WritesDownWhoChangedWhat) {
  const std::string key = make_key(Role::Submitter, "*");
  ask(key, {"POST", "/v1/describejobs", "{}", Role::Viewer, false});
  const std::string denied = ask(
      key,
      {"POST", "/v1/createjobqueue", R"({"jobQueueName":"q","x":"secret"})", Role::Viewer, false});
  const std::string id = denied.substr(denied.find("x-amzn-RequestId: ") + 18, 36);
  const std::scoped_lock lock(backend.mutex);
  ASSERT_EQ(backend.audit.size(), 1U);
  const std::string& line = backend.audit[0];
  for (const std::string& part :
       {std::string(R"("user":"user")"), R"("accessKeyId":")" + key + '"',
        std::string(R"("action":"batch:createjobqueue")"), std::string(R"("status":403)"),
        R"("requestId":")" + id + '"', std::string(R"("request":{"jobQueueName":"q"})")}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
  EXPECT_EQ(line.find("secret"), std::string::npos);
}

/// An event stream of a key.
class Stream : public SignedDoor {
 protected:
  std::unique_ptr<Peer> listen(const std::string& key) {
    auto peer = std::make_unique<Peer>(port);
    peer->send(text_of(key, {"GET", "/dray/v1/events", "", Role::Viewer, false}, ""));
    peer->read("\n\n");
    return peer;
  }
  const Uuid job{0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};
};

TEST_F(Stream, TellsNoNamesToAKeyForSomeQueues) {
  const auto all = listen(make_key(Role::Viewer, "*"));
  const auto some = listen(make_key(Role::Viewer, "lab-*"));
  backend.happen(job);
  EXPECT_NE(all->read("}\n\n").find(to_string(job)), std::string::npos);
  const std::string told = some->read("}\n\n");
  EXPECT_EQ(told.find(to_string(job)), std::string::npos) << told;
  EXPECT_NE(told.find("\"all\":true"), std::string::npos) << told;
}

TEST_F(Stream, EndsWithItsKey) {
  const std::string key = make_key(Role::Viewer, "*");
  const auto peer = listen(key);
  EXPECT_TRUE(backend.switch_access_key(key, false));
  backend.happen(job);
  EXPECT_EQ(peer->read().find(to_string(job)), std::string::npos);
}

TEST_F(Stream, IsForNobodyWithoutAKey) {
  EXPECT_EQ(status(ask("", {"GET", "/dray/v1/events", "", Role::Viewer, false})), 403);
}

class Browser : public SignedDoor {
 protected:
  std::string sign_in(const std::string& body) {
    return ask("", {"POST", "/dray/v1/session", body, Role::Viewer, false});
  }
  std::string cookie_of(const std::string& answer_text) {
    const std::size_t at = answer_text.find("Set-Cookie: ");
    return at == std::string::npos
               ? ""
               : answer_text.substr(at + 12, answer_text.find(';', at) - at - 12);
  }
  std::string with(const std::string& cookie, const std::string& method, const std::string& target,
                   const std::string& more = "") {
    return ask("", {method, target, method == "GET" ? "" : "{}", Role::Viewer, false},
               "Cookie: a=b; " + cookie + "\r\n" + more);
  }
  const std::string key = make_key(Role::Operator, "*");
  const std::string right =
      R"({"accessKeyId":")" + key + R"(","secretAccessKey":"secret of )" + key + R"("})";
};

TEST_F(Browser, HoldsASessionAfterSigningIn) {
  const std::string signed_in = sign_in(right);
  EXPECT_EQ(status(signed_in), 200) << signed_in;
  EXPECT_NE(signed_in.find("; HttpOnly; SameSite=Strict"), std::string::npos) << signed_in;
  const std::string cookie = cookie_of(signed_in);
  EXPECT_EQ(status(with(cookie, "GET", "/dray/v1/overview")), 200);
  EXPECT_NE(with(cookie, "GET", "/dray/v1/session").find(R"("role":"operator")"),
            std::string::npos);
  EXPECT_EQ(status(with(cookie, "POST", "/dray/v1/agents/a/drain")), 403) << "without the header";
  EXPECT_NE(status(with(cookie, "POST", "/dray/v1/agents/a/drain", "X-Requested-By: dray\r\n")),
            403);
  EXPECT_EQ(status(with(cookie, "GET", "/dray/v1/keys")), 403) << "an operator";
}

TEST_F(Browser, IsRefusedWithAWrongSecretOrCookie) {
  EXPECT_EQ(status(sign_in(R"({"accessKeyId":")" + key + R"(","secretAccessKey":"x"})")), 403);
  EXPECT_EQ(status(sign_in(R"({"accessKeyId":"NOBODY","secretAccessKey":"x"})")), 403);
  EXPECT_EQ(status(sign_in("{}")), 400);
  const std::string cookie = cookie_of(sign_in(right));
  for (std::size_t i = cookie.find('=') + 1; i < cookie.size(); i += 7) {
    std::string changed = cookie;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(status(with(changed, "GET", "/dray/v1/overview")), 403) << changed;
  }
}

TEST_F(Browser, IsOutAfterSigningOutAndWhenItsKeyIsDisabled) {
  const std::string first = cookie_of(sign_in(right));
  const std::string second = cookie_of(sign_in(right));
  EXPECT_EQ(status(with(first, "DELETE", "/dray/v1/session")), 200);
  EXPECT_EQ(status(with(first, "GET", "/dray/v1/overview")), 403);
  EXPECT_EQ(status(with(second, "GET", "/dray/v1/overview")), 200);
  EXPECT_TRUE(backend.switch_access_key(key, false));
  EXPECT_EQ(status(with(second, "GET", "/dray/v1/overview")), 403);
}

}  // namespace
}  // namespace dray::server
