#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "api/server/http_server.h"
#include "tests/support/fake_backend.h"
#include "tests/support/open_admission.h"
#include "tests/unit/server/http_peer.h"

namespace dray::server {

/// A server before a fake backend, for one test.
class DoorUnderTest : public testing::Test {
 protected:
  void start(HttpSettings settings) {
    settings.port = 0;
    server = std::make_unique<HttpServer>(backend, std::move(settings), admission);
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
  test::OpenAdmission admission;
  std::unique_ptr<HttpServer> server;
  std::thread running;
  std::uint16_t port = 0;
};

}  // namespace dray::server
