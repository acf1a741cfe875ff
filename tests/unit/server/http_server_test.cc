#include "api/server/http_server.h"

#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/fake_backend.h"

namespace dray::server {
namespace {

/// A client's end of a connection to the server under test.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Peer() { ::close(socket_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// False when the server has closed before all of it was taken.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Everything up to the server's close, or up to `end`.
  std::string read(const std::string& end = "") const {
    std::string text;
    while (end.empty() || text.find(end) == std::string::npos) {
      pollfd wanted{socket_, POLLIN, 0};
      char bytes[4096];
      const ssize_t got =
          ::poll(&wanted, 1, 30'000) == 1 ? ::recv(socket_, bytes, sizeof bytes, 0) : -1;
      if (got <= 0) {
        break;
      }
      text.append(bytes, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int socket_;
};

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpSettings settings = {}) {
    settings.port = 0;
    settings.threads = 4;
    server = std::make_unique<HttpServer>(backend, settings);
    const Result<std::uint16_t> bound = server->bind();
    ASSERT_TRUE(bound) << bound.error().reason;
    port = *bound;
    running = std::thread([this] { server->run(); });
  }
  void TearDown() override {
    if (running.joinable()) {
      server->stop();
      running.join();
    }
  }
  std::string answer(const std::string& bytes) const {
    const Peer peer(port);
    peer.send(bytes);
    return peer.read();
  }

  test::FakeBackend backend;
  std::unique_ptr<HttpServer> server;
  std::thread running;
  std::uint16_t port = 0;
};

const std::string kLivez = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
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
  const std::string text = answer(kLivez + "GET /version HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_LT(text.find(kOk), text.find("\"version\""));
  EXPECT_NE(text.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServerTest, TakesAChunkedBody) {
  start();
  const std::string text = answer(
      "POST /v1/describejobs HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"job\r\n6\r\ns\":[]}\r\n0\r\n\r\n");
  EXPECT_NE(text.find("{\"jobs\":[]}"), std::string::npos) << text;
}

TEST_F(HttpServerTest, InvitesABodyThatWaitsToBeInvited) {
  start();
  const Peer peer(port);
  peer.send("POST /v1/describejobs HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  EXPECT_EQ(peer.read("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("{\"jobs\":[]}");
  EXPECT_TRUE(peer.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, CutsOffAnEndlessHead) {
  start();
  EXPECT_TRUE(
      answer("GET / HTTP/1.1\r\nA: " + std::string(17 * 1024, 'a')).starts_with("HTTP/1.1 431"));
  std::string many = "GET /livez HTTP/1.1\r\n";
  for (int i = 0; i < 65; ++i) {
    many += "A" + std::to_string(i) + ": b\r\n";
  }
  EXPECT_TRUE(answer(many + "\r\n").starts_with("HTTP/1.1 431"));
}

TEST_F(HttpServerTest, CutsOffABodyThatIsTooLarge) {
  start();
  EXPECT_TRUE(answer("POST /v1/submitjob HTTP/1.1\r\nContent-Length: 1048577\r\n\r\n")
                  .starts_with("HTTP/1.1 413"));
  const Peer peer(port);
  peer.send("POST /v1/submitjob HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  int chunks = 0;
  while (chunks < 1000 && peer.send(chunk)) {
    ++chunks;
  }
  EXPECT_LT(chunks, 1000);
}

TEST_F(HttpServerTest, GivesUpOnAHeadThatDoesNotCome) {
  HttpSettings settings;
  settings.head_deadline = std::chrono::milliseconds(50);
  start(settings);
  EXPECT_TRUE(answer("GET / HT").starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, GivesUpOnABodyThatDoesNotCome) {
  HttpSettings settings;
  settings.body_deadline = std::chrono::milliseconds(50);
  start(settings);
  EXPECT_TRUE(answer("POST /v1/submitjob HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
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
  EXPECT_TRUE(answer("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with(kOk));
  EXPECT_TRUE(idle.front()->send(kLivez));
  EXPECT_TRUE(idle.front()->read(kOk).ends_with(kOk));
}

TEST_F(HttpServerTest, ClosesConnectionsThatStayIdle) {
  HttpSettings settings;
  settings.idle_deadline = std::chrono::milliseconds(0);
  start(settings);
  const Peer peer(port);
  EXPECT_EQ(peer.read(), "");
}

TEST_F(HttpServerTest, TurnsConnectionsAwayWhenThereAreTooMany) {
  HttpSettings settings;
  settings.connections_max = 1;
  start(settings);
  const Peer first(port);
  first.send(kLivez);
  EXPECT_TRUE(first.read(kOk).ends_with(kOk));
  const std::string second = answer("");
  EXPECT_TRUE(second.starts_with("HTTP/1.1 503")) << second;
  EXPECT_NE(second.find("Retry-After: 1"), std::string::npos);
}

TEST_F(HttpServerTest, SurvivesBytesThatAreNoHttp) {
  start();
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11),
        std::string(100, '\0') + "\r\n\r\n", std::string("GET\r\n\r\n"), std::string("\r\n\r\n")}) {
    EXPECT_TRUE(answer(bytes).starts_with("HTTP/1.1 400")) << bytes;
  }
  EXPECT_TRUE(answer("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n").ends_with(kOk));
}

TEST_F(HttpServerTest, SaysWhenTheAddressIsTaken) {
  start();
  HttpSettings settings;
  settings.port = port;
  HttpServer second(backend, settings);
  const Result<std::uint16_t> bound = second.bind();
  ASSERT_FALSE(bound);
  EXPECT_EQ(bound.error().code, ErrorCode::Unavailable);
  EXPECT_NE(bound.error().reason.find(std::to_string(port)), std::string::npos);
}

TEST_F(HttpServerTest, StopsWithoutWaitingForARequestThatIsHalfSent) {
  HttpSettings settings;
  settings.head_deadline = std::chrono::hours(1);
  settings.body_deadline = std::chrono::hours(1);
  start(settings);
  const Peer head(port);
  head.send("GET / HT");
  const Peer body(port);
  body.send("POST /v1/submitjob HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
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
