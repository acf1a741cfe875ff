#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scheduler/core/decision.h"
#include "scheduler/core/event.h"

namespace dray::sim {

/// A job's rows.
struct JobRows {
  Job job;
  std::vector<ChildrenEnded> ended;
  std::map<std::pair<std::int32_t, AttemptNumber>, Attempt> attempts;  ///< By child and number.
  bool is_retired = false;
  /// Deleted for its age: oracles still see it, the scheduler does not.
  bool is_forgotten = false;
  bool is_gone = false;
  /// The child's state if it is terminal: by its final attempt, or by a run of ended children.
  [[nodiscard]] std::optional<JobState> end_of_child(std::int32_t child) const;
  [[nodiscard]] const Attempt* find(const AttemptKey& key) const;
  /// The child's newest attempt; null when it has none.
  [[nodiscard]] const Attempt* latest(std::int32_t child) const;
  /// How many attempts of the child its newest rerun came after.
  [[nodiscard]] AttemptNumber attempts_before(std::int32_t child) const;
  /// What that attempt was to have, by those before it.
  [[nodiscard]] Resources request_of(const AttemptKey& key) const;
};

/// The scheduler's database: what was committed, and nothing else. It takes any change that names
/// rows which exist; a change that cannot be written is told as a problem, once.
class Disk {
 public:
  /// All of it becomes durable at once. Problems are sentences.
  void commit(const std::vector<Change>& changes, std::vector<std::string>& problems);

  /// As store::load: environments, queues, definitions, agents, the last session; then every job
  /// that has not ended and those it depends on, its ended children and attempts.
  [[nodiscard]] std::vector<Change> load() const;

  /// As store::Reader::states: nothing when it does not exist.
  [[nodiscard]] std::optional<JobState> state_of(const Uuid& uuid, std::int32_t child) const;
  /// As store::Reader::expired, for all jobs at once.
  [[nodiscard]] std::vector<Forgetting> expired(WallTime ended_before) const;
  /// As store::Reader::ended_array.
  [[nodiscard]] std::optional<EndedArray> ended_array(const Uuid& uuid) const;
  [[nodiscard]] const JobRows* find(JobId job) const;
  [[nodiscard]] const JobRows* find(const Uuid& uuid) const;
  [[nodiscard]] const Attempt* find(const AttemptKey& key) const;
  /// Attempts that have not ended.
  [[nodiscard]] const std::set<AttemptKey>& live() const { return live_; }
  [[nodiscard]] const std::map<JobId, JobRows>& jobs() const { return jobs_; }
  [[nodiscard]] const std::map<AgentId, Agent>& agents() const { return agents_; }

 private:
  void put(const EnvironmentPut& change);
  void put(const EnvironmentGone& change);
  void put(const QueuePut& change);
  void put(const QueueGone& change);
  void put(const DefinitionPut& change);
  void put(const AccessKeyPut&) {}
  void put(const AccessKeyGone&) {}
  void put(const InvocationKept&) {}
  void put(const EntryPut& change);
  void put(const EntryGone& change);
  void put(const ShareUsed& change);
  void put(const ShareForgotten& change);
  void put(const JobTagged& change);
  void put(const JobNoted& change);
  void put(const JobForgotten& change);
  void put(const JobAdded& change);
  void put(const JobMoved& change);
  void put(const JobReopened& change);
  void put(const ChildrenRerun& change);
  void put(const ChildrenEnded& change);
  void put(const ArrayCounted& change);
  void put(const AttemptPut& change);
  void put(const AttemptGone& change);
  void put(const AgentPut& change);
  void put(const SessionGranted& change);
  void put(const JobRetired& change);
  JobRows* rows_of(JobId job, const char* what);
  void must(bool condition, const std::string& problem);

  std::map<std::string, ComputeEnvironment> environments_;
  std::map<std::string, JobQueue> queues_;
  std::map<EntryKey, CatalogueEntry> catalogue_;
  std::map<ShareKey, ShareUsed> shares_;
  std::map<std::pair<std::string, std::int32_t>, JobDefinition> definitions_;
  std::map<AgentId, Agent> agents_;
  SessionId session_;
  std::map<JobId, JobRows> jobs_;
  std::map<Uuid, JobId> by_uuid_;
  std::set<AttemptKey> live_;
  std::vector<std::string>* problems_ = nullptr;
};

}  // namespace dray::sim
