#pragma once
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "model/queries.h"

namespace dray {

using Ids = std::vector<std::uint64_t>;

inline Ids ids(const PageOf<JobSummary>& page) {
  Ids found;
  for (const JobSummary& summary : page.items) {
    found.push_back(summary.job.id.value);
  }
  return found;
}

/// Every item of all pages that `ask(Page)` gives.
template <class Ask>
Ids all_pages(std::int32_t results_max, Ask ask) {
  Ids found;
  Page page{results_max, ""};
  do {
    const PageOf<JobSummary> items = ask(page);
    const Ids some = ids(items);
    EXPECT_LE(some.size(), static_cast<std::size_t>(results_max));
    found.insert(found.end(), some.begin(), some.end());
    page.after = items.next;
  } while (!page.after.empty());
  return found;
}

}  // namespace dray
