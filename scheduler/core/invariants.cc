#include "scheduler/core/invariants.h"

#include <map>
#include <set>
#include <string>

namespace dray {
namespace {

/// Recomputes and compares; every `broken` is one sentence.
class Inspection {
 public:
  explicit Inspection(const State& state) : state_(state) {}

  std::vector<std::string> breaches() {
    inspect_attempts();
    inspect_agents();
    for (const auto& [id, entry] : state_.jobs()) {
      inspect_job(entry);
    }
    inspect_classes();
    expect(named_on_disk_ == state_.named_on_disk(),
           "what live jobs name on disk is remembered wrongly");
    return std::move(breaches_);
  }

 private:
  void expect(bool holds, const std::string& sentence) {
    if (!holds) {
      breaches_.push_back(sentence);
    }
  }

  static std::string text(const JobKey& key) {
    return std::to_string(key.job.value) +
           (key.is_child() ? ":" + std::to_string(key.child) : std::string());
  }

  void inspect_attempts() {
    for (const auto& [key, live] : state_.attempts()) {
      const Attempt& attempt = live.attempt;
      const JobEntry* entry = state_.find_job(key.job);
      const std::string name = "attempt of job " + text(key);
      expect(attempt.key.job == key && attempt.key.number >= 1, name + " has another key");
      expect(attempt.state != AttemptState::Ended, name + " has ended and is kept");
      expect(state_.find_agent(attempt.agent) != nullptr, name + " has no agent");
      if (entry == nullptr || key.is_child() != entry->array.has_value()) {
        expect(false, name + " has no job");
        continue;
      }
      expect(!is_terminal(entry->job.state), name + " lives though its job has ended");
      if (attempt.state == AttemptState::Ahead) {
        by_agent_[attempt.agent].ahead.insert(key);
        ++by_agent_[attempt.agent].ahead_by_class[State::class_id_of(*entry, key.child)];
      } else {
        by_agent_[attempt.agent].live.insert(key);
        by_agent_[attempt.agent].reserved += State::request_of(*entry, key.child);
      }
    }
  }

  void inspect_agents() {
    for (const auto& [id, entry] : state_.agents()) {
      const std::string name = "agent " + entry.agent.name;
      const OnAgent& expected = by_agent_[id];
      std::set<JobKey> ahead;
      for (const auto& [order, key] : entry.ahead) {
        ahead.insert(key);
        const LiveAttempt* live = state_.find_attempt(key);
        expect(live != nullptr && live->ahead_order == order, name + " has a crooked line");
      }
      expect(entry.agent.id == id, name + " has another id");
      expect(state_.find_agent(entry.agent.name) == &entry, name + " is not found by name");
      expect(entry.live == expected.live, name + " runs other attempts than it is said to");
      expect(ahead == expected.ahead, name + " has other attempts ahead than it is said to");
      expect(entry.ahead_by_class == expected.ahead_by_class, name + " counts its line wrongly");
      expect(entry.reserved == expected.reserved, name + " reserves something else");
      expect(entry.reserved.fits_in(entry.agent.capacity), name + " reserves over its capacity");
      expect(entry.agent.session <= state_.last_session(), name + " has a session of the future");
    }
  }

  void inspect_job(const JobEntry& entry) {
    const Job& job = entry.job;
    const std::string name = "job " + text({job.id, kNoChild});
    expect(state_.find_job(job.uuid) == &entry, name + " is not found by its uuid");
    expect(job.id <= state_.last_job(), name + " has a number of the future");
    expect(is_terminal(job.state) == job.stopped_at.has_value(), name + " stopped otherwise");
    expect(entry.array.has_value() == job.spec->is_array(), name + " is half an array");
    if (is_terminal(job.state)) {
      expect(!entry.dependents.empty(), name + " has ended, is not needed and is kept");
      expect(entry.request_class.is_none(), name + " has ended and waits in a class");
      return;
    }
    ++jobs_by_class_[entry.request_class];
    for (const auto& [child, grown] : entry.grown) {
      ++jobs_by_class_[grown.request_class];
      expect(grown.memory_mib > job.spec->container.request.memory_mib,
             name + " has grown and asks for no more");
    }
    inspect_dependencies(entry, name);
    if (entry.array) {
      inspect_array(entry, name);
    } else {
      inspect_single(entry, name);
    }
  }

  void inspect_dependencies(const JobEntry& entry, const std::string& name) {
    std::uint32_t unmet = 0;
    for (const Dependency& on : entry.job.spec->depends_on) {
      const JobEntry* needed = state_.find_job(on.job);
      if (needed == nullptr) {
        if (on.type != DependencyType::Sequential) {
          ++named_on_disk_[on.job];
        }
        continue;
      }
      expect(needed->dependents.contains(entry.job.id), name + " is not known as a dependent");
      if (on.type == DependencyType::Whole) {
        const JobState at = state_.state_of(*needed, on.child);
        expect(at != JobState::Failed, name + " waits for what has failed");
        unmet += at == JobState::Succeeded ? 0 : 1;
      }
    }
    expect(unmet == entry.unmet, name + " counts its dependencies wrongly");
    for (const JobId id : entry.dependents) {
      const JobEntry* dependent = state_.find_job(id);
      expect(dependent != nullptr && !is_terminal(dependent->job.state),
             name + " has a dependent that does not live");
    }
  }

  void inspect_single(const JobEntry& entry, const std::string& name) {
    const JobKey key{entry.job.id, kNoChild};
    const LiveAttempt* live = state_.find_attempt(key);
    JobState expected = entry.unmet > 0 ? JobState::Pending : JobState::Runnable;
    if (live != nullptr && live->attempt.state == AttemptState::Starting) {
      expected = JobState::Starting;
    } else if (live != nullptr && live->attempt.state == AttemptState::Running) {
      expected = JobState::Running;
    }
    expect(entry.job.state == expected, name + " is in another state than its attempt");
    inspect_waiting(entry, kNoChild, live == nullptr && expected == JobState::Runnable, name);
  }

  void inspect_array(const JobEntry& entry, const std::string& name) {
    const Array& array = *entry.array;
    StateCounts counts{};
    expect(entry.job.state == JobState::Pending, name + " is a parent and not PENDING");
    expect(!array.has_ended(), name + " has only ended children and goes on");
    for (std::int32_t child = 0; child < array.size(); ++child) {
      const ChildState at = array.state(child);
      ++counts[static_cast<std::size_t>(as_job_state(at))];
      const LiveAttempt* live = state_.find_attempt({entry.job.id, child});
      const bool is_held = !is_waiting(at) && !is_terminal(at);
      const std::string child_name = name + ":" + std::to_string(child);
      expect(is_held == (live != nullptr), child_name + " is in another state than its attempt");
      if (live != nullptr) {
        expect(as_job_state(at) == expected_state(live->attempt.state),
               child_name + " is in another state than its attempt");
        expect(live->attempt.key.number == array.attempts(child) + 1U,
               child_name + " counts its attempts wrongly");
      }
      if (is_waiting(at)) {
        expect((at == ChildState::Runnable) == is_free(entry, child),
               child_name + " is held back wrongly, or not held back");
      }
      inspect_waiting(entry, child, at == ChildState::Runnable, child_name);
    }
    expect(counts == array.counts(), name + " counts its children wrongly");
  }

  static JobState expected_state(AttemptState state) {
    return state == AttemptState::Ahead      ? JobState::Runnable
           : state == AttemptState::Starting ? JobState::Starting
                                             : JobState::Running;
  }

  bool is_free(const JobEntry& entry, std::int32_t child) const {
    if (entry.unmet > 0) {
      return false;
    }
    for (const Dependency& on : entry.job.spec->depends_on) {
      if (on.type == DependencyType::Sequential && child > 0 &&
          entry.array->state(child - 1) != ChildState::Succeeded) {
        return false;
      }
      const JobEntry* needed = on.type == DependencyType::NToN ? state_.find_job(on.job) : nullptr;
      if (needed != nullptr && child < needed->array->size() &&
          needed->array->state(child) != ChildState::Succeeded) {
        return false;
      }
    }
    return true;
  }

  void inspect_waiting(const JobEntry& entry, std::int32_t child, bool waits,
                       const std::string& name) {
    const ClassId id = State::class_id_of(entry, child);
    const auto found = state_.classes().find(id);
    if (found == state_.classes().end()) {
      expect(false, name + " has no class");
      return;
    }
    const auto& waiting = found->second.waiting;
    const auto runs = waiting.find(entry.job.id);
    expect((runs != waiting.end() && runs->second.has(child)) == waits,
           name + (waits ? " should wait in its class" : " should not wait in its class"));
    waiting_by_class_[id] += waits ? 1 : 0;
    expect(found->second.key.request == State::request_of(entry, child),
           name + " waits in a class of another request");
  }

  void inspect_classes() {
    for (const auto& [id, request_class] : state_.classes()) {
      const std::string name = "class " + std::to_string(id.value);
      expect(request_class.jobs == jobs_by_class_[id], name + " counts its jobs wrongly");
      expect(request_class.waiting_count == waiting_by_class_[id],
             name + " counts what waits wrongly");
      for (const auto& [job, runs] : request_class.waiting) {
        expect(!runs.is_empty(), name + " keeps an empty run");
      }
    }
  }

  struct OnAgent {
    std::set<JobKey> live;
    std::set<JobKey> ahead;
    std::map<ClassId, std::uint32_t> ahead_by_class;
    Resources reserved;
  };
  const State& state_;
  std::map<AgentId, OnAgent> by_agent_;
  std::map<Uuid, std::uint32_t> named_on_disk_;
  std::map<ClassId, std::uint32_t> jobs_by_class_;
  std::map<ClassId, std::uint64_t> waiting_by_class_;
  std::vector<std::string> breaches_;
};

void compare_jobs(const JobEntry& before, const JobEntry& after,
                  std::vector<std::string>& breaches) {
  const std::string name = "job " + std::to_string(before.job.id.value);
  if (is_terminal(before.job.state) && before.job.state != after.job.state) {
    breaches.push_back(name + " had ended and moved");
  }
  if (after.job.attempts_made < before.job.attempts_made) {
    breaches.push_back(name + " forgot an attempt");
  }
  if (!before.array || !after.array || before.array->counts() == after.array->counts()) {
    return;
  }
  for (std::int32_t child = 0; child < before.array->size(); ++child) {
    const ChildState was = before.array->state(child);
    if (is_terminal(was) && was != after.array->state(child)) {
      breaches.push_back(name + ":" + std::to_string(child) + " had ended and moved");
    }
  }
}

}  // namespace

std::vector<std::string> broken_invariants(const State& state) {
  return Inspection(state).breaches();
}

std::vector<std::string> broken_between(const State& before, const State& after) {
  std::vector<std::string> breaches;
  if (after.last_session() < before.last_session()) {
    breaches.push_back("session numbers went back");
  }
  if (after.last_job() < before.last_job()) {
    breaches.push_back("job numbers went back");
  }
  for (const auto& [id, entry] : before.jobs()) {
    if (const JobEntry* now = after.find_job(id); now != nullptr) {
      compare_jobs(entry, *now, breaches);
    }
  }
  for (const auto& [key, live] : before.attempts()) {
    const LiveAttempt* now = after.find_attempt(key);
    if (now != nullptr && now->attempt.token == live.attempt.token &&
        now->attempt.agent != live.attempt.agent) {
      breaches.push_back("an attempt of job " + std::to_string(key.job.value) + " changed agents");
    }
  }
  return breaches;
}

}  // namespace dray
