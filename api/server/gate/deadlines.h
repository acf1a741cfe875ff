#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace dray::server {

using Moment = std::chrono::steady_clock::time_point;
/// The deadline of who has none.
inline constexpr Moment kNever = Moment::max();

/// Whose time is over when. Pure: whoever holds it knows the time.
class Deadlines {
 public:
  /// Moves the deadline of `who` from `from`, where it is, to `to`; kNever is no deadline.
  void move(std::uint64_t who, Moment from, Moment to) {
    auto node = from == kNever ? Set::node_type() : set_.extract({from, who});
    if (to == kNever) {
      return;
    }
    if (node.empty()) {
      set_.emplace(to, who);
    } else {
      node.value().first = to;
      set_.insert(std::move(node));
    }
  }
  /// Whose is the earliest.
  [[nodiscard]] std::optional<std::uint64_t> first() const {
    return set_.empty() ? std::nullopt : std::optional(set_.begin()->second);
  }
  /// When that is; kNever without any.
  [[nodiscard]] Moment next() const { return set_.empty() ? kNever : set_.begin()->first; }

 private:
  using Set = std::set<std::pair<Moment, std::uint64_t>>;
  Set set_;
};

}  // namespace dray::server
