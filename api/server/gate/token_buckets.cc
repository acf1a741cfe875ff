#include "api/server/gate/token_buckets.h"

#include <algorithm>

namespace dray::server {

TokenBuckets::TokenBuckets(std::uint32_t rate, std::size_t names_max) : names_max_(names_max) {
  if (rate > 0) {
    cost_ = std::chrono::nanoseconds(1'000'000'000) / rate;
    depth_ = cost_ * rate * 2;
  }
}

bool TokenBuckets::allow(std::string_view name, Moment now) {
  if (cost_.count() == 0) {
    return true;
  }
  auto found = buckets_.find(name);
  if (found == buckets_.end()) {
    if (buckets_.size() >= names_max_) {
      forget_full_ones(now);
    }
    found = buckets_.emplace(name, Bucket{now}).first;
  }
  const Moment full_at = std::max(found->second.full_at, now) + cost_;
  if (full_at - now > depth_) {
    return false;
  }
  found->second.full_at = full_at;
  return true;
}

/// Full ones are as good as unknown. When nobody has rested, the first is forgotten: with so many
/// names one bucket more or less bounds nothing.
void TokenBuckets::forget_full_ones(Moment now) {
  std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full_at <= now; });
  if (buckets_.size() >= names_max_) {
    buckets_.erase(buckets_.begin());
  }
}

}  // namespace dray::server
