#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "api/server/http_server.h"
#include "tests/support/fake_backend.h"

/// The door before a scheduler in memory, whose jobs end as soon as they are submitted: for trying
/// clients. `fake_scheduler [PORT]` prints "ready PORT" and serves until
/// SIGTERM.
int main(int count, char** words) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  dray::test::FakeBackend backend(true);
  backend.known_agents.push_back({});
  backend.known_agents.back().agent.name = "agent-1";
  backend.known_agents.back().agent.environment = "default";
  backend.known_agents.back().state = "ready";
  // What every test of real clients signs with.
  const auto key = std::make_shared<dray::auth::Key>();
  key->caller = {"AKIDEXAMPLE", "tester", dray::Role::Admin, "*"};
  key->secret = "example";
  backend.open_keys["AKIDEXAMPLE"] = key;
  dray::server::HttpSettings settings;
  settings.port = static_cast<std::uint16_t>(count > 1 ? std::atoi(words[1]) : 0);
  settings.account = "123456789012";
  dray::server::HttpServer server(backend, settings);
  const dray::Result<std::uint16_t> port = server.bind();
  if (!port) {
    std::fprintf(stderr, "%s\n", port.error().reason.c_str());
    return 1;
  }
  std::thread serving([&server] { server.run(); });
  std::printf("ready %u\n", static_cast<unsigned>(*port));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop();
  serving.join();
  return 0;
}
