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
  const std::vector<Dependency>& depends_on = entry.job.spec->depends_on;
  state_.dependencies_read += depends_on.size();
  for (std::uint32_t place = 0; place < depends_on.size(); ++place) {
    const Dependency& on = depends_on[place];
    JobEntry* needed = needed_by(entry, on);
    if (needed == nullptr) {
      if (on.type != DependencyType::Sequential) {
        ++state_.named_only_[on.job];
      }
      continue;
    }
    needed->dependents.insert(dependent_of(entry.job, place));
    if (is_on_job(on.type) && !is_terminal(state_.state_of(*needed, on.child))) {
      ++entry.unmet;
    }
  }
}

void Applier::undepend(JobEntry& entry) {
  const std::vector<Dependency>& depends_on = entry.job.spec->depends_on;
  state_.dependencies_read += depends_on.size();
  for (std::uint32_t place = 0; place < depends_on.size(); ++place) {
    const Uuid& job = depends_on[place].job;
    JobEntry* needed = find(job);
    if (needed != nullptr && needed->dependents.erase(dependent_of(entry.job, place)) > 0) {
      continue;
    }
    const auto named = state_.named_only_.find(job);
    if (named != state_.named_only_.end() && --named->second == 0) {
      state_.named_only_.erase(named);
    }
  }
}

void Applier::tell_end(const JobEntry& entry, std::int32_t child, bool has_succeeded) {
  if (has_succeeded && child != kNoChild) {
    if (child + 1 < entry.array->size() && is_sequential(*entry.job.spec)) {
      release(entry_of(entry.job.id), child + 1, child + 1);
    }
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
    const DependencyType type = dependent.job.spec->depends_on[at->place].type;
    if (is_met_by(type, has_succeeded) && --dependent.unmet == 0 && dependent.has_children()) {
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
    const JobEntry* needed = on.type == DependencyType::NToN ? needed_by(entry, on) : nullptr;
    if (needed != nullptr && needed->array && child < needed->array->size() &&
        needed->array->state(child) != ChildState::Succeeded) {
      return false;
    }
  }
  return true;
}

}  // namespace dray
