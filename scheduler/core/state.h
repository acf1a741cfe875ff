#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/access.h"
#include "model/agent.h"
#include "model/attempt.h"
#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "scheduler/core/array.h"
#include "scheduler/core/pace.h"
#include "scheduler/core/recent_invocations.h"
#include "scheduler/core/request_class.h"
#include "scheduler/core/settings.h"
#include "scheduler/core/step.h"

/// All the scheduler believes, as one value: copy it, compare it, throw it away. It holds three
/// kinds of things: rows (exactly what is on disk of everything that lives), indexes derived from
/// rows (only `apply` touches either), and volatile facts about connections, which a restart
/// forgets and which decide no more than what to send.
namespace dray {

/// An attempt that has not ended.
struct LiveAttempt {
  Attempt attempt;
  std::uint64_t ahead_order = 0;  ///< Its place in `AgentEntry::ahead`; 0 when not Ahead.
  bool is_retracting = false;     ///< Volatile: taking it back was ordered in this session.
};

/// Volatile: what is known of the connection to an agent.
struct AgentLink {
  bool is_connected = false;
  std::optional<Instant> last_heard;  ///< Nothing: never since the scheduler started.
  /// What its last hello told; the row keeps more while what had begun before needs more.
  std::optional<Resources> told;
  Instant lease_end;  ///< Only then its attempts are given away (F5).
  Pace pace;          ///< How much it is given ahead (D3).
};

struct AgentEntry {
  Agent agent;
  Resources reserved;                     ///< Of its Starting and Running attempts; <= capacity.
  std::set<JobKey> live;                  ///< Whose attempts are Starting or Running there.
  std::map<std::uint64_t, JobKey> ahead;  ///< Given ahead, first in, first out.
  std::map<ClassId, std::uint32_t> ahead_by_class;
  AgentLink link;
  [[nodiscard]] Resources free() const { return agent.capacity - reserved; }
  /// What it has once that has ended which needs more.
  [[nodiscard]] Resources whole() const { return link.told.value_or(agent.capacity); }
  [[nodiscard]] bool has_attempts() const { return !live.empty() || !ahead.empty(); }
};

/// A job or child whose attempts had too little memory, and that asks for more since.
struct Grown {
  std::int64_t memory_mib = 0;
  ClassId request_class;
};

struct JobEntry {
  Job job;
  ClassId request_class;
  std::optional<Array> array;            ///< Set exactly for arrays.
  std::uint32_t unmet = 0;               ///< Whole dependencies that have not succeeded yet.
  std::set<JobId> dependents;            ///< Live jobs that name this one.
  /// By child, or kNoChild: those few that ask for more than the spec. As their attempts tell.
  std::map<std::int32_t, Grown> grown;
  std::map<AgentId, SessionId> sent_to;  ///< Volatile: who has its spec, in which session.
};

/// Volatile: room kept for the oldest blocked job that an environment could run. On `agent` nothing
/// is placed that stands behind `job`; without an agent, in the whole environment (its cap is what
/// lacks).
struct Reservation {
  JobKey job;
  ClassId request_class;
  std::optional<AgentId> agent;
};

class State {
 public:
  explicit State(Settings settings = {}) : settings_(settings) {}
  [[nodiscard]] const Settings& settings() const { return settings_; }

  // ---- rows, with the indexes that lie in them
  using Environments = std::map<std::string, ComputeEnvironment>;
  using Queues = std::map<std::string, JobQueue>;
  using Definitions = std::map<std::string, std::map<std::int32_t, JobDefinition>>;
  [[nodiscard]] const Environments& environments() const { return environments_; }
  [[nodiscard]] const Queues& queues() const { return queues_; }
  [[nodiscard]] const Definitions& definitions() const { return definitions_; }
  [[nodiscard]] const std::map<std::string, AccessKey>& access_keys() const { return access_keys_; }
  [[nodiscard]] const std::map<EntryKey, CatalogueEntry>& catalogue() const { return catalogue_; }
  [[nodiscard]] const std::map<AgentId, AgentEntry>& agents() const { return agents_; }
  [[nodiscard]] const std::map<JobId, JobEntry>& jobs() const { return jobs_; }
  [[nodiscard]] const std::map<JobKey, LiveAttempt>& attempts() const { return attempts_; }
  [[nodiscard]] SessionId last_session() const { return last_session_; }
  [[nodiscard]] JobId last_job() const { return last_job_; }

  // ---- what is looked up; null when there is none
  [[nodiscard]] const JobEntry* find_job(JobId id) const;
  [[nodiscard]] const JobEntry* find_job(const Uuid& uuid) const;
  [[nodiscard]] const AgentEntry* find_agent(AgentId id) const;
  [[nodiscard]] const AgentEntry* find_agent(const std::string& name) const;
  /// The agent whose connected session this is (F2).
  [[nodiscard]] const AgentEntry* find_agent(SessionId session) const;
  [[nodiscard]] const LiveAttempt* find_attempt(const JobKey& job) const;
  /// Whether a live job waits for it or names it, or it lives itself.
  [[nodiscard]] bool is_needed(const Uuid& job) const;
  /// Of the job itself or of a child.
  [[nodiscard]] JobState state_of(const JobEntry& entry, std::int32_t child) const;

  // ---- indexes
  [[nodiscard]] const std::map<ClassId, RequestClass>& classes() const { return classes_; }
  [[nodiscard]] const RequestClass& class_of(const JobEntry& entry) const;
  /// Of the job itself or of a child: its own where it asks for more memory than the spec.
  [[nodiscard]] static ClassId class_id_of(const JobEntry& entry, std::int32_t child);
  [[nodiscard]] const RequestClass& class_of(const JobEntry& entry, std::int32_t child) const;
  /// What the next attempt asks for, or the present one has.
  [[nodiscard]] static Resources request_of(const JobEntry& entry, std::int32_t child);
  /// Arrays whose counts have changed since they were last told.
  [[nodiscard]] const std::set<JobId>& uncounted_arrays() const { return uncounted_arrays_; }
  /// Ended jobs that State holds no more and live ones name, with how often: the disk keeps them.
  [[nodiscard]] const std::map<Uuid, std::uint32_t>& named_on_disk() const {
    return named_on_disk_;
  }

  // ---- volatile: who is connected, what is kept for whom
  AgentLink& link(AgentId agent);
  void forget_retractions(AgentId agent);
  void mark_retracting(const JobKey& job);
  void mark_sent(JobId job, AgentId agent, SessionId session);
  void forget_sent(JobId job, AgentId agent);
  /// Puts the agent's attempts given ahead into this order; others follow in theirs.
  void order_ahead(AgentId agent, const std::vector<JobKey>& order);
  /// By environment.
  std::map<std::string, Reservation> reservations;
  RecentInvocations invocations;

 private:
  friend class Applier;  // scheduler/core/applier.h, behind `apply`
  Settings settings_;
  Environments environments_;
  Queues queues_;
  Definitions definitions_;
  std::map<std::string, AccessKey> access_keys_;
  std::map<EntryKey, CatalogueEntry> catalogue_;
  std::map<AgentId, AgentEntry> agents_;
  std::map<std::string, AgentId> agent_ids_;
  std::map<JobId, JobEntry> jobs_;
  std::map<Uuid, JobId> job_ids_;
  std::map<JobKey, LiveAttempt> attempts_;
  SessionId last_session_;
  JobId last_job_;
  std::map<ClassId, RequestClass> classes_;
  std::map<ClassKey, ClassId> class_ids_;
  ClassId last_class_;
  std::map<SessionId, AgentId> sessions_;  ///< The session granted last to each agent.
  std::set<JobId> uncounted_arrays_;
  std::map<Uuid, std::uint32_t> named_on_disk_;
  std::uint64_t last_ahead_order_ = 0;
};

}  // namespace dray
