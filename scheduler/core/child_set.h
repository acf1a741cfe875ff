#pragma once
#include <cstdint>
#include <map>

namespace dray {

/// Children of one array as sorted, disjoint runs that do not touch: a million waiting children are
/// one run. A single job is the run of kNoChild alone. Every operation is O(log runs).
class ChildSet {
 public:
  using Runs = std::map<std::int32_t, std::int32_t>;  ///< first -> last

  void add(std::int32_t first, std::int32_t last);
  /// Those of first..last that are in the set leave it.
  void remove(std::int32_t first, std::int32_t last);
  [[nodiscard]] bool has(std::int32_t child) const;
  [[nodiscard]] bool is_empty() const { return runs_.empty(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The smallest; the set is not empty.
  [[nodiscard]] std::int32_t front() const { return runs_.begin()->first; }
  [[nodiscard]] std::uint64_t count_below(std::int32_t child) const;
  [[nodiscard]] const Runs& runs() const { return runs_; }
  bool operator==(const ChildSet&) const = default;

 private:
  Runs runs_;
  std::uint64_t count_ = 0;
};

}  // namespace dray
