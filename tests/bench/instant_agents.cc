// instant_agents: simulated agents that end every attempt at once, to measure the control plane.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/bench/instant_agent.h"

namespace dray::bench {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Prints one line of JSON for each `every` ends that the scheduler has made durable; the times are
/// of CLOCK_MONOTONIC.
class Report : public InstantAgent::Listener {
 public:
  Report(std::size_t agents, std::uint64_t every) : agents_(agents), every_(every) {}

  void joined() override {
    if (++joined_ == agents_) {
      std::printf("{\"joined\": %zu, \"at\": %.6f}\n", agents_, seconds_now());
      std::fflush(stdout);
    }
  }
  void started(std::size_t count) override {
    if (started_ == round_ * every_) {
      first_at_ = seconds_now();
    }
    started_ += count;
  }
  void acknowledged(std::size_t count) override {
    acknowledged_ += count;
    while (acknowledged_ >= (round_ + 1) * every_) {
      ++round_;
      std::printf("{\"ended\": %llu, \"first_at\": %.6f, \"at\": %.6f}\n",
                  static_cast<unsigned long long>(round_ * every_), first_at_, seconds_now());
      std::fflush(stdout);
    }
  }
  void failed(const std::string& why) override {
    std::fprintf(stderr, "instant_agents: %s\n", why.c_str());
    std::exit(1);
  }

 private:
  std::size_t agents_;
  std::uint64_t every_;
  std::size_t joined_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t round_ = 0;
  double first_at_ = 0;
};

int run(int argc, char** argv) {
  CLI::App app{"instant_agents: agents without machines, which end every attempt at once."};
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::size_t count = 1;
  std::int64_t vcpus = 64;
  std::uint64_t every = 1000;
  app.add_option("--host", host, "Of the scheduler's link");
  app.add_option("--port", port, "Of the scheduler's link")->required();
  app.add_option("--count", count, "How many agents");
  app.add_option("--vcpus", vcpus, "Of each");
  app.add_option("--every", every, "Print a line each so many durable ends");
  CLI11_PARSE(app, argc, argv);

  boost::asio::io_context io{1};
  Report report(count, every);
  std::vector<std::unique_ptr<InstantAgent>> agents;
  for (std::size_t i = 0; i < count; ++i) {
    Hello hello{.agent_name = "instant-" + std::to_string(i),
                .environment = "default",
                .capacity = {vcpus * 1000, vcpus * 1024, 0},
                .boot_id = "instant-" + std::to_string(i),
                .incarnation = 1};
    agents.push_back(std::make_unique<InstantAgent>(io, host, port, std::move(hello), report));
    agents.back()->start();
  }
  io.run();
  return 0;
}

}  // namespace
}  // namespace dray::bench

int main(int argc, char** argv) {
  return dray::bench::run(argc, argv);
}
