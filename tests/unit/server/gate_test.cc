#include <future>
#include <vector>

#include "model/log_record.h"
#include "tests/unit/server/door_under_test.h"

namespace dray::server {
namespace {

const std::string kAsk = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string kLastAsk = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const std::string kGood = "{\"status\":\"ok\"}";
constexpr JobId kJob{1};
const std::string kRawLog = "/dray/v1/jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log/raw";

class GateTest : public DoorUnderTest {
 protected:
  /// A job whose log has so many bytes.
  void write_log(std::size_t bytes) {
    JobDetail detail;
    detail.job.uuid = {0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};
    detail.job.id = kJob;
    detail.job.spec = std::make_shared<const JobSpec>();
    detail.attempts.push_back({.key = {{kJob, kNoChild}, 1}, .state = AttemptState::Running});
    backend.details.push_back(detail);
    std::string& log = backend.logs[detail.attempts[0].key];
    for (std::size_t written = 0; written < bytes; written += 1000) {
      append_log_record(log, {LogStream::Output, {1}, std::string(999, 'x') + "\n"});
    }
  }
};

TEST_F(GateTest, AnswersTooManyRequestsAndKeepsTheConnection) {
  HttpSettings settings;
  settings.limits.spares_loopback = false;
  settings.limits.address_rate = 1;
  start(settings);
  const Peer peer(port);
  for (int i = 0; i < 2; ++i) {
    peer.send(kAsk);
    EXPECT_TRUE(peer.read(kGood).starts_with("HTTP/1.1 200"));
  }
  for (int i = 0; i < 2; ++i) {
    peer.send(kAsk);
    const std::string text = peer.read("}");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 429")) << text;
    EXPECT_NE(text.find("x-amzn-errortype: TooManyRequestsException"), std::string::npos);
    EXPECT_NE(text.find("Retry-After: 1"), std::string::npos);
    EXPECT_EQ(text.find("Connection: close"), std::string::npos);
  }
}

TEST_F(GateTest, BoundsTheConnectionsOfAnAddress) {
  HttpSettings settings;
  settings.limits.spares_loopback = false;
  settings.limits.connections_per_address_max = 1;
  start(settings);
  auto first = std::make_unique<Peer>(port);
  first->send(kAsk);
  EXPECT_TRUE(first->read(kGood).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(answer("").starts_with("HTTP/1.1 429"));
  first.reset();
  std::string later;  // The place is free as soon as the gate has seen it go.
  while (!later.starts_with("HTTP/1.1 200")) {
    later = answer(kLastAsk);
    ASSERT_TRUE(later.empty() || later.starts_with("HTTP/1.1 200") ||
                later.starts_with("HTTP/1.1 429"))
        << later;
  }
}

TEST_F(GateTest, AnswersBusyWhenTooManyWaitForAThread) {
  HttpSettings settings;
  settings.limits.threads = 1;
  settings.limits.requests_waiting_max = 1;
  start(settings);
  std::vector<std::unique_ptr<Peer>> peers;
  const std::string ask =
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
      "Content-Length: 49\r\n\r\n{\"jobs\":[\"4c7599ae-0a82-49aa-ba5a-4727fcce14a8\"]}";
  int busy = 0;
  {
    const std::lock_guard held(backend.mutex);  // Whoever asks the backend waits.
    for (int i = 0; i < 3; ++i) {
      peers.push_back(std::make_unique<Peer>(port));
      peers.back()->send(ask);
    }
    // One at work, one waiting; the third, whichever it is, hears at once.
    std::vector<pollfd> wanted;
    for (const auto& peer : peers) {
      wanted.push_back({peer->socket(), POLLIN, 0});
    }
    ASSERT_GE(::poll(wanted.data(), wanted.size(), 30'000), 1);
  }
  for (const auto& peer : peers) {
    const std::string text = peer->read();
    busy += text.starts_with("HTTP/1.1 503") ? 1 : 0;
    EXPECT_TRUE(text.starts_with("HTTP/1.1 503") || text.starts_with("HTTP/1.1 200")) << text;
  }
  EXPECT_GE(busy, 1);
}

TEST_F(GateTest, DropsWhoeverHoldsMostForLongest) {
  HttpSettings settings;
  settings.limits.held_bytes_max = 256 * 1024;
  start(settings);
  const std::string head =
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n";
  const Peer slow(port);
  slow.send(head + std::string(150'000, ' '));
  const Peer little(port);
  little.send("POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{");
  const Peer quick(port);
  quick.send(head + "{\"jobs\":[]}" + std::string(150'000, ' '));
  const std::string refused = slow.read();
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503")) << refused;
  quick.send(std::string(200'000 - 150'000 - 11, ' '));
  EXPECT_TRUE(quick.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
  little.send("\"jobs\":[]}");
  EXPECT_TRUE(little.read("{\"jobs\":[]}").starts_with("HTTP/1.1 200"));
}

TEST_F(GateTest, LetsNoReaderOfALogHoldAThread) {
  write_log(32'000'000);
  HttpSettings settings;
  settings.limits.threads = 2;
  start(settings);
  std::vector<std::unique_ptr<Peer>> readers;
  for (int i = 0; i < 8; ++i) {
    readers.push_back(std::make_unique<Peer>(port));
    readers.back()->send("GET " + kRawLog + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(readers.back()->read("\r\n\r\n").starts_with("HTTP/1.1 200"));
  }
  EXPECT_TRUE(answer(kLastAsk).ends_with(kGood));
  const std::string whole = readers.front()->read();
  EXPECT_GT(whole.size(), 32'000'000U - 100'000U);
  EXPECT_TRUE(whole.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(GateTest, BoundsDownloadsAndFreesTheirPlaces) {
  write_log(32'000'000);
  HttpSettings settings;
  settings.limits.downloads_max = 1;
  start(settings);
  const std::string ask = "GET " + kRawLog + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  {
    const Peer first(port);
    first.send(ask);
    EXPECT_TRUE(first.read("\r\n\r\n").starts_with("HTTP/1.1 200"));
    EXPECT_TRUE(answer(ask).starts_with("HTTP/1.1 503"));
  }
  std::string later;
  while (!later.starts_with("HTTP/1.1 200")) {
    const Peer next(port);
    next.send(ask);
    later = next.read("\r\n");
    ASSERT_NE(later, "");
  }
}

TEST_F(GateTest, DropsAReaderThatDoesNotReadInTime) {
  write_log(32'000'000);
  HttpSettings settings;
  settings.limits.write_deadline = std::chrono::milliseconds(50);
  start(settings);
  const Peer reader(port);
  reader.send("GET " + kRawLog + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  std::string metrics;
  while (metrics.find("reader 1") == std::string::npos) {
    metrics = answer("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    ASSERT_TRUE(metrics.starts_with("HTTP/1.1 200")) << metrics;
  }
  EXPECT_FALSE(reader.read().ends_with("0\r\n\r\n")) << "a log that was cut off has no end";
}

/// Says when it was asked, and answers when it is told to.
class SlowBackend : public test::FakeBackend {
 public:
  Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) override {
    asked.set_value();
    go_on.get_future().wait();
    return FakeBackend::describe(std::move(jobs));
  }
  std::promise<void> asked;
  std::promise<void> go_on;
};

TEST(Gate, FinishesWhatItAnswersBeforeItStops) {
  SlowBackend backend;
  test::OpenAdmission admission;
  HttpServer server(backend, {.port = 0}, admission);
  const std::uint16_t port = server.bind().value();
  std::thread running([&server] { server.run(); });
  const Peer idle(port);
  idle.send(kAsk);
  EXPECT_TRUE(idle.read(kGood).ends_with(kGood));
  const Peer peer(port);
  peer.send(
      "POST /v1/describejobs HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Length: 49\r\n\r\n{\"jobs\":[\"4c7599ae-0a82-49aa-ba5a-4727fcce14a8\"]}");
  backend.asked.get_future().wait();
  server.stop();
  EXPECT_EQ(idle.read(), "");
  backend.go_on.set_value();
  EXPECT_TRUE(peer.read().ends_with("{\"jobs\":[]}"));
  running.join();
}

}  // namespace
}  // namespace dray::server
