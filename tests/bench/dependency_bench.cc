#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/desk.h"

/// What dependencies cost in the core: an N_TO_N pair of arrays, and a job that needs many, from
/// the submit until all has ended, at three sizes. Twice the size should take about twice the time;
/// that it reads no more dependencies than that is a test
/// (tests/unit/core/dependency_cost_test.cc).
namespace dray {
namespace {

using Watch = std::chrono::steady_clock;

class Bench {
 public:
  Bench() {
    desk_.inspects = false;
    desk_.set_up();
    desk_.join("a1", {100'000'000, 100'000'000, 0});
  }
  Uuid put(std::int32_t size, std::vector<Dependency> depends_on) {
    Submission it = Desk::submission("j");
    it.array_size = size;
    it.depends_on = std::move(depends_on);
    return desk_.put(std::move(it));
  }
  void end_all() {
    DeskAgent& agent = desk_.agents.at("a1");
    std::vector<std::variant<AttemptBegan, AttemptFinished>> facts;
    for (const DeskAgent::Held& held : agent.held) {
      AttemptFinished end{.key = held.start.key, .token = held.start.token, .had_begun = true};
      end.end = {.outcome = Outcome::Succeeded, .exit_code = 0};
      facts.emplace_back(end);
    }
    agent.held.clear();
    desk_.say("a1", std::move(facts));
  }
  /// Milliseconds until nothing is left.
  double run(std::int32_t many, bool is_pair) {
    const auto begin = Watch::now();
    if (is_pair) {
      const Uuid first = put(many, {});
      put(many, {{first, kNoChild, DependencyType::NToN}});
    } else {
      std::vector<Dependency> all;
      all.reserve(static_cast<std::size_t>(many));
      for (std::int32_t i = 0; i < many; ++i) {
        all.push_back({put(0, {}), kNoChild, DependencyType::Whole});
      }
      put(0, std::move(all));
    }
    while (!desk_.state.jobs().empty()) {
      end_all();
    }
    return std::chrono::duration<double, std::milli>(Watch::now() - begin).count();
  }
  [[nodiscard]] std::uint64_t read() const { return desk_.state.dependencies_read; }

 private:
  Desk desk_;
};

}  // namespace
}  // namespace dray

int main() {
  for (const bool is_pair : {true, false}) {
    for (const int many : {2'500, 5'000, 10'000}) {
      dray::Bench bench;
      const double ms = bench.run(many, is_pair);
      std::printf("%-24s %6d: %8.1f ms, %7llu dependencies read\n",
                  is_pair ? "N_TO_N pair of arrays" : "job that needs others", many, ms,
                  static_cast<unsigned long long>(bench.read()));
    }
  }
  return 0;
}
