#include "scheduler/service/meters.h"

#include <map>
#include <mutex>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "scheduler/service/meter_facts.h"

namespace dray {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;
using Bounds = Histogram::BucketBoundaries;

const Bounds& quick() {
  static const Bounds kBounds{0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                              0.05,   0.1,    0.25,  0.5,    1,     2.5,  10};
  return kBounds;
}

const Bounds& long_lasting() {
  static const Bounds kBounds{0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400};
  return kBounds;
}

double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string_view outcome_word(Outcome outcome) {
  switch (outcome) {
    case Outcome::Succeeded:
      return "ok";
    case Outcome::Failed:
      return "exit";
    case Outcome::Killed:
      return "killed";
    case Outcome::TimedOut:
      return "timeout";
    case Outcome::OutOfMemory:
      return "oom";
    case Outcome::LaunchFailed:
      return "launch";
    case Outcome::Lost:
      return "lost";
    case Outcome::Stopped:
      return "cancelled";
  }
  return "";
}

template <class Builder>
auto& family(Builder builder, prometheus::Registry& registry, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

}  // namespace

/// What belongs to one queue, found once.
struct Meters::OfQueue {
  Counter* submitted = nullptr;
  Counter* succeeded = nullptr;
  Counter* failed = nullptr;
  Histogram* wait = nullptr;
  Histogram* run = nullptr;
  std::map<Outcome, Counter*> attempts;
};

struct Meters::Families {
  prometheus::Registry registry;
  Family<Counter>& submitted =
      family(prometheus::BuildCounter(), registry, "dray_jobs_submitted_total",
             "Jobs submitted since the scheduler started, children one by one.");
  Family<Counter>& finished =
      family(prometheus::BuildCounter(), registry, "dray_jobs_finished_total",
             "Jobs that ended since the scheduler started, children one by one.");
  Family<Counter>& attempts =
      family(prometheus::BuildCounter(), registry, "dray_attempts_total",
             "Attempts that ended since the scheduler started, by how they ended.");
  Family<Histogram>& wait =
      family(prometheus::BuildHistogram(), registry, "dray_job_queue_wait_seconds",
             "From a job's submission to the start of its first attempt.");
  Family<Histogram>& run = family(prometheus::BuildHistogram(), registry, "dray_job_run_seconds",
                                  "From the start of an attempt to its end.");
  Family<Histogram>& requests =
      family(prometheus::BuildHistogram(), registry, "dray_http_request_duration_seconds",
             "From a whole request to its whole answer, which then is written.");
  Histogram& cycle = family(prometheus::BuildHistogram(), registry, "dray_scheduler_cycle_seconds",
                            "One turn of the scheduler's loop: decide, commit, send.")
                         .Add({}, quick());
  Histogram& commit = family(prometheus::BuildHistogram(), registry, "dray_db_transaction_seconds",
                             "One transaction, synced to disk.")
                          .Add({}, quick());

  std::map<std::string, OfQueue, std::less<>> queues;  ///< The loop's.

  std::mutex mutex;  ///< Guards what follows.
  std::map<std::pair<std::string, int>, Histogram*> answers;
};

Meters::Meters(const std::string& version, const std::string& commit)
    : families_(std::make_unique<Families>()) {
  family(prometheus::BuildGauge(), families_->registry, "dray_build_info",
         "Always 1; the labels say which Dray this is.")
      .Add({{"version", version}, {"commit", commit}})
      .Set(1);
}

Meters::~Meters() = default;

Meters::OfQueue& Meters::of(std::string_view queue) {
  const auto known = families_->queues.find(queue);
  if (known != families_->queues.end()) {
    return known->second;
  }
  const std::string name(queue);
  OfQueue& meters = families_->queues[name];
  meters.submitted = &families_->submitted.Add({{"queue", name}});
  meters.succeeded = &families_->finished.Add({{"queue", name}, {"result", "succeeded"}});
  meters.failed = &families_->finished.Add({{"queue", name}, {"result", "failed"}});
  meters.wait = &families_->wait.Add({{"queue", name}}, long_lasting());
  meters.run = &families_->run.Add({{"queue", name}}, long_lasting());
  for (int i = 0; i <= static_cast<int>(Outcome::Stopped); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    meters.attempts[outcome] = &families_->attempts.Add(
        {{"queue", name}, {"outcome", std::string(outcome_word(outcome))}});
  }
  return meters;
}

void Meters::submitted(std::string_view queue, std::uint32_t jobs) {
  of(queue).submitted->Increment(jobs);
}

void Meters::finished(std::string_view queue, bool has_succeeded, std::uint32_t jobs) {
  OfQueue& meters = of(queue);
  (has_succeeded ? meters.succeeded : meters.failed)->Increment(jobs);
}

void Meters::waited(std::string_view queue, std::int64_t ms) {
  of(queue).wait->Observe(static_cast<double>(ms) / 1000);
}

void Meters::attempt_ended(std::string_view queue, const Attempt& attempt) {
  OfQueue& meters = of(queue);
  meters.attempts.at(attempt.end->outcome)->Increment();
  if (attempt.started_at && attempt.stopped_at) {
    const std::int64_t ms = attempt.stopped_at->epoch_ms - attempt.started_at->epoch_ms;
    meters.run->Observe(static_cast<double>(ms) / 1000);
  }
}

void Meters::cycled(Duration whole) {
  families_->cycle.Observe(seconds(whole));
}

void Meters::committed(Duration took) {
  families_->commit.Observe(seconds(took));
}

void Meters::answered(std::string_view operation, int status, Duration took) {
  const std::lock_guard lock(families_->mutex);
  Histogram*& found = families_->answers[{std::string(operation), status / 100}];
  if (found == nullptr) {
    found = &families_->requests.Add({{"operation", std::string(operation)},
                                      {"code_class", std::to_string(status / 100) + "xx"}},
                                     quick());
  }
  found->Observe(seconds(took));
}

std::string Meters::text(const MeterFacts& facts) const {
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  for (prometheus::MetricFamily& one : measure(facts)) {
    all.push_back(std::move(one));
  }
  // A family without a member has nothing to say, and checkers take its head for a mistake.
  std::erase_if(all, [](const auto& one) { return one.metric.empty(); });
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace dray
