#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "scheduler/core/event.h"

namespace dray {

/// Rows of a disk in maps, for what more than one test keeps beside the store, and how the changes
/// that touch many rows at once are put there: plainly, row by row.
using JobRows = std::map<JobId, Job>;
using AttemptRows = std::map<AttemptKey, Attempt>;
using EndedRows = std::map<std::pair<JobId, std::int32_t>, ChildrenEnded>;

inline void put(const JobTagged& it, JobRows& jobs) {
  for (auto& [id, job] : jobs) {
    if (job.uuid == it.job) {
      JobSpec spec = *job.spec;
      change_tags(spec.tags, it.change);
      job.spec = std::make_shared<const JobSpec>(std::move(spec));
    }
  }
}

/// The latest attempts of those children are not their last, and no child among them has ended.
inline void put(const ChildrenRerun& it, AttemptRows& attempts, EndedRows& ended) {
  std::map<std::int32_t, Attempt*> latest;
  for (auto& [key, attempt] : attempts) {
    if (key.job.job == it.job && key.job.child >= it.first && key.job.child <= it.last) {
      latest[key.job.child] = &attempt;
    }
  }
  for (const auto& [child, attempt] : latest) {
    attempt->is_final = false;
    attempt->is_rerun = true;
  }
  const EndedRows before = ended;
  for (const auto& [key, run] : before) {
    if (key.first != it.job || run.last < it.first || run.first > it.last) {
      continue;
    }
    ended.erase(key);
    ChildrenEnded left = run;
    left.last = it.first - 1;
    if (left.first <= left.last) {
      ended[{it.job, left.first}] = left;
    }
    left = run;
    left.first = it.last + 1;
    if (left.first <= left.last) {
      ended[{it.job, left.first}] = left;
    }
  }
}

}  // namespace dray
