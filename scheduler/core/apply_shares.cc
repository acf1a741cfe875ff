#include "model/check.h"
#include "scheduler/core/applier.h"

namespace dray {

void Applier::operator()(const ShareUsed& change) {
  ShareEntry& entry = state_.shares_[change.share];
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
  if (is_new) {
    found->second.as_of = now_;
  }
  ++found->second.jobs;
}

void Applier::leave_share(const ShareKey& key) {
  if (key.identifier.empty()) {
    return;
  }
  const auto found = state_.shares_.find(key);
  CHECK(found != state_.shares_.end() && found->second.jobs > 0);
  if (--found->second.jobs == 0 && !found->second.at) {
    state_.shares_.erase(found);
  }
}

}  // namespace dray
