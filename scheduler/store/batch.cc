#include "scheduler/store/batch.h"

#include <algorithm>
#include <variant>

namespace dray::store {
namespace {

/// Sorts by key and keeps the last item of each key.
template <class Item, class Key>
void keep_last(std::vector<Item>& items, Key key) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return key(a) < key(b); });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i + 1 == items.size() || key(items[i]) != key(items[i + 1])) {
      items[kept++] = items[i];
    }
  }
  items.resize(kept);
}

/// Sorts one change into its list.
struct Sorter {
  Batch& batch;
  const Change& change;

  void operator()(const EnvironmentPut&) { batch.settings.push_back(&change); }
  void operator()(const EnvironmentGone&) { batch.settings.push_back(&change); }
  void operator()(const QueuePut&) { batch.settings.push_back(&change); }
  void operator()(const QueueGone&) { batch.settings.push_back(&change); }
  void operator()(const DefinitionPut&) { batch.settings.push_back(&change); }
  void operator()(const AgentPut&) { batch.settings.push_back(&change); }
  void operator()(const AccessKeyPut&) { batch.settings.push_back(&change); }
  void operator()(const AccessKeyGone&) { batch.settings.push_back(&change); }
  void operator()(const InvocationKept& kept) { batch.invocations.push_back(&kept); }
  void operator()(const EntryPut&) { batch.settings.push_back(&change); }
  void operator()(const EntryGone&) { batch.settings.push_back(&change); }
  void operator()(const ShareUsed& used) { batch.shares.emplace_back(used.share, &used); }
  void operator()(const ShareForgotten& gone) { batch.shares.emplace_back(gone.share, nullptr); }
  void operator()(const JobTagged& tagged) { batch.tagged.push_back(&tagged); }
  void operator()(const JobNoted& noted) { batch.noted.push_back(&noted); }
  void operator()(const JobForgotten& gone) { batch.forgotten.push_back(&gone.what); }
  void operator()(const JobAdded& added) { batch.added.push_back({&added.job, &added.job}); }
  void operator()(const JobReopened& reopened) { batch.reopened.push_back(&reopened.job); }
  void operator()(const ChildrenRerun& rerun) { batch.rerun.push_back(&rerun); }
  void operator()(const JobMoved& moved) { batch.moved.push_back(&moved.job); }
  void operator()(const ArrayCounted& counted) { batch.counted.push_back(&counted); }
  void operator()(const ChildrenEnded& ended) { batch.ended.push_back(&ended); }
  void operator()(const AttemptPut& put) {
    batch.attempts.emplace_back(put.attempt.key, &put.attempt);
  }
  void operator()(const AttemptGone& gone) { batch.attempts.emplace_back(gone.key, nullptr); }
  void operator()(const SessionGranted& granted) { batch.session = granted.session; }
  // Only the State forgets it.
  void operator()(const JobRetired&) {}
};

/// Rows of jobs that the batch itself adds are written once, as they are at its end.
void fold_into_added(Batch& batch) {
  std::vector<std::pair<JobId, std::size_t>> places;
  for (std::size_t i = 0; i < batch.added.size(); ++i) {
    places.emplace_back(batch.added[i].added->id, i);
  }
  std::sort(places.begin(), places.end());
  const auto find = [&](JobId id) -> Batch::NewJob* {
    const auto place =
        std::lower_bound(places.begin(), places.end(), std::pair(id, std::size_t{0}));
    const bool is_new = place != places.end() && place->first == id;
    return is_new ? &batch.added[place->second] : nullptr;
  };
  std::erase_if(batch.moved, [&](const Job* job) {
    Batch::NewJob* added = find(job->id);
    if (added != nullptr) {
      added->now = job;
    }
    return added != nullptr;
  });
  std::erase_if(batch.counted, [&](const ArrayCounted* counted) {
    Batch::NewJob* added = find(counted->job);
    if (added != nullptr) {
      added->counted = counted;
    }
    return added != nullptr;
  });
}

}  // namespace

Batch::Batch(std::span<const Decision> decisions) {
  for (const Decision& decision : decisions) {
    for (const Change& change : decision.changes) {
      std::visit(Sorter{*this, change}, change);
    }
  }
  keep_last(moved, [](const Job* job) { return job->id; });
  keep_last(counted, [](const ArrayCounted* count) { return count->job; });
  keep_last(attempts, [](const auto& attempt) { return attempt.first; });
  keep_last(shares, [](const auto& share) { return share.first; });
  fold_into_added(*this);
}

bool Batch::begins_with(const Decision& decision) {
  return std::any_of(decision.changes.begin(), decision.changes.end(), [](const Change& change) {
    return std::holds_alternative<JobReopened>(change) ||
           std::holds_alternative<ChildrenRerun>(change);
  });
}

bool Batch::is_empty() const {
  return reopened.empty() && rerun.empty() && settings.empty() && added.empty() && moved.empty() &&
         counted.empty() && ended.empty() && attempts.empty() && shares.empty() && tagged.empty() &&
         noted.empty() && forgotten.empty() && !session;
}

}  // namespace dray::store
