#include "api/server/event_streams.h"

#include <gtest/gtest.h>

#include "api/server/http_server.h"
#include "tests/unit/server/door_under_test.h"

namespace dray::server {
namespace {

constexpr Uuid kFirst{0x4c7599ae0a8249aa, 0xba5a4727fcce14a8};

class EventStreamsTest : public DoorUnderTest {
 protected:
  void start(StreamSettings streams = {.gap = std::chrono::milliseconds(1)}) {
    HttpSettings settings;
    settings.limits.threads = 2;
    settings.streams = streams;
    DoorUnderTest::start(std::move(settings));
  }
  /// A stream that has begun.
  std::unique_ptr<Peer> open(const std::string& headers = "") {
    auto peer = std::make_unique<Peer>(port);
    peer->send("GET /dray/v1/events HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    begin = peer->read("\n\n");
    return peer;
  }

  std::string begin;  ///< What the last opened stream began with.
};

TEST_F(EventStreamsTest, TellsChangesAsTheyHappen) {
  start();
  const auto peer = open();
  EXPECT_TRUE(begin.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")) << begin;
  EXPECT_TRUE(begin.ends_with("\r\n\r\nretry: 2000\nid: 0\n\n")) << begin;
  backend.happen(kFirst);
  EXPECT_EQ(peer->read("\n\n"),
            "id: 1\nevent: change\ndata: {\"jobs\":[\"4c7599ae-0a82-49aa-ba5a-4727fcce14a8\"],"
            "\"queues\":[],\"agents\":false,\"overview\":true,\"all\":false}\n\n");
  backend.happen({2, 2});
  EXPECT_TRUE(peer->read("\n\n").starts_with("id: 2\nevent: change\n"));
}

TEST_F(EventStreamsTest, GoesOnFromWhereAStreamBroke) {
  start();
  const auto first = open();
  backend.happen(kFirst);
  EXPECT_TRUE(first->read("\n\n").starts_with("id: 1\n"));
  const auto again = open("Last-Event-ID: 0\r\n");
  EXPECT_NE(begin.find("\n\nid: 1\nevent: change\ndata: {"), std::string::npos) << begin;
  const auto strange = open("Last-Event-ID: 17\r\n");
  EXPECT_TRUE(begin.ends_with("\n\nid: 1\nevent: resync\ndata: {}\n\n")) << begin;
}

TEST_F(EventStreamsTest, FoldsWhatHappensInAShortTimeIntoOneEvent) {
  start({.gap = std::chrono::milliseconds(300)});
  const auto peer = open();
  backend.happen({1, 1});
  EXPECT_TRUE(peer->read("\n\n").starts_with("id: 1\n"));
  for (std::uint64_t i = 2; i <= 50; ++i) {
    backend.happen({1, i});
  }
  EXPECT_TRUE(peer->read("\n\n").starts_with("id: 50\n"));
}

TEST_F(EventStreamsTest, BeatsWhenThereIsNothingToTell) {
  start({.heartbeat = std::chrono::milliseconds(1)});
  const auto peer = open();
  EXPECT_TRUE(peer->read(":\n\n").ends_with(":\n\n"));
}

TEST_F(EventStreamsTest, HoldNoThreadsOfRequests) {
  start();
  std::vector<std::unique_ptr<Peer>> streams;
  for (int i = 0; i < 20; ++i) {
    streams.push_back(open());
  }
  const Peer peer(port);
  peer.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(peer.read().starts_with("HTTP/1.1 200"));
  backend.happen(kFirst);
  for (const auto& stream : streams) {
    EXPECT_TRUE(stream->read("\n\n").starts_with("id: 1\n"));
  }
}

TEST_F(EventStreamsTest, AreTurnedAwayWhenThereAreTooMany) {
  start({.streams_max = 2});
  const auto first = open();
  auto second = open();
  const Peer third(port);
  third.send("GET /dray/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string answer = third.read();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  EXPECT_NE(answer.find("Retry-After: 1"), std::string::npos);
  second.reset();
  // The place of one that has gone is free as soon as the server has seen it go.
  std::string later;
  while (!later.starts_with("HTTP/1.1 200")) {
    const Peer peer(port);
    peer.send("GET /dray/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    later = peer.read("\n");
    ASSERT_NE(later, "");
  }
}

TEST_F(EventStreamsTest, DropAClientThatDoesNotRead) {
  start({.gap = std::chrono::milliseconds(0), .stuck_max = std::chrono::milliseconds(50)});
  const auto reader = open();
  const auto stuck = open();
  // Until the bytes on their way to the one that does not read fill all buffers, and it is dropped.
  std::string text;
  for (std::uint64_t i = 0; server->streams_open() == 2; ++i) {
    for (int burst = 0; burst < 200; ++burst) {
      backend.happen({i, static_cast<std::uint64_t>(burst)});
    }
    text = reader->read("\n\n");
    ASSERT_NE(text, "");
  }
  EXPECT_EQ(server->streams_open(), 1U);
}

TEST_F(EventStreamsTest, DropAClientThatSendsWithoutEndAndServeTheOthersMeanwhile) {
  start();
  const auto flood = open();
  const Peer other(port);
  const std::string noise(64 * 1024, 'x');
  int sent = 0;
  while (sent < 10'000 && flood->send(noise)) {
    ++sent;
    if (sent % 16 == 0) {
      other.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
      ASSERT_NE(other.read("}"), "");
    }
  }
  EXPECT_LT(sent, 10'000);
}

TEST_F(EventStreamsTest, StopListeningWithTheLastAndCloseAtOnceAtTheStop) {
  start();
  auto peer = open();
  EXPECT_TRUE(backend.is_heard());
  server->stop();
  running.join();
  EXPECT_EQ(peer->read(), "");
  EXPECT_FALSE(backend.is_heard());
}

}  // namespace
}  // namespace dray::server
