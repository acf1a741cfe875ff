#pragma once
#include <compare>
#include <cstdint>
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
#include "scheduler/core/run_times.h"
#include "scheduler/core/settings.h"
#include "scheduler/core/share_use.h"
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
  std::optional<Instant> began;   ///< While it runs.
};

/// Volatile: what is known of the connection to an agent.
struct AgentLink {
  bool is_connected = false;
  std::optional<Instant> last_heard;  ///< Nothing: never since the scheduler started.
  /// What its last hello told; the row keeps more while what had begun before needs more.
  std::optional<Resources> told;
  std::string address;  ///< Where other machines reach it; empty until it has said hello.
  Instant lease_end;    ///< Only then its attempts are given away (F5).
  Pace pace;            ///< How much it is given ahead (D3).
};

/// Who stands in an agent's line, and what it asks for there.
struct InLine : JobKey {
  ClassId request_class;
  Instant submitted;  ///< As JobEntry's.
};

struct AgentEntry {
  Agent agent;
  Resources reserved;                     ///< Of its Starting and Running attempts; <= capacity.
  std::set<JobKey> live;                  ///< Whose attempts are Starting or Running there.
  std::map<std::uint64_t, InLine> ahead;  ///< Given ahead, first in, first out.
  std::map<ClassId, std::uint32_t> ahead_by_class;
  AgentLink link;
  [[nodiscard]] Resources free() const { return agent.capacity - reserved; }
  /// What it has once that has ended which needs more.
  [[nodiscard]] Resources whole() const { return link.told.value_or(agent.capacity); }
  [[nodiscard]] bool has_attempts() const { return !live.empty() || !ahead.empty(); }
};

/// A live job that names another, and the place of that in its `depends_on`. In the order of what
/// they name, so that the end of one child finds those that wait for it without reading the others.
struct Dependent {
  static constexpr std::int32_t kEachChild = kNoChild - 1;  ///< N_TO_N.
  std::int32_t child = kNoChild;
  JobId job;
  std::uint32_t place = 0;
  auto operator<=>(const Dependent&) const = default;
};

[[nodiscard]] Dependent dependent_of(const Job& job, std::uint32_t place);

/// A job or child whose attempts had too little memory, and that asks for more since.
struct Grown {
  std::int64_t memory_mib = 0;
  ClassId request_class;
};

struct JobEntry {
  Job job;
  /// When it was submitted, or run again when it had ended. Never before that of an older job.
  Instant submitted;
  ClassId request_class;
  std::optional<Array> array;  ///< Of arrays: their children. Of gangs: their nodes.
  std::uint32_t active = 0;    ///< Children with a live attempt.
  /// Runnable children that may not start yet (ArrayLimits): all behind those that wait in the
  /// class. Held children are in neither.
  ChildSet kept_back;
  /// By child, or kNoChild: those few that ask for more memory than the spec, as their attempts
  /// tell, until they end. Nodes of gangs never do.
  std::map<std::int32_t, Grown> grown;
  ChildSet grown_in_line;   ///< Those of them that wait, in their own classes.
  std::uint32_t unmet = 0;  ///< Dependencies on jobs that are not met yet.
  std::set<Dependent> dependents;
  std::map<AgentId, SessionId> sent_to;  ///< Volatile: who has its spec, in which session.
  /// A multi-node job: its nodes are placed, run and end as one (scheduler/core/gang.h).
  [[nodiscard]] bool is_gang() const { return job.spec->is_multi_node(); }
  /// Children that wait and end each for itself.
  [[nodiscard]] bool has_children() const { return array && !is_gang(); }
  /// How many children may wait for room: as many as may start besides those that have.
  [[nodiscard]] std::uint64_t places() const;
  /// An array of which so many children have failed that no other is started.
  [[nodiscard]] bool has_failed_enough() const;
};

/// A share of a fair-share queue: while it has jobs, and while its row is kept.
struct ShareEntry {
  ShareUse use;  ///< At `as_of`; since then it has held `held` all along.
  Instant as_of;
  std::optional<WallTime> at;  ///< The row's time for `as_of`; nothing: there is no row.
  Resources held;              ///< Of its Starting and Running attempts.
  std::uint32_t jobs = 0;      ///< That have not ended. The share is active with one.
};

/// Whether a dependency on `needed` still counts for `dependent`, which names it: see
/// Job::reopened_after.
[[nodiscard]] bool binds(const Job& dependent, const Job& needed);

/// Volatile: room kept for the oldest blocked job that an environment could run. On `agent` nothing
/// is placed that stands behind `job`; without an agent, in the whole environment (its cap is what
/// lacks).
struct Reservation {
  JobKey job;
  ClassId request_class;
  std::optional<AgentId> agent;
  /// In place of `agent`, for a gang: enough of them for all nodes.
  std::set<AgentId> gang_agents;
  [[nodiscard]] bool is_of_all() const { return !agent && gang_agents.empty(); }
};

/// Volatile: who stands blocked at the head of a queue that has a time limit for that reason.
struct BlockedHead {
  JobKey job;
  BlockReason reason = BlockReason::Capacity;
  Instant since;
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
  [[nodiscard]] const std::map<ShareKey, ShareEntry>& shares() const { return shares_; }
  /// Those of `shares` without jobs: what is kept of them is their use alone.
  [[nodiscard]] std::size_t idle_shares() const { return idle_shares_; }
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
  /// How much of a consumable resource may still be taken; 0 of one that does not exist.
  [[nodiscard]] std::int64_t consumable_left(const std::string& name) const;

  // ---- indexes
  [[nodiscard]] const std::map<ClassId, RequestClass>& classes() const { return classes_; }
  [[nodiscard]] const RequestClass& class_of(const JobEntry& entry) const;
  /// Gangs with nodes that are held back, and how many.
  [[nodiscard]] const std::map<JobId, std::uint32_t>& held_nodes() const { return held_nodes_; }
  /// What live attempts hold.
  [[nodiscard]] const Quantities& consumables_in_use() const { return consumables_in_use_; }
  /// Of the job itself or of a child: its own where it asks for more memory than the spec.
  [[nodiscard]] static ClassId class_id_of(const JobEntry& entry, std::int32_t child);
  [[nodiscard]] const RequestClass& class_of(const JobEntry& entry, std::int32_t child) const;
  /// How many children wait for room, or whether the job itself does.
  [[nodiscard]] std::uint64_t in_line(const JobEntry& entry) const;
  /// What the next attempt of the job, of a child or of a node asks for, or the present one has.
  [[nodiscard]] static Resources request_of(const JobEntry& entry, std::int32_t child);
  /// Arrays whose counts have changed since they were last told.
  [[nodiscard]] const std::set<JobId>& uncounted_arrays() const { return uncounted_arrays_; }
  /// What live jobs name without waiting for it, with how often: jobs that ended and that State
  /// holds no more, or that were reopened since (see binds). The disk keeps them.
  [[nodiscard]] const std::map<Uuid, std::uint32_t>& named_only() const { return named_only_; }

  // ---- volatile: who is connected, what is kept for whom
  AgentLink& link(AgentId agent);
  void forget_retractions(AgentId agent);
  void mark_retracting(const JobKey& job);
  void mark_sent(JobId job, AgentId agent, SessionId session);
  void forget_sent(JobId job, AgentId agent);
  /// Puts the agent's attempts given ahead into this order; others follow in theirs.
  void order_ahead(AgentId agent, const std::vector<JobKey>& order);
  /// How many dependencies were looked at, ever: what ends cost must not grow faster than they do.
  std::uint64_t dependencies_read = 0;
  /// By environment.
  std::map<std::string, Reservation> reservations;
  /// By queue.
  std::map<std::string, BlockedHead> blocked_heads;
  RecentInvocations invocations;
  RunTimes run_times;

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
  std::map<ShareKey, ShareEntry> shares_;
  std::size_t idle_shares_ = 0;
  SessionId last_session_;
  JobId last_job_;
  std::map<ClassId, RequestClass> classes_;
  std::map<ClassKey, ClassId> class_ids_;
  ClassId last_class_;
  std::map<SessionId, AgentId> sessions_;  ///< The session granted last to each agent.
  Quantities consumables_in_use_;
  std::map<JobId, std::uint32_t> held_nodes_;
  std::set<JobId> uncounted_arrays_;
  std::map<Uuid, std::uint32_t> named_only_;
  std::uint64_t last_ahead_order_ = 0;
};

}  // namespace dray
