#include "scheduler/core/child_set.h"

#include <algorithm>
#include <iterator>

#include "model/check.h"

namespace dray {
namespace {
std::uint64_t length(std::int32_t first, std::int32_t last) {
  return static_cast<std::uint64_t>(last - first) + 1;
}
}  // namespace

void ChildSet::add(std::int32_t first, std::int32_t last) {
  CHECK(first <= last);
  remove(first, last);
  count_ += length(first, last);
  auto next = runs_.lower_bound(first);
  if (next != runs_.end() && next->first == last + 1) {
    last = next->second;
    next = runs_.erase(next);
  }
  if (next != runs_.begin()) {
    const auto before = std::prev(next);
    if (before->second == first - 1) {
      before->second = last;
      return;
    }
  }
  runs_.emplace_hint(next, first, last);
}

void ChildSet::remove(std::int32_t first, std::int32_t last) {
  auto run = runs_.upper_bound(first);
  if (run != runs_.begin() && std::prev(run)->second >= first) {
    --run;
  }
  while (run != runs_.end() && run->first <= last) {
    const auto [from, to] = *run;
    run = runs_.erase(run);
    count_ -= length(std::max(from, first), std::min(to, last));
    if (from < first) {
      runs_.emplace_hint(run, from, first - 1);
    }
    if (to > last) {
      runs_.emplace_hint(run, last + 1, to);
    }
  }
}

bool ChildSet::has(std::int32_t child) const {
  const auto after = runs_.upper_bound(child);
  return after != runs_.begin() && std::prev(after)->second >= child;
}

std::uint64_t ChildSet::count_below(std::int32_t child) const {
  std::uint64_t count = 0;
  for (const auto& [first, last] : runs_) {
    if (first >= child) {
      break;
    }
    count += length(first, std::min(last, child - 1));
  }
  return count;
}

}  // namespace dray
