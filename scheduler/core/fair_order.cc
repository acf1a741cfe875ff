#include "scheduler/core/fair_order.h"

#include <optional>

namespace dray {

FairOrder::FairOrder(const State& state, std::string queue, const Resources& capacity, Instant now)
    : state_(state), queue_(std::move(queue)), capacity_(capacity), now_(now) {}

FairOrder::Share& FairOrder::share_of(const std::string& identifier) {
  const auto [found, is_new] = shares_.try_emplace(identifier);
  if (is_new) {
    const ShareKey key{queue_, identifier};
    const ShareEntry& entry = state_.shares().at(key);
    found->second.use = use_of(state_, key, entry, now_);
    found->second.held = entry.held;
    found->second.weight = share_weight(fair_share_of(state_, queue_), identifier);
  }
  return found->second;
}

void FairOrder::add(const WaitingLine& line) {
  Share& share = share_of(line.request_class().key.share);
  end_turn(share);
  insert(share, line);
  wait_for_turn(share);
}

const WaitingLine& FairOrder::next() const {
  return turns_.begin()->second->lines.begin()->second;
}

JobKey FairOrder::take() {
  Share& share = *turns_.begin()->second;
  WaitingLine line = extract_next();
  share.held += line.request_class().key.together();
  const JobRun taken = line.take(1, std::nullopt);
  if (!line.is_done()) {
    insert(share, line);
  }
  wait_for_turn(share);
  return {taken.job, taken.first};
}

WaitingLine FairOrder::drop() {
  Share& share = *turns_.begin()->second;
  WaitingLine line = extract_next();
  wait_for_turn(share);
  return line;
}

void FairOrder::insert(Share& share, const WaitingLine& line) {
  share.lines.emplace(Rank{-std::int64_t{line.request_class().key.priority}, line.head()}, line);
  heads_.insert(line.head());
}

WaitingLine FairOrder::extract_next() {
  Share& share = *turns_.begin()->second;
  end_turn(share);
  const WaitingLine line = share.lines.begin()->second;
  share.lines.erase(share.lines.begin());
  heads_.erase(line.head());
  return line;
}

void FairOrder::end_turn(Share& share) {
  if (!share.lines.empty()) {
    turns_.erase(share.turn);
  }
}

void FairOrder::wait_for_turn(Share& share) {
  if (!share.lines.empty()) {
    const std::int64_t used = weighted(share.use, share.held, capacity_, share.weight);
    share.turn = {used, share.lines.begin()->first.second};
    turns_.emplace(share.turn, &share);
  }
}

}  // namespace dray
