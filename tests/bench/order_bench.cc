#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/placement.h"
#include "scheduler/core/state.h"
#include "scheduler/core/step.h"

/// How long jobs wait under each order of dispatch: one made-up trace of jobs, most of them short
/// and small, some long, some as large as a machine, on a cluster that is nearly full. Prints mean
/// and longest waits, of all jobs and of the large ones. In virtual time: the figures are the same
/// on every machine.
namespace dray {
namespace {

constexpr int kAgents = 24;
constexpr int kJobs = 4'000;
constexpr std::int64_t kVcpus = 32;

struct TraceJob {
  Duration arrives{};
  Duration runs{};
  std::int64_t vcpus = 1;
  std::int64_t memory_mib = 1024;
  int definition = 0;
};

/// A small generator of whole numbers (xorshift): the trace is the same everywhere.
class Draw {
 public:
  std::int64_t below(std::int64_t most) {
    bits_ ^= bits_ << 13U;
    bits_ ^= bits_ >> 7U;
    bits_ ^= bits_ << 17U;
    return static_cast<std::int64_t>(bits_ % static_cast<std::uint64_t>(most));
  }

 private:
  std::uint64_t bits_ = 0x9E3779B97F4A7C15ULL;
};

/// Forty definitions with a usual run time each, from half a minute to some hours.
std::vector<TraceJob> make_trace() {
  Draw draw;
  std::array<std::int64_t, 40> usual{};
  std::array<std::int64_t, 40> size{};
  for (std::size_t i = 0; i < usual.size(); ++i) {
    usual[i] = 30LL << draw.below(9);
    constexpr std::array<std::int64_t, 10> kSizes{1, 1, 1, 2, 2, 4, 4, 8, 16, 32};
    size[i] = kSizes[static_cast<std::size_t>(draw.below(kSizes.size()))];
  }
  std::vector<TraceJob> trace;
  std::int64_t work = 0;  // In vCPU seconds.
  for (int i = 0; i < kJobs; ++i) {
    TraceJob job;
    job.definition = static_cast<int>(draw.below(usual.size()));
    const auto kind = static_cast<std::size_t>(job.definition);
    const std::int64_t seconds = usual[kind] * (50 + draw.below(100)) / 100;
    job.runs = std::chrono::seconds(seconds);
    job.vcpus = size[kind];
    job.memory_mib = job.vcpus * (1 + draw.below(4)) * 1024;
    work += seconds * job.vcpus;
    trace.push_back(job);
  }
  // They arrive over the time that the whole cluster would need for them, and a twentieth more.
  const std::int64_t span = work * 105 / 100 / (kAgents * kVcpus);
  for (TraceJob& job : trace) {
    job.arrives = std::chrono::seconds(draw.below(span));
  }
  std::sort(trace.begin(), trace.end(),
            [](const TraceJob& a, const TraceJob& b) { return a.arrives < b.arrives; });
  return trace;
}

struct Waits {
  double mean_h = 0;
  double most_h = 0;
  double mean_of_large_h = 0;
};

/// What there is to tell how long a job runs.
enum class Known : std::uint8_t { Nothing, Definition, Timeout };

/// The scheduler's core with agents that begin at once and end in time.
class Replay {
 public:
  Replay(DispatchOrder order, Known known) : known_(known) {
    put(EnvironmentPut{{.name = "default", .is_enabled = true}});
    JobQueue queue{.name = "q", .is_enabled = true, .environments = {"default"}};
    queue.order = order;
    put(QueuePut{queue});
    for (int i = 1; i <= kAgents; ++i) {
      Agent agent;
      agent.id = AgentId{static_cast<std::uint64_t>(i)};
      agent.name = "agent-" + std::to_string(i);
      agent.environment = "default";
      agent.capacity = {.milli_vcpus = kVcpus * 1000, .memory_mib = kVcpus * 4096};
      agent.session = SessionId{static_cast<std::uint64_t>(i)};
      put(AgentPut{agent});
      state_.link(agent.id).is_connected = true;
    }
  }

  Waits run(const std::vector<TraceJob>& trace) {
    std::size_t next = 0;
    Waits waits;
    int large = 0;
    while (next < trace.size() || !ends_.empty()) {
      const bool is_end = !ends_.empty() && (next == trace.size() ||
                                             ends_.top().first < Instant{trace[next].arrives});
      now_ = is_end ? ends_.top().first : Instant{trace[next].arrives};
      if (is_end) {
        end(ends_.top().second);
        ends_.pop();
      } else {
        submit(trace[next++]);
      }
      for (const JobId job : start()) {
        const TraceJob& it = trace[job.value - 1];
        const double hours =
            std::chrono::duration<double, std::ratio<3600>>(now_ - Instant{it.arrives}).count();
        waits.mean_h += hours / kJobs;
        waits.most_h = std::max(waits.most_h, hours);
        if (it.vcpus >= kVcpus / 2) {
          waits.mean_of_large_h += hours;
          ++large;
        }
        ends_.emplace(now_ + it.runs, job);
      }
    }
    waits.mean_of_large_h /= std::max(large, 1);
    return waits;
  }

 private:
  void submit(const TraceJob& it) {
    auto spec = std::make_shared<JobSpec>();
    spec->queue = "q";
    const bool is_alone = known_ == Known::Nothing;  // Of a definition of its own.
    spec->definition = "d" + std::to_string(is_alone ? 1'000 + state_.last_job().value
                                                     : static_cast<std::uint64_t>(it.definition));
    spec->container.request = {.milli_vcpus = it.vcpus * 1000, .memory_mib = it.memory_mib};
    if (known_ == Known::Timeout) {
      spec->timeout = it.runs * 2;
    }
    Job job;
    job.id = JobId{state_.last_job().value + 1};
    job.uuid = {job.id.value, 1};
    job.state = JobState::Runnable;
    job.spec = std::move(spec);
    put(JobAdded{std::move(job)});
  }

  std::vector<JobId> start() {
    for (const auto& [id, entry] : state_.agents()) {
      state_.link(id).last_heard = now_;
    }
    std::vector<JobId> started;
    Plan plan = plan_placements(state_, now_);
    state_.reservations = std::move(plan.reservations);
    for (const Placement& placement : plan.placements) {
      if (placement.is_ahead) {
        continue;  // Between two events nothing ends here: they start in time all the same.
      }
      Attempt attempt;
      attempt.key = {{placement.jobs.job, kNoChild}, 1};
      attempt.agent = placement.agent;
      attempt.state = AttemptState::Running;
      attempt.started_at = WallTime{};
      put(AttemptPut{attempt});
      started.push_back(placement.jobs.job);
    }
    return started;
  }

  void end(JobId id) {
    Attempt attempt = state_.find_attempt({id, kNoChild})->attempt;
    attempt.state = AttemptState::Ended;
    attempt.stopped_at = WallTime{};
    attempt.is_final = true;
    attempt.end = AttemptEnd{.outcome = Outcome::Succeeded, .exit_code = 0};
    put(AttemptPut{std::move(attempt)});
    Job job = state_.find_job(id)->job;
    job.state = JobState::Succeeded;
    job.stopped_at = WallTime{};
    put(JobMoved{job});
    put(JobRetired{id});
  }

  void put(const Change& change) { apply(state_, change, now_); }

  Known known_;
  State state_;
  Instant now_;
  using End = std::pair<Instant, JobId>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
};

void tell(const char* what, const Waits& waits) {
  std::printf("%-44s %7.2f h mean wait %7.2f h longest %7.2f h mean of the large\n", what,
              waits.mean_h, waits.most_h, waits.mean_of_large_h);
}

}  // namespace
}  // namespace dray

int main() {
  using dray::DispatchOrder;
  const auto trace = dray::make_trace();
  const auto measure = [&trace](const char* what, DispatchOrder order, dray::Known known) {
    dray::tell(what, dray::Replay(order, known).run(trace));
  };
  measure("fifo-strict", DispatchOrder::FifoStrict, dray::Known::Definition);
  measure("backfill, nothing known of run times", DispatchOrder::Backfill, dray::Known::Nothing);
  measure("backfill, run times learned", DispatchOrder::Backfill, dray::Known::Definition);
  measure("backfill, timeouts of twice the run time", DispatchOrder::Backfill,
          dray::Known::Timeout);
  return 0;
}
