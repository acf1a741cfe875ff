#include "scheduler/core/invariants.h"

#include <algorithm>
#include <initializer_list>
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
    expect(consumables_in_use_ == state_.consumables_in_use(),
           "consumable resources are counted wrongly");
    std::erase_if(held_nodes_, [](const auto& job) { return job.second == 0; });
    expect(held_nodes_ == state_.held_nodes(), "held nodes are counted wrongly");
    inspect_shares();
    expect(named_only_ == state_.named_only(),
           "what live jobs name without waiting for it is remembered wrongly");
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
      held_nodes_[key.job] += attempt.is_held ? 1 : 0;
      if (!entry->is_gang() || active_gangs_.insert(key.job).second) {
        for (const ConsumableNeed& need : entry->job.spec->consumables) {
          consumables_in_use_[need.name] += need.quantity;
        }
        ++active_by_class_[State::class_id_of(*entry, key.child)];
      }
      if (attempt.state == AttemptState::Ahead) {
        inspect_held(*entry, live, name);
        by_agent_[attempt.agent].ahead.insert(key);
        ++by_agent_[attempt.agent].ahead_by_class[State::class_id_of(*entry, key.child)];
      } else {
        by_agent_[attempt.agent].live.insert(key);
        const JobSpec& spec = *entry->job.spec;
        const Resources request = State::request_of(*entry, key.child);
        by_agent_[attempt.agent].reserved += request;
        if (!spec.share_identifier.empty()) {
          by_share_[{spec.queue, spec.share_identifier}].held += request;
        }
      }
    }
  }

  /// Of what is held nothing stays with an agent that can be reached and has not begun it.
  void inspect_held(const JobEntry& entry, const LiveAttempt& live, const std::string& name) {
    const std::int32_t child = live.attempt.key.job.child;
    const AgentEntry* agent = state_.find_agent(live.attempt.agent);
    const bool is_node = entry.is_gang() && child != entry.job.spec->main_node;
    const bool comes_back = live.is_retracting || live.attempt.stop_requested ||
                            (agent != nullptr && !agent->link.is_connected);
    expect(is_node || comes_back || !is_held(entry.job, child), name + " is held and given ahead");
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
        const JobEntry* job = state_.find_job(key.job);
        expect(job != nullptr && job->submitted == key.submitted &&
                   State::class_id_of(*job, key.child) == key.request_class,
               name + " mistakes what stands in its line");
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
    expect((entry.array ? entry.array->size() : 0) == job.spec->child_count(),
           name + " is half an array");
    if (is_terminal(job.state)) {
      expect(!entry.dependents.empty(), name + " has ended, is not needed and is kept");
      expect(entry.request_class.is_none(), name + " has ended and waits in a class");
      return;
    }
    ++jobs_by_class_[entry.request_class];
    if (const JobSpec& spec = *job.spec; !spec.share_identifier.empty()) {
      ++by_share_[{spec.queue, spec.share_identifier}].jobs;
    }
    for (const auto& [child, grown] : entry.grown) {
      inspect_grown(entry, child, grown, name);
    }
    inspect_dependencies(entry, name);
    const auto own = state_.classes().find(entry.request_class);
    expect(own != state_.classes().end() && own->second.key.priority == priority_of(job),
           name + " is in a class of another priority");
    if (entry.is_gang()) {
      inspect_gang(entry, name);
    } else if (entry.array) {
      inspect_array(entry, name);
    } else {
      inspect_single(entry, name);
    }
  }

  void inspect_dependencies(const JobEntry& entry, const std::string& name) {
    std::uint32_t unmet = 0;
    const std::vector<Dependency>& depends_on = entry.job.spec->depends_on;
    for (std::uint32_t place = 0; place < depends_on.size(); ++place) {
      const Dependency& on = depends_on[place];
      const JobEntry* needed = state_.find_job(on.job);
      if (needed == nullptr || !binds(entry.job, needed->job)) {
        if (on.type != DependencyType::Sequential) {
          ++named_only_[on.job];
        }
        continue;
      }
      expect(needed->dependents.contains(dependent_of(entry.job, place)),
             name + " is not known as a dependent");
      if (is_on_job(on.type)) {
        const JobState at = state_.state_of(*needed, on.child);
        expect(!is_terminal(at) || is_met_by(on.type, at == JobState::Succeeded),
               name + " waits for what has ended otherwise");
        unmet += is_terminal(at) ? 0 : 1;
      }
    }
    expect(unmet == entry.unmet, name + " counts its dependencies wrongly");
    for (const auto& [child, id, place] : entry.dependents) {
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
    const bool waits = live == nullptr && expected == JobState::Runnable && !entry.job.is_held;
    inspect_waiting(entry, kNoChild, waits, name);
  }

  void inspect_gang(const JobEntry& entry, const std::string& name) {
    const std::int32_t main_node = entry.job.spec->main_node;
    const LiveAttempt* main = state_.find_attempt({entry.job.id, main_node});
    std::set<AttemptNumber> numbers;
    for (std::int32_t node = 0; node < entry.array->size(); ++node) {
      const LiveAttempt* live = state_.find_attempt({entry.job.id, node});
      const ChildState at = entry.array->state(node);
      const std::string node_name = name + "#" + std::to_string(node);
      if (live == nullptr) {
        expect(at == ChildState::Pending || (node == main_node && is_terminal(at)),
               node_name + " is in a state without an attempt");
        continue;
      }
      numbers.insert(live->attempt.key.number);
      expect(as_job_state(at) == expected_state(live->attempt.state),
             node_name + " is in another state than its attempt");
      expect(!live->attempt.is_held || (main != nullptr && node != main_node),
             node_name + " is held without a main node");
      const bool has_begun = main == nullptr || main->attempt.state == AttemptState::Running;
      expect(node == main_node || live->attempt.is_held || has_begun,
             node_name + " was ordered before its main node ran");
    }
    expect(numbers.size() <= 1, name + " has nodes of several runs");
    const JobState waits = entry.unmet > 0 ? JobState::Pending : JobState::Runnable;
    if (numbers.empty()) {
      expect(entry.job.state == waits, name + " is in another state than its nodes");
    } else if (main != nullptr) {
      const bool runs = main->attempt.state == AttemptState::Running;
      expect(entry.job.state == (runs ? JobState::Running : JobState::Starting),
             name + " is in another state than its main node");
    } else {
      expect(entry.job.state == JobState::Starting || entry.job.state == JobState::Running,
             name + " is in another state than its last nodes");
    }
    const bool is_in_line = numbers.empty() && waits == JobState::Runnable && !entry.job.is_held;
    inspect_waiting(entry, kNoChild, is_in_line, name);
  }

  void inspect_array(const JobEntry& entry, const std::string& name) {
    const Array& array = *entry.array;
    const ChildRuns& job_held = entry.job.held_children;
    expect(job_held == together({}, within(job_held, array.size())) &&
               (job_held.empty() || !entry.job.is_held) && job_held.size() <= kHeldRunsMax,
           name + " holds other children than it has");
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
      const bool waits = at == ChildState::Runnable && !has_child(job_held, child);
      inspect_waiting(entry, child, waits, child_name);
    }
    expect(counts == array.counts(), name + " counts its children wrongly");
    inspect_places(entry, name);
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
      if (needed != nullptr && binds(entry.job, needed->job) && child < needed->array->size() &&
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
    const bool is_in_line = runs != waiting.end() && runs->second.has(child);
    const bool is_kept_back = entry.kept_back.has(child);
    expect((is_in_line || is_kept_back) == waits,
           name + (waits ? " should wait in its class" : " should not wait in its class"));
    expect(!is_in_line || !is_kept_back, name + " waits in its class and is kept back");
    waiting_by_class_[id] += is_in_line ? 1 : 0;
    expect((is_in_line && entry.grown.contains(child)) == entry.grown_in_line.has(child),
           name + " has grown and is not known to wait");
    expect(found->second.key.request == State::request_of(entry, child),
           name + " waits in a class of another request");
  }

  /// It waits as its job does, but for more memory.
  void inspect_grown(const JobEntry& entry, std::int32_t child, const Grown& grown,
                     const std::string& name) {
    ++jobs_by_class_[grown.request_class];
    const JobSpec& spec = *entry.job.spec;
    const std::string child_name = name + ":" + std::to_string(child);
    expect(!entry.is_gang() && grown.memory_mib > spec.container.request.memory_mib,
           child_name + " has grown and asks for no more");
    expect(child == kNoChild || !is_terminal(state_.state_of(entry, child)),
           child_name + " has ended and asks for more");
    const auto found = state_.classes().find(grown.request_class);
    if (found == state_.classes().end()) {
      expect(false, child_name + " has no class");
      return;
    }
    ClassKey key = state_.class_of(entry).key;
    key.request.memory_mib = grown.memory_mib;
    expect(found->second.key == key, child_name + " has a class of another kind");
  }

  /// The first of the runnable children stand in line, as many as have a place.
  void inspect_places(const JobEntry& entry, const std::string& name) {
    std::uint32_t active = 0;
    for (std::int32_t child = 0; child < entry.array->size(); ++child) {
      active += state_.find_attempt({entry.job.id, child}) != nullptr ? 1U : 0U;
    }
    expect(active == entry.active, name + " counts its attempts wrongly");
    const std::uint64_t in_line = state_.in_line(entry);
    const std::uint64_t runnable = in_line + entry.kept_back.count();
    expect(in_line == std::min(runnable, entry.places()), name + " admits another number");
    const auto& waiting = state_.class_of(entry).waiting;
    const auto runs = waiting.find(entry.job.id);
    for (const ChildSet* line : std::initializer_list<const ChildSet*>{
             runs == waiting.end() ? nullptr : &runs->second, &entry.grown_in_line}) {
      expect(line == nullptr || line->is_empty() || entry.kept_back.is_empty() ||
                 line->runs().rbegin()->second < entry.kept_back.front(),
             name + " keeps back what stands before others");
    }
  }

  void inspect_classes() {
    for (const auto& [id, request_class] : state_.classes()) {
      const std::string name = "class " + std::to_string(id.value);
      expect(request_class.jobs == jobs_by_class_[id], name + " counts its jobs wrongly");
      expect(request_class.active == active_by_class_[id], name + " counts its attempts wrongly");
      expect(request_class.waiting_count == waiting_by_class_[id],
             name + " counts what waits wrongly");
      for (const auto& [job, runs] : request_class.waiting) {
        expect(!runs.is_empty(), name + " keeps an empty run");
        expect(runs.submitted == state_.find_job(job)->submitted, name + " mistakes an age");
      }
    }
  }

  void inspect_shares() {
    std::size_t idle = 0;
    for (const auto& [key, entry] : state_.shares()) {
      const std::string name = "share " + key.identifier + " of queue " + key.queue;
      const ShareEntry& expected = by_share_[key];
      expect(entry.held == expected.held, name + " holds something else");
      expect(entry.jobs == expected.jobs, name + " counts its jobs wrongly");
      idle += entry.jobs == 0 ? 1 : 0;
      expect(entry.jobs > 0 || entry.at, name + " is kept for nothing");
      const bool has_queue = state_.queues().contains(key.queue);
      expect(entry.at || entry.held == Resources{} || !has_queue,
             name + " holds something and has no row");
      expect(entry.use.vcpus >= 0 && entry.use.memory >= 0 && entry.use.gpus >= 0,
             name + " has used less than nothing");
    }
    expect(by_share_.size() == state_.shares().size(), "a share is not known");
    expect(state_.idle_shares() == idle, "shares without jobs are counted wrongly");
  }

  struct OnAgent {
    std::set<JobKey> live;
    std::set<JobKey> ahead;
    std::map<ClassId, std::uint32_t> ahead_by_class;
    Resources reserved;
  };
  const State& state_;
  std::map<AgentId, OnAgent> by_agent_;
  std::map<Uuid, std::uint32_t> named_only_;
  std::map<ClassId, std::uint32_t> jobs_by_class_;
  std::map<ClassId, std::uint32_t> active_by_class_;
  std::set<JobId> active_gangs_;
  std::map<ClassId, std::uint64_t> waiting_by_class_;
  Quantities consumables_in_use_;
  std::map<JobId, std::uint32_t> held_nodes_;
  std::map<ShareKey, ShareEntry> by_share_;
  std::vector<std::string> breaches_;
};

}  // namespace

std::vector<std::string> broken_invariants(const State& state) {
  return Inspection(state).breaches();
}

}  // namespace dray
