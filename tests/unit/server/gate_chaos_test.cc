#include <random>
#include <thread>
#include <vector>

#include "model/log_record.h"
#include "tests/unit/server/door_under_test.h"

namespace dray::server {
namespace {

const std::string kHost = "Host: localhost\r\n";

/// Clients that do everything at once, well and badly, and go away in the middle of it.
class GateChaos : public DoorUnderTest {
 protected:
  void visit(std::mt19937& chance) const {
    Peer peer(port);
    const auto one_of = [&chance](std::uint32_t count) {
      return static_cast<std::uint32_t>(chance() % count);
    };
    switch (one_of(9)) {
      case 0:
        break;
      case 1:
        peer.send("GET /livez HTT");
        break;
      case 2: {
        std::string many;
        for (std::uint32_t i = one_of(40); i > 0; --i) {
          many += "GET /livez HTTP/1.1\r\n" + kHost + "\r\n";
        }
        peer.send(many);
        break;
      }
      case 3:
        peer.send("POST /v1/describejobs HTTP/1.1\r\n" + kHost + "Content-Length: 300000\r\n\r\n" +
                  std::string(one_of(299'999), ' '));
        break;
      case 4:
        peer.send("GET /dray/v1/events HTTP/1.1\r\n" + kHost + "\r\n");
        peer.send(std::string(one_of(100'000), 'x'));
        break;
      case 5:
        peer.send("GET /dray/v1/jobs/4c7599ae-0a82-49aa-ba5a-4727fcce14a8/log/raw HTTP/1.1\r\n" +
                  kHost + "\r\n");
        break;
      case 6:
        peer.send("POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
        break;
      case 7:
        peer.send("HEAD /livez HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n");
        ::shutdown(peer.socket(), SHUT_WR);
        break;
      default:
        peer.send("GET /livez HTTP/1.1\r\n" + kHost + "\r\n");
        EXPECT_NE(peer.read("\r\n\r\n"), "");
    }
    if (one_of(2) == 0) {
      char some[1000];
      static_cast<void>(::recv(peer.socket(), some, sizeof some, MSG_DONTWAIT));
    }
  }
};

TEST_F(GateChaos, LeavesNothingBehind) {
  JobDetail detail;
  detail.job.uuid = {0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};
  detail.job.id = JobId{1};
  detail.job.spec = std::make_shared<const JobSpec>();
  detail.attempts.push_back({.key = {{JobId{1}, kNoChild}, 1}, .state = AttemptState::Running});
  backend.details.push_back(detail);
  for (int i = 0; i < 2000; ++i) {
    append_log_record(backend.logs[detail.attempts[0].key],
                      {LogStream::Output, {1}, std::string(999, 'x') + "\n"});
  }
  HttpSettings settings;
  settings.limits.connections_max = 60;
  settings.limits.held_bytes_max = 1024 * 1024;
  settings.limits.requests_waiting_max = 4;
  settings.limits.threads = 3;
  settings.limits.head_deadline = std::chrono::milliseconds(20);
  settings.limits.body_deadline = std::chrono::milliseconds(20);
  settings.limits.write_deadline = std::chrono::milliseconds(20);
  settings.streams.gap = std::chrono::milliseconds(1);
  settings.streams.heartbeat = std::chrono::milliseconds(5);
  start(settings);
  std::vector<std::thread> clients;
  for (std::uint32_t seed = 0; seed < 6; ++seed) {
    clients.emplace_back([this, seed] {
      std::mt19937 chance(seed);
      for (std::uint64_t i = 0; i < 150; ++i) {
        visit(chance);
        backend.happen({seed, i});
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  std::string metrics;  // Until the gate has seen all of them go.
  while (metrics.find("\nconnections 1\n") == std::string::npos) {
    metrics = answer("GET /metrics HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n");
    ASSERT_TRUE(metrics.starts_with("HTTP/1.1 200") || metrics.starts_with("HTTP/1.1 503"));
  }
  EXPECT_EQ(server->streams_open(), 0U);
}

}  // namespace
}  // namespace dray::server
