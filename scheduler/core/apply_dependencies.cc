#include <algorithm>

#include "scheduler/core/applier.h"

namespace dray {
namespace {

/// Whether every child waits for the same things, and for no other child.
bool is_uniform(const JobSpec& spec) {
  return std::all_of(spec.depends_on.begin(), spec.depends_on.end(),
                     [](const Dependency& on) { return is_on_job(on.type); });
}

bool is_sequential(const JobSpec& spec) {
  return std::any_of(spec.depends_on.begin(), spec.depends_on.end(),
                     [](const Dependency& on) { return on.type == DependencyType::Sequential; });
}

}  // namespace

JobEntry* Applier::needed_by(const JobEntry& entry, const Dependency& on) {
  JobEntry* needed = on.type == DependencyType::Sequential ? nullptr : find(on.job);
  return needed != nullptr && binds(entry.job, needed->job) ? needed : nullptr;
}

/// A dependency that is not in State, or has ended there, is met: an end that does not meet it
/// takes the job with it in the same turn.
void Applier::depend(JobEntry& entry) {
  for (const Dependency& on : entry.job.spec->depends_on) {
    JobEntry* needed = needed_by(entry, on);
    if (needed == nullptr) {
      continue;
    }
    needed->dependents.insert(entry.job.id);
    if (is_on_job(on.type) && !is_terminal(state_.state_of(*needed, on.child))) {
      ++entry.unmet;
    }
  }
}

void Applier::undepend(JobEntry& entry) {
  for (const Dependency& on : entry.job.spec->depends_on) {
    if (JobEntry* needed = find(on.job); needed != nullptr) {
      needed->dependents.erase(entry.job.id);
    }
  }
}

void Applier::tell_end(const JobEntry& entry, std::int32_t child, bool has_succeeded) {
  if (has_succeeded && child != kNoChild && child + 1 < entry.array->size() &&
      is_sequential(*entry.job.spec)) {
    release(entry_of(entry.job.id), child + 1, child + 1);
  }
  for (const JobId id : entry.dependents) {
    JobEntry& dependent = entry_of(id);
    for (const Dependency& on : dependent.job.spec->depends_on) {
      if (on.type == DependencyType::Sequential || on.job != entry.job.uuid) {
        continue;
      }
      if (on.type == DependencyType::NToN && child != kNoChild && has_succeeded) {
        release(dependent, child, child);
      }
      if (is_on_job(on.type) && on.child == child && is_met_by(on.type, has_succeeded) &&
          --dependent.unmet == 0 && dependent.array) {
        release(dependent, 0, dependent.array->size() - 1);
      }
    }
  }
}

void Applier::release(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (!entry.array || entry.unmet > 0) {
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
  for (const Dependency& on : entry.job.spec->depends_on) {
    if (on.type == DependencyType::Sequential) {
      if (child > 0 && entry.array->state(child - 1) != ChildState::Succeeded) {
        return false;
      }
      continue;
    }
    const JobEntry* needed = on.type == DependencyType::NToN ? needed_by(entry, on) : nullptr;
    if (needed != nullptr && needed->array && child < needed->array->size() &&
        needed->array->state(child) != ChildState::Succeeded) {
      return false;
    }
  }
  return true;
}

}  // namespace dray
