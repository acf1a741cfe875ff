#include "api/server/http_server.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "model/log_record.h"
#include "tests/unit/server/door_under_test.h"

namespace dray::server {
namespace {

class HttpServerTest : public DoorUnderTest {
 protected:
  void start(HttpSettings settings = {}) {
    settings.limits.threads = 4;
    DoorUnderTest::start(std::move(settings));
  }
};

const std::string kLivez = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kOk = "{\"status\":\"ok\"}";

TEST_F(HttpServerTest, AnswersRequestAfterRequestOnOneConnection) {
  start();
  const Peer peer(port);
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(peer.send(kLivez));
    EXPECT_TRUE(peer.read(kOk).starts_with("HTTP/1.1 200 OK")) << i;
  }
}

TEST_F(HttpServerTest, AnswersRequestsSentTogetherInOrder) {
  start();
  const std::string text =
      answer(kLivez + "GET /version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_LT(text.find(kOk), text.find("\"version\""));
  EXPECT_NE(text.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServerTest, TakesAChunkedBody) {
  start();
  const std::string text = answer(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nConnection: "
      "close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"job\r\n6\r\ns\":[]}\r\n0\r\n\r\n");
  EXPECT_NE(text.find("{\"jobs\":[]}"), std::string::npos) << text;
}

TEST_F(HttpServerTest, InvitesABodyThatWaitsToBeInvited) {
  start();
  const Peer peer(port);
  peer.send(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nExpect: "
      "100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(peer.read("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("{\"jobs\":[]}");
  EXPECT_TRUE(peer.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, CutsOffAnEndlessHead) {
  start();
  EXPECT_TRUE(answer("GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(17 * 1024, 'a'))
                  .starts_with("HTTP/1.1 431"));
  std::string many = "GET /livez HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 65; ++i) {
    many += "A" + std::to_string(i) + ": b\r\n";
  }
  EXPECT_TRUE(answer(many + "\r\n").starts_with("HTTP/1.1 431"));
}

TEST_F(HttpServerTest, CutsOffABodyThatIsTooLarge) {
  start();
  EXPECT_TRUE(
      answer("POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n")
          .starts_with("HTTP/1.1 413"));
  const Peer peer(port);
  peer.send("POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  int chunks = 0;
  while (chunks < 1000 && peer.send(chunk)) {
    ++chunks;
  }
  EXPECT_LT(chunks, 1000);
}

TEST_F(HttpServerTest, GivesUpOnAHeadThatDoesNotCome) {
  HttpSettings settings;
  settings.limits.head_deadline = std::chrono::milliseconds(50);
  start(settings);
  EXPECT_TRUE(answer("GET / HT").starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, GivesUpOnABodyThatDoesNotCome) {
  HttpSettings settings;
  settings.limits.body_deadline = std::chrono::milliseconds(50);
  start(settings);
  EXPECT_TRUE(
      answer("POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{")
          .starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, KeepsMoreIdleConnectionsThanItHasThreads) {
  start();
  std::vector<std::unique_ptr<Peer>> idle;
  for (int i = 0; i < 50; ++i) {
    idle.push_back(std::make_unique<Peer>(port));
    idle.back()->send(kLivez);
    EXPECT_TRUE(idle.back()->read(kOk).starts_with("HTTP/1.1 200"));
  }
  EXPECT_TRUE(
      answer("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ends_with(kOk));
  EXPECT_TRUE(idle.front()->send(kLivez));
  EXPECT_TRUE(idle.front()->read(kOk).ends_with(kOk));
}

TEST_F(HttpServerTest, ClosesConnectionsThatStayIdle) {
  HttpSettings settings;
  settings.limits.idle_deadline = std::chrono::milliseconds(0);
  start(settings);
  const Peer peer(port);
  EXPECT_EQ(peer.read(), "");
}

TEST_F(HttpServerTest, TurnsConnectionsAwayWhenThereAreTooMany) {
  HttpSettings settings;
  settings.limits.connections_max = 1;
  start(settings);
  const Peer first(port);
  first.send(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 11\r\n\r\n");
  EXPECT_TRUE(first.read("\r\n\r\n").starts_with("HTTP/1.1 100"));
  const std::string second = answer("");
  EXPECT_TRUE(second.starts_with("HTTP/1.1 503")) << second;
  EXPECT_NE(second.find("Retry-After: 1"), std::string::npos);
  first.send("{\"jobs\":[]}");
  EXPECT_TRUE(first.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, LetsAnIdleConnectionGiveWayToANewOne) {
  HttpSettings settings;
  settings.limits.connections_max = 2;
  start(settings);
  const Peer oldest(port);
  oldest.send(kLivez);
  EXPECT_TRUE(oldest.read(kOk).ends_with(kOk));
  const Peer other(port);
  other.send(kLivez);
  EXPECT_TRUE(other.read(kOk).ends_with(kOk));
  EXPECT_TRUE(answer("GET /livez HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 421"));
  EXPECT_EQ(oldest.read(), "") << "closed";
  other.send(kLivez);
  EXPECT_TRUE(other.read(kOk).ends_with(kOk));
}

TEST_F(HttpServerTest, LetsOneThatDripsGiveWayWhenNobodyIsIdle) {
  HttpSettings settings;
  settings.limits.connections_max = 1;
  settings.limits.patience = std::chrono::milliseconds(0);
  start(settings);
  const Peer drips(port);
  drips.send(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 11\r\n\r\n");
  EXPECT_TRUE(drips.read("\r\n\r\n").starts_with("HTTP/1.1 100"));
  EXPECT_TRUE(
      answer("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ends_with(kOk));
  EXPECT_EQ(drips.read(), "");
}

TEST_F(HttpServerTest, SurvivesBytesThatAreNoHttp) {
  start();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11),
        std::string(100, '\0') + "\r\n\r\n", std::string("GET\r\n\r\n"), std::string("\r\n\r\n")}) {
    EXPECT_TRUE(answer(bytes).starts_with("HTTP/1.1 400")) << bytes;
  }
  EXPECT_TRUE(
      answer("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ends_with(kOk));
}

TEST_F(HttpServerTest, RefusesWhatAForeignPageMakesABrowserSend) {
  start();
  EXPECT_TRUE(
      answer("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n").starts_with("HTTP/1.1 421"));
  const std::string body = "{\"jobName\":\"j\"}";
  const auto submit = [&](const std::string& headers) {
    return answer("POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\n" + headers +
                  "Content-Length: " + std::to_string(body.size()) +
                  "\r\nConnection: close\r\n\r\n" + body);
  };
  EXPECT_TRUE(submit("Origin: http://evil.example\r\n").starts_with("HTTP/1.1 403"));
  EXPECT_TRUE(submit("Content-Type: text/plain\r\n").starts_with("HTTP/1.1 415"));
  EXPECT_TRUE(submit("Origin: http://localhost\r\n").starts_with("HTTP/1.1 400"))
      << "reached the door";
}

TEST_F(HttpServerTest, SendsALogInChunks) {
  JobDetail detail;
  detail.job.uuid = {0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};
  detail.job.id = JobId{1};
  detail.job.spec = std::make_shared<const JobSpec>();
  detail.attempts.push_back({.key = {{JobId{1}, kNoChild}, 1}, .state = AttemptState::Running});
  backend.details.push_back(detail);
  std::string& log = backend.logs[detail.attempts[0].key];
  append_log_record(log, {LogStream::Output, {1}, "hello\n"});
  append_log_record(log, {LogStream::Error, {2}, "<b>&\n"});
  start();
  const std::string path = "/dray/v1/jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log/raw";
  const std::string text = answer("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\nb\r\nhello\n<b>&\n\r\n0\r\n\r\n")) << text;
  EXPECT_TRUE(answer("GET " + path + "?attempt=2 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .starts_with("HTTP/1.1 404"));
}

TEST_F(HttpServerTest, TellsWhatItAnsweredByNamesOfAFixedList) {
  start();
  for (const char* line :
       {"GET /livez", "GET /dray/v1/jobs/x/log/tail", "GET /jobs/4c7599ae", "POST /v1/listjobs",
        "POST /v1/nonsense", "GET /nonsense", "GET /dray/v1/agents/a1/x"}) {
    answer(std::string(line) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }
  answer("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  server->stop();
  running.join();
  std::map<std::string, int> expected{{"livez 200", 1},    {"log/tail 404", 1}, {"page 200", 1},
                                      {"listjobs 400", 1}, {"unknown 404", 3},  {"metrics 200", 1}};
  EXPECT_EQ(backend.answered, expected);
}

TEST_F(HttpServerTest, SaysWhenTheAddressIsTaken) {
  start();
  HttpSettings settings;
  settings.port = port;
  HttpServer second(backend, settings, admission);
  const Result<std::uint16_t> bound = second.bind();
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, ErrorCode::Unavailable);
  EXPECT_NE(bound.error().reason.find(std::to_string(port)), std::string::npos);
}

TEST_F(HttpServerTest, StopsWithoutWaitingForARequestThatIsHalfSent) {
  HttpSettings settings;
  settings.limits.head_deadline = std::chrono::hours(1);
  settings.limits.body_deadline = std::chrono::hours(1);
  start(settings);
  const Peer head(port);
  head.send("GET / HT");
  const Peer body(port);
  body.send(
      "POST /v1/submitjob HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: "
      "9\r\n\r\n");
  EXPECT_TRUE(body.read("\r\n\r\n").starts_with("HTTP/1.1 100"));
  server->stop();
  running.join();
}

TEST_F(HttpServerTest, StopsWithConnectionsOpenAndBeforeItRan) {
  start();
  const Peer peer(port);
  peer.send(kLivez);
  EXPECT_TRUE(peer.read(kOk).ends_with(kOk));
  server->stop();
  running.join();
  HttpServer never(backend, {.port = 0});
  ASSERT_TRUE(never.bind());
  never.stop();
  never.run();
}

}  // namespace
}  // namespace dray::server
