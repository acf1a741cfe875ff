#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {

void Applier::operator()(const ShareUsed& change) {
  const auto [found, is_new] = state_.shares_.try_emplace(change.share);
  ShareEntry& entry = found->second;
  state_.idle_shares_ += is_new ? 1 : 0;
  entry.use = change.use;
  entry.as_of = now_ - change.age;
  entry.at = change.at;
}

void Applier::operator()(const ShareForgotten& change) {
  const auto found = state_.shares_.find(change.share);
  if (found == state_.shares_.end()) {
    return;
  }
  found->second.use = {};
  found->second.at.reset();
  if (found->second.jobs == 0) {
    state_.shares_.erase(found);
    --state_.idle_shares_;
  }
}

ShareEntry* Applier::share_of(const JobSpec& spec) {
  if (spec.share_identifier.empty()) {
    return nullptr;
  }
  const auto found = state_.shares_.find({spec.queue, spec.share_identifier});
  CHECK(found != state_.shares_.end());
  return &found->second;
}

void Applier::join_share(const JobSpec& spec) {
  if (spec.share_identifier.empty()) {
    return;
  }
  const auto [found, is_new] =
      state_.shares_.try_emplace(ShareKey{spec.queue, spec.share_identifier});
  ShareEntry& entry = found->second;
  if (is_new) {
    entry.as_of = now_;
  } else if (entry.jobs == 0) {
    --state_.idle_shares_;
  }
  ++entry.jobs;
}

void Applier::leave_share(const ShareKey& key) {
  if (key.identifier.empty()) {
    return;
  }
  const auto found = state_.shares_.find(key);
  CHECK(found != state_.shares_.end() && found->second.jobs > 0);
  if (--found->second.jobs > 0) {
    return;
  }
  if (found->second.at) {
    ++state_.idle_shares_;
  } else {
    state_.shares_.erase(found);
  }
}

}  // namespace dray
