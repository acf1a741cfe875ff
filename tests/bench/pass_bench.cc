#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/core/placement.h"
#include "scheduler/core/state.h"
#include "scheduler/core/step.h"

/// What one pass of placement costs: 100,000 waiting jobs of 1,000 shapes, on 1,000 agents that are
/// empty, or full, or full with work given ahead, of few shapes an agent or of many. Prints the
/// median and the worst of 21 passes.
namespace dray {
namespace {

using Watch = std::chrono::steady_clock;

constexpr int kAgents = 1'000;
constexpr int kShapes = 1'000;
constexpr int kJobs = 100'000;
constexpr int kPasses = 21;
constexpr int kVcpus = 16;
const Instant kNow{std::chrono::hours(1)};

/// 40 sizes of CPU and 25 of memory, none larger than an agent.
Resources shape_of(int number) {
  const int shape = number % kShapes;
  return {.milli_vcpus = 100 + 400 * (shape % 40), .memory_mib = 64 + 2600 * (shape / 40)};
}

class World {
 public:
  World() {
    put(EnvironmentPut{{.name = "default", .is_enabled = true}});
    put(QueuePut{{.name = "q", .is_enabled = true, .priority = 1, .environments = {"default"}}});
    for (int i = 1; i <= kAgents; ++i) {
      Agent agent;
      agent.id = AgentId{static_cast<std::uint64_t>(i)};
      agent.name = "agent-" + std::to_string(i);
      agent.environment = "default";
      agent.capacity = {.milli_vcpus = kVcpus * 1000, .memory_mib = kVcpus * 4096};
      agent.session = SessionId{static_cast<std::uint64_t>(i)};
      put(AgentPut{agent});
      state.link(agent.id).is_connected = true;
      state.link(agent.id).last_heard = kNow;
    }
  }

  JobId add(const Resources& request, const std::string& share = {}) {
    auto spec = std::make_shared<JobSpec>();
    spec->queue = share.empty() ? "q" : "fair";
    spec->share_identifier = share;
    spec->container.request = request;
    Job job;
    job.id = JobId{++last_};
    job.uuid = {job.id.value, 1};
    job.state = JobState::Runnable;
    job.spec = std::move(spec);
    put(JobAdded{job});
    return job.id;
  }

  void attempt(JobId job, AgentId agent, AttemptState state_now) {
    Attempt attempt;
    attempt.key = {{job, kNoChild}, 1};
    attempt.token = {job.value, 2};
    attempt.agent = agent;
    attempt.state = state_now;
    put(AttemptPut{attempt});
  }

  /// Every agent runs as many jobs as it has vCPUs.
  void fill() {
    for (int i = 0; i < kAgents * kVcpus; ++i) {
      attempt(add({1000, 4096, 0}), AgentId{static_cast<std::uint64_t>(1 + i / kVcpus)},
              AttemptState::Running);
    }
  }

  void wait() {
    for (int i = 0; i < kJobs; ++i) {
      add(shape_of(i));
    }
  }

  /// The same jobs in a fair-share queue of 50 shares.
  void wait_in_shares() {
    put(QueuePut{{.name = "fair",
                  .is_enabled = true,
                  .priority = 1,
                  .environments = {"default"},
                  .scheduling_policy = "policy"}});
    for (int i = 0; i < kJobs; ++i) {
      add(shape_of(i), "s" + std::to_string(i % 50));
    }
  }

  /// Every agent's line holds twice what it runs, each job of another shape.
  void give_many_shapes_ahead() {
    for (int i = 0; i < 2 * kAgents * kVcpus; ++i) {
      attempt(add(shape_of(7 * i)), AgentId{static_cast<std::uint64_t>(1 + i / (2 * kVcpus))},
              AttemptState::Ahead);
    }
  }

  /// As the tick does with a plan: what it gives ahead stands in line.
  void give_ahead() {
    for (const Placement& placement : plan_placements(state, kNow).placements) {
      attempt(placement.jobs.job, placement.agent,
              placement.is_ahead ? AttemptState::Ahead : AttemptState::Starting);
    }
  }

  State state;

 private:
  void put(const Change& change) { apply(state, change, kNow); }
  std::uint64_t last_ = 0;
};

void measure(const char* what, const World& world) {
  std::vector<double> times;
  std::size_t placements = 0;
  for (int i = 0; i < kPasses; ++i) {
    const auto begin = Watch::now();
    placements = plan_placements(world.state, kNow).placements.size();
    times.push_back(std::chrono::duration<double, std::milli>(Watch::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-44s %8.2f ms median %8.2f ms worst %8zu placements\n", what,
              times[times.size() / 2], times.back(), placements);
}

}  // namespace
}  // namespace dray

int main() {
  dray::World empty;
  empty.wait();
  dray::measure("1,000 empty agents", empty);
  dray::World full;
  full.fill();
  full.wait();
  dray::measure("1,000 full agents, nothing ahead", full);
  full.give_ahead();
  dray::measure("1,000 full agents, full of work ahead", full);
  dray::World mixed;
  mixed.fill();
  mixed.give_many_shapes_ahead();
  mixed.wait();
  dray::measure("1,000 full agents, many shapes ahead", mixed);
  dray::World shared;
  shared.wait_in_shares();
  dray::measure("1,000 empty agents, 50 shares", shared);
  dray::World full_shared;
  full_shared.fill();
  full_shared.wait_in_shares();
  dray::measure("1,000 full agents, 50 shares", full_shared);
  return 0;
}
