#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace dray::server {

/// A bound on how often each of many may do something: `rate` times a second in the mean, and up to
/// twice that at once after a rest. Pure: the clock is handed in.
class TokenBuckets {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  /// A `rate` of 0 allows everything. No more than `names_max` are remembered.
  explicit TokenBuckets(std::uint32_t rate, std::size_t names_max = 10'000);

  /// Whether `name` may once more, now; then it is counted.
  bool allow(std::string_view name, Moment now);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  /// Time instead of tokens: a bucket is full when its time is over.
  struct Bucket {
    Moment full_at;
  };
  void forget_full_ones(Moment now);

  std::chrono::nanoseconds cost_{0};  ///< What one token takes to come back.
  std::chrono::nanoseconds depth_{0};
  std::size_t names_max_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace dray::server
