#include "scheduler/core/turn.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "model/check.h"
#include "scheduler/core/shares.h"
#include "scheduler/core/transitions.h"

namespace dray {
namespace {

void check_move(const State& state, const JobMoved& moved) {
  const JobEntry* entry = state.find_job(moved.job.id);
  CHECK(entry != nullptr && may_move(entry->job.state, moved.job.state));
  CHECK(is_terminal(moved.job.state) == moved.job.stopped_at.has_value());
}

void check_move(const State& state, const AttemptPut& put) {
  const Attempt& attempt = put.attempt;
  const LiveAttempt* live = state.find_attempt(attempt.key.job);
  std::optional<AttemptState> from;
  if (live != nullptr) {
    CHECK(live->attempt.key == attempt.key && live->attempt.token == attempt.token);
    from = live->attempt.state;
  }
  CHECK(may_move(from, attempt.state));
  CHECK((attempt.state == AttemptState::Ended) == attempt.end.has_value());
  CHECK((attempt.state == AttemptState::Ended) == attempt.stopped_at.has_value());
}

/// Mixes 64 bits so that neighbours have nothing in common (the finalizer of splitmix64).
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

WallTime Turn::before(Duration age) const {
  return {at_.epoch_ms - std::chrono::duration_cast<std::chrono::milliseconds>(age).count()};
}

void Turn::put(Change change) {
  if (const auto* moved = std::get_if<JobMoved>(&change)) {
    check_move(state_, *moved);
  } else if (const auto* attempt = std::get_if<AttemptPut>(&change)) {
    check_move(state_, *attempt);
  }
  note_use(*this, change);
  dray::apply(state_, change, now_);
  decision_.changes.push_back(std::move(change));
}

void Turn::order(AgentId agent, SchedulerMessage message) {
  decision_.orders.push_back({agent, std::move(message)});
}

void Turn::wake_at(Instant at) {
  decision_.wake_at = decision_.wake_at ? std::min(*decision_.wake_at, at) : at;
}

AttemptToken Turn::next_token() {
  ++tokens_;
  return {mixed(chance_.high + mixed(tokens_)), mixed(chance_.low ^ mixed(~tokens_))};
}

std::optional<EndedRun> Turn::next_ended() {
  if (ended_.empty()) {
    return std::nullopt;
  }
  const EndedRun next = ended_.front();
  ended_.pop_front();
  return next;
}

}  // namespace dray
