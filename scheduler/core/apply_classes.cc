#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/check.h"
#include "scheduler/core/applier.h"

/// What waits, by class: jobs join a class each, and children that ask for more memory than their
/// spec one of their own.
namespace dray {
namespace {

/// More than there are children of any array.
constexpr std::uint64_t kJobsMax = 1'000'000'000;

ClassKey key_of(const Job& job, const std::string& limited_name, const RunTimes& learned) {
  const JobSpec& spec = *job.spec;
  ClassKey key{.queue = spec.queue,
               .request = spec.container.request,
               .share = spec.share_identifier,
               .priority = priority_of(job),
               .expected = expected_run(spec, learned),
               .limited_name = limited_name};
  for (const ConsumableNeed& need : spec.consumables) {
    key.consumables[need.name] += need.quantity;
  }
  for (const NodeRange& range : spec.nodes) {
    key.nodes.push_back({range.last - range.first + 1, range.container.request});
  }
  return key;
}

/// The job's name, if its queue limits how many of that name run.
std::string limited_name_of(const State::Queues& queues, const JobSpec& spec) {
  const auto queue = queues.find(spec.queue);
  const bool is_limited = queue != queues.end() && queue->second.limits.by_name.contains(spec.name);
  return is_limited ? spec.name : std::string();
}

}  // namespace

void Applier::join_class(JobEntry& entry) {
  const JobSpec& spec = *entry.job.spec;
  join_share(spec);
  const std::string limited_name = limited_name_of(state_.queues_, spec);
  entry.request_class = join(key_of(entry.job, limited_name, state_.run_times));
}

ClassId Applier::join(const ClassKey& key) {
  const auto [found, is_new] = state_.class_ids_.try_emplace(key);
  if (is_new) {
    found->second = ClassId{++state_.last_class_.value};
    state_.classes_[found->second].key = key;
  }
  ++state_.classes_.at(found->second).jobs;
  return found->second;
}

void Applier::leave(ClassId id) {
  RequestClass& request_class = state_.classes_.at(id);
  if (--request_class.jobs == 0) {
    state_.class_ids_.erase(request_class.key);
    state_.classes_.erase(id);
  }
}

void Applier::leave_class(JobEntry& entry) {
  const RequestClass& request_class = state_.classes_.at(entry.request_class);
  CHECK(!request_class.waiting.contains(entry.job.id));
  CHECK(entry.grown_in_line.is_empty());
  leave_share({request_class.key.queue, request_class.key.share});
  for (const auto& [child, grown] : entry.grown) {
    leave(grown.request_class);
  }
  entry.grown.clear();
  leave(entry.request_class);
  entry.request_class = {};
}

void Applier::sort_classes(const std::string& queue) {
  for (auto& [id, entry] : state_.jobs_) {
    if (!entry.request_class.is_none() && entry.job.spec->queue == queue) {
      change_class(entry);
    }
  }
}

void Applier::change_class(JobEntry& entry) {
  const JobId id = entry.job.id;
  const std::string limited_name = limited_name_of(state_.queues_, *entry.job.spec);
  const std::int32_t priority = priority_of(entry.job);
  const Duration expected = expected_run(*entry.job.spec, state_.run_times);
  const ClassKey& present = state_.class_of(entry).key;
  if (present.limited_name == limited_name && present.priority == priority &&
      present.expected == expected) {
    return;
  }
  std::map<ClassId, ClassId> moved;
  std::vector<ClassId> left;
  const auto move = [&](ClassId& at) {
    ClassKey key = state_.classes_.at(at).key;
    key.limited_name = limited_name;
    key.priority = priority;
    key.expected = expected;
    left.push_back(at);
    moved[at] = join(key);
    at = moved[at];
  };
  move(entry.request_class);
  for (auto& [child, grown] : entry.grown) {
    move(grown.request_class);
  }
  for (const auto& [from, to] : moved) {
    RequestClass& old = state_.classes_.at(from);
    RequestClass& now = state_.classes_.at(to);
    if (auto line = old.waiting.extract(id)) {
      old.waiting_count -= line.mapped().count();
      now.waiting_count += line.mapped().count();
      now.waiting.insert(std::move(line));
    }
  }
  bool is_counted = false;
  for (auto at = state_.attempts_.lower_bound({id, kNoChild});
       at != state_.attempts_.end() && at->first.job == id; ++at) {
    const ClassId to = State::class_id_of(entry, at->first.child);
    const ClassId from = std::find_if(moved.begin(), moved.end(), [to](const auto& it) {
                           return it.second == to;
                         })->first;
    if (!entry.is_gang() || !is_counted) {
      --state_.classes_.at(from).active;
      ++state_.classes_.at(to).active;
      is_counted = true;
    }
    if (at->second.attempt.state == AttemptState::Ahead) {
      AgentEntry& agent = state_.agents_.at(at->second.attempt.agent);
      agent.ahead.at(at->second.ahead_order).request_class = to;
      auto& by_class = agent.ahead_by_class;
      if (--by_class.at(from) == 0) {
        by_class.erase(from);
      }
      ++by_class[to];
    }
  }
  for (const ClassId from : left) {
    leave(from);
  }
}

/// When recovery replays attempts, their child may wait already.
void Applier::grow(JobEntry& entry, const Attempt& ended) {
  const JobKey& key = ended.key.job;
  if (entry.request_class.is_none()) {
    return;  // Recovery replays an ended job's attempts.
  }
  const std::int64_t had_mib = State::request_of(entry, key.child).memory_mib;
  const std::int64_t memory_mib = memory_after(*entry.job.spec, had_mib, ended);
  if (memory_mib == had_mib) {
    return;
  }
  CHECK(!entry.is_gang() && !state_.attempts_.contains(key));
  const ClassId old = State::class_id_of(entry, key.child);
  const auto line = state_.classes_.at(old).waiting.find(key.job);
  const bool stands_in_line =
      line != state_.classes_.at(old).waiting.end() && line->second.has(key.child);
  if (stands_in_line) {
    leave_line(entry, key.child, key.child);
  }
  ClassKey class_key = state_.classes_.at(old).key;
  class_key.request.memory_mib = memory_mib;
  const ClassId fresh = join(class_key);
  const auto [grown, is_first] = entry.grown.try_emplace(key.child);
  if (!is_first) {
    leave(old);
  }
  grown->second = {memory_mib, fresh};
  if (stands_in_line) {
    stand_in_line(entry, key.child, key.child);
  }
}

void Applier::shrink(JobEntry& entry, std::int32_t child) {
  const auto grown = entry.grown.find(child);
  if (grown == entry.grown.end()) {
    return;
  }
  CHECK(!entry.grown_in_line.has(child) && !state_.attempts_.contains({entry.job.id, child}));
  leave(grown->second.request_class);
  entry.grown.erase(grown);
}

void Applier::wait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;  // Recovery replays an ended job's attempts: it waits for nothing.
  }
  const ChildRuns& held = entry.job.held_children;
  if (held.empty()) {
    line_up(entry, first, last);
  }
  for (const auto& [from, to] : held.empty() ? ChildRuns{} : without({{first, last}}, held)) {
    line_up(entry, from, to);
  }
  admit(entry);
}

void Applier::line_up(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (!entry.kept_back.is_empty() && entry.kept_back.front() < first) {
    entry.kept_back.add(first, last);
  } else {
    stand_in_line(entry, first, last);
  }
}

void Applier::follow_holds(JobEntry& entry, const ChildRuns& before) {
  for (const auto& [first, last] : without(entry.job.held_children, before)) {
    unwait(entry, first, last);
  }
  for (const auto& [first, last] : without(before, entry.job.held_children)) {
    for (std::int32_t child = first; child <= last; ++child) {
      const std::int32_t from = child;
      while (child <= last && entry.array->state(child) == ChildState::Runnable) {
        ++child;
      }
      if (from < child) {
        wait(entry, from, child - 1);
      }
    }
  }
}

void Applier::unwait(JobEntry& entry, std::int32_t first, std::int32_t last) {
  if (entry.request_class.is_none()) {
    return;
  }
  entry.kept_back.remove(first, last);
  leave_line(entry, first, last);
}

void Applier::admit(JobEntry& entry) {
  const std::uint64_t places = entry.places();
  const bool is_free = entry.kept_back.is_empty() && places >= kJobsMax;
  if (!entry.has_children() || entry.request_class.is_none() || is_free) {
    return;
  }
  std::uint64_t standing = state_.in_line(entry);
  for (; standing > places; standing = state_.in_line(entry)) {
    const auto [first, last] = last_in_line(entry);
    const auto more = static_cast<std::int64_t>(std::min(standing - places, kJobsMax));
    const auto from = static_cast<std::int32_t>(std::max<std::int64_t>(first, last - more + 1));
    leave_line(entry, from, last);
    entry.kept_back.add(from, last);
  }
  for (; standing < places && !entry.kept_back.is_empty(); standing = state_.in_line(entry)) {
    const auto [first, last] = *entry.kept_back.runs().begin();
    const auto left = static_cast<std::int64_t>(std::min(places - standing, kJobsMax));
    const auto to = static_cast<std::int32_t>(std::min<std::int64_t>(last, first + left - 1));
    entry.kept_back.remove(first, to);
    stand_in_line(entry, first, to);
  }
}

std::pair<std::int32_t, std::int32_t> Applier::last_in_line(const JobEntry& entry) const {
  const auto& lines = state_.classes_.at(entry.request_class).waiting;
  const auto line = lines.find(entry.job.id);
  std::pair<std::int32_t, std::int32_t> last{kNoChild, std::numeric_limits<std::int32_t>::min()};
  if (line != lines.end()) {
    last = *line->second.runs().rbegin();
  }
  const ChildSet::Runs& grown = entry.grown_in_line.runs();
  if (!grown.empty() && grown.rbegin()->second > last.second) {
    last = *grown.rbegin();
  }
  CHECK(last.first <= last.second);
  return last;
}

void Applier::stand_in_line(JobEntry& entry, std::int32_t first, std::int32_t last) {
  auto grown = entry.grown.lower_bound(first);
  for (; grown != entry.grown.end() && grown->first <= last; ++grown) {
    const std::int32_t child = grown->first;
    if (first < child) {
      stand_in_line(entry.request_class, entry.job.id, first, child - 1);
    }
    stand_in_line(grown->second.request_class, entry.job.id, child, child);
    entry.grown_in_line.add(child, child);
    first = child + 1;
  }
  if (first <= last) {
    stand_in_line(entry.request_class, entry.job.id, first, last);
  }
}

void Applier::stand_in_line(ClassId id, JobId job, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(id);
  RequestClass::Waiting& waiting = request_class.waiting[job];
  waiting.submitted = state_.jobs_.at(job).submitted;
  request_class.waiting_count -= waiting.count();
  waiting.add(first, last);
  request_class.waiting_count += waiting.count();
}

void Applier::leave_line(JobEntry& entry, std::int32_t first, std::int32_t last) {
  leave_line(entry.request_class, entry.job.id, first, last);
  for (auto grown = entry.grown.lower_bound(first);
       grown != entry.grown.end() && grown->first <= last; ++grown) {
    leave_line(grown->second.request_class, entry.job.id, grown->first, grown->first);
  }
  entry.grown_in_line.remove(first, last);
}

void Applier::leave_line(ClassId id, JobId job, std::int32_t first, std::int32_t last) {
  RequestClass& request_class = state_.classes_.at(id);
  const auto waiting = request_class.waiting.find(job);
  if (waiting == request_class.waiting.end()) {
    return;
  }
  request_class.waiting_count -= waiting->second.count();
  waiting->second.remove(first, last);
  request_class.waiting_count += waiting->second.count();
  if (waiting->second.is_empty()) {
    request_class.waiting.erase(waiting);
  }
}

}  // namespace dray
