#include <algorithm>

#include "scheduler/core/applier.h"

namespace dray {
namespace {

/// Whether every child waits for the same things, and for no other child.
bool is_uniform(const JobSpec& spec) {
  return std::all_of(spec.depends_on.begin(), spec.depends_on.end(),
                     [](const Dependency& on) { return on.type == DependencyType::Whole; });
}

bool is_sequential(const JobSpec& spec) {
  return std::any_of(spec.depends_on.begin(), spec.depends_on.end(),
                     [](const Dependency& on) { return on.type == DependencyType::Sequential; });
}

}  // namespace

/// A dependency that is not in State has succeeded: a failed one would have ended the job.
void Applier::depend(JobEntry& entry) {
  const std::vector<Dependency>& depends_on = entry.job.spec->depends_on;
  state_.dependencies_read += depends_on.size();
  for (std::uint32_t place = 0; place < depends_on.size(); ++place) {
    const Dependency& on = depends_on[place];
    JobEntry* needed = on.type == DependencyType::Sequential ? nullptr : find(on.job);
    if (needed == nullptr) {
      if (on.type != DependencyType::Sequential) {
        ++state_.named_on_disk_[on.job];
      }
      continue;
    }
    needed->dependents.insert(dependent_of(entry.job, place));
    if (on.type == DependencyType::Whole &&
        state_.state_of(*needed, on.child) != JobState::Succeeded) {
      ++entry.unmet;
    }
  }
}

void Applier::undepend(JobEntry& entry) {
  const std::vector<Dependency>& depends_on = entry.job.spec->depends_on;
  state_.dependencies_read += depends_on.size();
  for (std::uint32_t place = 0; place < depends_on.size(); ++place) {
    const Uuid& job = depends_on[place].job;
    if (JobEntry* needed = find(job); needed != nullptr) {
      needed->dependents.erase(dependent_of(entry.job, place));
    } else if (const auto named = state_.named_on_disk_.find(job);
               named != state_.named_on_disk_.end() && --named->second == 0) {
      state_.named_on_disk_.erase(named);
    }
  }
}

void Applier::tell_success(const JobEntry& entry, std::int32_t child) {
  if (child != kNoChild && child + 1 < entry.array->size() && is_sequential(*entry.job.spec)) {
    release(entry_of(entry.job.id), child + 1, child + 1);
  }
  if (child != kNoChild) {
    const auto behind = entry.dependents.lower_bound({kNoChild, {}, 0});
    for (auto at = entry.dependents.begin(); at != behind; ++at) {
      ++state_.dependencies_read;
      release(entry_of(at->job), child, child);
    }
  }
  for (auto at = entry.dependents.lower_bound({child, {}, 0});
       at != entry.dependents.end() && at->child == child; ++at) {
    ++state_.dependencies_read;
    JobEntry& dependent = entry_of(at->job);
    if (--dependent.unmet == 0 && dependent.has_children()) {
      release(dependent, 0, dependent.array->size() - 1);
    }
  }
}

void Applier::release(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (!entry.has_children() || entry.unmet > 0) {
    return;
  }
  if (is_uniform(*entry.job.spec)) {
    bool is_whole = true;
    for (std::int32_t child = first; child <= last; ++child) {
      if (entry.array->state(child) == ChildState::Pending) {
        entry.array->move(child, ChildState::Runnable);
      } else {
        is_whole = false;
      }
    }
    if (is_whole) {
      state_.uncounted_arrays_.insert(entry.job.id);
      wait(entry, first, last);
      return;
    }
    for (std::int32_t child = first; child <= last; ++child) {
      if (entry.array->state(child) == ChildState::Runnable) {
        wait(entry, child, child);
      }
    }
    return;
  }
  for (std::int32_t child = first; child <= last; ++child) {
    if (entry.array->state(child) == ChildState::Pending && is_free(entry, child)) {
      move_child(entry, child, ChildState::Runnable);
    }
  }
}

bool Applier::is_free(const JobEntry& entry, std::int32_t child) {
  state_.dependencies_read += entry.job.spec->depends_on.size();
  for (const Dependency& on : entry.job.spec->depends_on) {
    if (on.type == DependencyType::Sequential) {
      if (child > 0 && entry.array->state(child - 1) != ChildState::Succeeded) {
        return false;
      }
      continue;
    }
    const JobEntry* needed = on.type == DependencyType::NToN ? find(on.job) : nullptr;
    if (needed != nullptr && needed->array && child < needed->array->size() &&
        needed->array->state(child) != ChildState::Succeeded) {
      return false;
    }
  }
  return true;
}

}  // namespace dray
