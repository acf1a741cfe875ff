#pragma once
#include <deque>
#include <map>
#include <string>

#include "model/access.h"
#include "model/instant.h"

namespace dray {

/// A submit that was taken lately.
struct KnownSubmit {
  Uuid body;
  Uuid job;
  std::string name;
};

/// Submits of the last minute by their invocations: those that whoever looked on disk may have
/// missed, for they were not there yet. Volatile: what is older, or from an earlier life, is found
/// on disk.
class RecentInvocations {
 public:
  static constexpr Duration kKept = std::chrono::seconds(60);
  /// How long ago one may have looked on disk for the answer to be trusted.
  static constexpr Duration kLookTrusted = std::chrono::seconds(30);

  /// Null when it is not known.
  [[nodiscard]] const KnownSubmit* find(const Uuid& key) const {
    const auto found = known_.find(key);
    return found == known_.end() ? nullptr : &found->second;
  }
  void keep(const Uuid& key, KnownSubmit submit, Instant now) {
    known_.insert_or_assign(key, std::move(submit));
    order_.emplace_back(now, key);
  }
  void forget_old(Instant now) {
    while (!order_.empty() && now - order_.front().first > kKept) {
      known_.erase(order_.front().second);
      order_.pop_front();
    }
  }
  [[nodiscard]] std::size_t size() const { return known_.size(); }

 private:
  std::map<Uuid, KnownSubmit> known_;
  std::deque<std::pair<Instant, Uuid>> order_;
};

}  // namespace dray
