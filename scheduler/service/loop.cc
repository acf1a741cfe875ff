#include "scheduler/service/loop.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "scheduler/service/id_source.h"

namespace dray {
namespace {

/// What one transaction holds at most; the rest waits for the next.
constexpr std::size_t kBatchMax = 4096;
constexpr std::chrono::milliseconds kDiskFullPause{1000};
/// Batches that only agents brought begin this far apart, on average: a commit a fact would keep
/// the disk from everybody else, and agents have work ahead.
constexpr std::chrono::milliseconds kUnawaitedApart{10};
/// So many may follow each other at once: on a quiet system an end and the next beginning.
constexpr int kUnawaitedAtOnce = 4;

bool has_changes(std::span<const Decision> decisions) {
  return std::any_of(decisions.begin(), decisions.end(),
                     [](const Decision& it) { return !it.changes.empty(); });
}

bool is_awaited_by_none(std::span<const Letter> letters) {
  return std::none_of(letters.begin(), letters.end(),
                      [](const Letter& letter) { return bool(letter.answer); });
}

}  // namespace

Loop::Loop(State& state, store::Writer& writer, Clock& clock, Inbox& inbox, Settle settle,
           Deliver deliver, Watch watch)
    : state_(state),
      writer_(writer),
      clock_(clock),
      inbox_(inbox),
      settle_(std::move(settle)),
      deliver_(std::move(deliver)),
      watch_(std::move(watch)),
      crash_point_(CrashPoint::from_environment()) {}

void Loop::run() {
  // The first batch is a bare tick: it says when to look at what was loaded.
  run_batch({});
  while (true) {
    std::optional<Instant> until = wake_at_;
    if (mend_at_) {
      until = until ? std::min(*until, *mend_at_) : *mend_at_;
    }
    std::vector<Letter> letters =
        inbox_.take(kBatchMax, until, unawaited_due_ - (kUnawaitedAtOnce - 1) * kUnawaitedApart);
    if (letters.empty() && inbox_.is_closed()) {
      return;
    }
    run_batch(std::move(letters));
    mend_reserve();
    writer_.checkpoint_when_due();
  }
}

void Loop::run_batch(std::vector<Letter> letters) {
  const Instant now = Clock::now();
  if (!letters.empty() && is_awaited_by_none(letters)) {
    unawaited_due_ = std::max(unawaited_due_, now) + kUnawaitedApart;
  }
  std::vector<Decision> decisions;
  decisions.reserve(letters.size() + 1);
  bool has_lost_agent = false;
  for (Letter& letter : letters) {
    has_lost_agent = has_lost_agent || std::holds_alternative<AgentDisconnected>(letter.what);
    decisions.push_back(
        step(state_, Event{clock_.wall(), fresh_chance(), std::move(letter.what)}, now));
  }
  decisions.push_back(step(state_, Event{clock_.wall(), fresh_chance(), Ticked{}}, now));
  wake_at_ = decisions.back().wake_at;
  const Instant decided = Clock::now();
  if (!commit(decisions)) {
    return;
  }
  BatchTimes times;
  if (has_changes(decisions)) {
    times.commit = Clock::now() - decided;
  }
  settle_(decisions);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i].answer) {
      letters[i].answer(std::move(decisions[i].reply));
    }
  }
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (!decisions[i].orders.empty()) {
      deliver_(i < letters.size() ? letters[i].from : 0, std::move(decisions[i].orders));
    }
  }
  times.whole = Clock::now() - now;
  watch_(decisions, has_lost_agent, times);
}

/// False only when there is no use in waiting for room: the scheduler is about to end.
bool Loop::commit(std::span<const Decision> decisions) {
  const bool counts = has_changes(decisions);
  if (counts) {
    crash_point_.pass("before_commit");
  }
  while (writer_.commit(decisions) == store::CommitResult::DiskFull) {
    spdlog::error("The disk is full: nothing new is accepted until there is room again.");
    inbox_.shut_door(true);
    mend_at_ = Clock::now() + kDiskFullPause;
    if (inbox_.is_closed()) {
      return false;
    }
    inbox_.wait_for_close(kDiskFullPause);
  }
  if (counts) {
    crash_point_.pass("after_commit");
  }
  return true;
}

void Loop::mend_reserve() {
  if (!mend_at_ || Clock::now() < *mend_at_) {
    return;
  }
  if (writer_.has_reserve() || writer_.lay_reserve()) {
    spdlog::info("There is room on the disk again.");
    mend_at_.reset();
    inbox_.shut_door(false);
    return;
  }
  mend_at_ = Clock::now() + kDiskFullPause;
}

}  // namespace dray
