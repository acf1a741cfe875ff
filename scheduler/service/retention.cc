#include "scheduler/service/retention.h"

#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <utility>

#include <spdlog/spdlog.h>

namespace dray {
namespace {

/// A hundredth of what is kept, within these: nothing stays much longer than it was told to.
constexpr Duration kSweepsApartMin = std::chrono::milliseconds(200);
constexpr Duration kSweepsApartMax = std::chrono::hours(1);
/// After a page the loop has this many times as long for others.
constexpr int kIdleForEachBusy = 4;
constexpr Duration kPauseMin = std::chrono::milliseconds(5);
constexpr std::size_t kFilesAtOnceMax = 1'000;

}  // namespace

Retention::Retention(Inbox& inbox, store::Reader& reader, logs::LogStore& logs, Clock& clock,
                     std::mutex& ended_jobs, Duration keep)
    : inbox_(inbox),
      reader_(reader),
      logs_(logs),
      clock_(clock),
      ended_jobs_(ended_jobs),
      keep_(keep) {}

void Retention::run() {
  if (keep_ == Duration(0)) {
    return;
  }
  const Duration apart = std::clamp(keep_ / 100, kSweepsApartMin, kSweepsApartMax);
  do {
    sweep();
  } while (pause(apart));
}

void Retention::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  stopped_.notify_all();
}

bool Retention::pause(Duration time) {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, time, [this] { return is_stopped_; });
}

bool Retention::sweep() {
  const WallTime ended_before{clock_.wall().epoch_ms -
                              std::chrono::duration_cast<std::chrono::milliseconds>(keep_).count()};
  std::size_t gone = 0;
  std::optional<JobId> after = JobId{0};
  while (after) {
    const Instant began = Clock::now();
    std::unique_lock lock(ended_jobs_);
    const Result<ExpiredJobs> page = reader_.expired(*after, ended_before);
    if (!page) {
      spdlog::warn("Old jobs cannot be looked for: {}", page.error().reason);
      return false;
    }
    forget_logs(page->jobs);
    const std::size_t taken = page->jobs.empty() ? 0 : take_steps(ended_before, page->jobs);
    lock.unlock();
    gone += taken;
    // The same jobs again until none of them gets on: hidden first, then gone.
    after = taken > 0 ? after : page->next;
    if (!page->jobs.empty() &&
        !pause(std::max(kPauseMin, (Clock::now() - began) * kIdleForEachBusy))) {
      return false;
    }
  }
  if (gone > 0) {
    spdlog::info("Jobs that ended long ago were deleted, in {} steps.", gone);
    const Result<std::optional<JobId>> oldest = reader_.oldest_job();
    if (oldest && *oldest) {
      logs_.forget_before(**oldest, kFilesAtOnceMax);
    }
  }
  return true;
}

void Retention::forget_logs(const std::vector<Forgetting>& jobs) {
  std::set<JobId> whole;  // First of neighbours that are all forgotten.
  std::set<JobId> looked_at;
  for (const Forgetting& job : jobs) {
    if (job.step != ForgettingStep::Gone) {
      continue;  // Once, as the last step: until then its row stands, and a crash repeats it.
    }
    const auto [first, last] = logs::LogStore::neighbours(job.job);
    if (looked_at.insert(first).second) {
      const Result<bool> are_all = reader_.is_forgotten(first, last);
      if (are_all && *are_all) {
        logs_.forget_neighbours(job.job);
        whole.insert(first);
      }
    }
    if (!whole.contains(first)) {
      logs_.forget(job.job);
    }
  }
}

std::size_t Retention::take_steps(WallTime ended_before, std::vector<Forgetting> jobs) {
  auto promise = std::make_shared<std::promise<Reply>>();
  std::future<Reply> future = promise->get_future();
  const bool is_posted = inbox_.post(
      {JobsExpired{ended_before, std::move(jobs)},
       [promise = std::move(promise)](Reply reply) { promise->set_value(std::move(reply)); }},
      Inbox::Sender::Door);
  if (!is_posted) {
    return 0;
  }
  try {
    const Reply reply = future.get();
    const auto* left = std::get_if<JobsLeft>(&reply);
    return left == nullptr ? 0 : left->jobs.size();
  } catch (const std::future_error&) {
    return 0;  // The loop has ended.
  }
}

}  // namespace dray
