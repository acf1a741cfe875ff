// start_latency: how long an idle system takes from SubmitJob until DescribeJobs says RUNNING.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "api/client/client.h"

namespace dray::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "start_latency: %s\n", why.c_str());
  std::exit(1);
}

JobState state_of(client::Client& client, const std::string& id) {
  const auto view = client.describe_job(id);
  if (!view) {
    fail("a job cannot be described");
  }
  return view->state;
}

/// Milliseconds until it is seen to run. Asks without a pause: what is measured is shorter than
/// any.
double once(client::Client& client, const wire::SubmitAsk& ask) {
  const Clock::time_point begin = Clock::now();
  const auto submitted = client.submit(ask);
  if (!submitted) {
    fail("a job is refused");
  }
  while (state_of(client, submitted->id) < JobState::Running) {
  }
  const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
  while (!is_terminal(state_of(client, submitted->id))) {
  }
  return took.count();
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

auth::Credentials credentials() {
  return {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), "", "us-east-1"};
}

int run(int argc, char** argv) {
  CLI::App app{"start_latency: submits one job after the other to an idle system."};
  std::string url;
  wire::SubmitAsk ask;
  std::size_t count = 100;
  app.add_option("--url", url, "Of the scheduler")->required();
  app.add_option("--queue", ask.queue)->required();
  app.add_option("--definition", ask.definition)->required();
  app.add_option("--count", count, "How many jobs");
  CLI11_PARSE(app, argc, argv);
  ask.name = "latency";

  auto client = client::Client::open({.url = url, .credentials = credentials()});
  if (!client) {
    fail("no such URL: " + url);
  }
  std::vector<double> latencies;
  for (std::size_t i = 0; i < count; ++i) {
    latencies.push_back(once(*client, ask));
  }
  std::sort(latencies.begin(), latencies.end());
  const auto part = [&](std::size_t percent) {
    return latencies[(latencies.size() - 1) * percent / 100];
  };
  std::printf("{\"jobs\": %zu, \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f}\n", count,
              part(50), part(90), part(99));
  return 0;
}

}  // namespace
}  // namespace dray::bench

int main(int argc, char** argv) {
  return dray::bench::run(argc, argv);
}
