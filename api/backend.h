#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth/key_set.h"
#include "model/access.h"
#include "model/agent.h"
#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/error.h"
#include "model/explanation.h"
#include "model/log_group.h"
#include "model/queries.h"
#include "model/requests.h"

/// What the door needs from a scheduler. The door decodes, calls, encodes and decides nothing.
/// Every call may come from any thread, blocks until the answer is durable, and throws nothing.
namespace dray::api {

struct SubmittedJob {
  Uuid uuid;
  std::string name;
};

struct AgentStatus {
  Agent agent;
  std::string state;  ///< "ready", "silent", "draining", "disconnected".
  Resources reserved;
  std::uint32_t attempts_live = 0;
  std::uint32_t attempts_ahead = 0;
  std::optional<Duration> silent_for;
};

// ---- the operation groups -----------------------------------------------------------------------

class Environments {
 public:
  virtual ~Environments() = default;
  virtual Result<void> create_environment(ComputeEnvironment environment) = 0;
  virtual Result<void> update_environment(EnvironmentUpdate update) = 0;
  virtual Result<void> delete_environment(std::string name) = 0;
  /// Those of `names` that exist; all, by name, when `names` is empty.
  virtual Result<std::vector<ComputeEnvironment>> environments(std::vector<std::string> names) = 0;
};

class Queues {
 public:
  virtual ~Queues() = default;
  virtual Result<void> create_queue(JobQueue queue) = 0;
  virtual Result<void> update_queue(QueueUpdate update) = 0;
  virtual Result<void> delete_queue(std::string name) = 0;
  virtual Result<std::vector<QueueStatus>> queues(std::vector<std::string> names) = 0;
  virtual Result<QueueSnapshot> queue_snapshot(std::string name) = 0;
};

/// What AWS Batch keeps by name beside the rest, and the tags of everything.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  virtual Result<void> create_entry(CatalogueEntry entry) = 0;
  virtual Result<void> update_entry(EntryUpdate update) = 0;
  virtual Result<void> delete_entry(EntryKey key) = 0;
  /// Those of `names` that exist; all of the kind, by name, when `names` is empty.
  virtual Result<std::vector<CatalogueEntry>> entries(ResourceKind kind,
                                                      std::vector<std::string> names) = 0;
  /// How much running jobs hold of consumable resources, by name; none is 0.
  virtual Result<std::map<std::string, std::int64_t>> consumables_in_use() = 0;
  /// The total of the consumable resource after the change.
  virtual Result<std::int64_t> change_quantity(QuantityChange change) = 0;
  /// A job is one that exists, and no child (AWS: children have no tags of their own).
  virtual Result<void> change_tags(ResourceName resource, TagChange change) = 0;
};

class Definitions {
 public:
  virtual ~Definitions() = default;
  virtual Result<std::int32_t> register_definition(
      JobDefinition definition) = 0;  ///< The revision.
  virtual Result<void> deregister_definition(std::string name, std::int32_t revision) = 0;
  virtual Result<PageOf<JobDefinition>> definitions(DefinitionQuery query, Page page) = 0;
};

class Jobs {
 public:
  virtual ~Jobs() = default;
  virtual Result<SubmittedJob> submit(Submission submission) = 0;
  virtual Result<void> cancel(JobName job, std::string reason) = 0;
  virtual Result<void> terminate(JobName job, std::string reason) = 0;
  /// Unknown ones are left out (AWS).
  virtual Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) = 0;
  virtual Result<PageOf<JobSummary>> list(JobQuery query, Page page) = 0;
  /// One for each job that exists; an ended one has WaitCode::NotWaiting.
  virtual Result<std::vector<Explanation>> explain(std::vector<JobName> jobs) = 0;
};

class Logs {
 public:
  virtual ~Logs() = default;
  /// An attempt's stream, or one that a client made. NotFound, in AWS's words, when there is no
  /// such group, or no such stream in it. An attempt that never wrote has one.
  virtual Result<LogStreamView> log_stream(LogStreamName name) = 0;
  /// The stream of an attempt, in whatever group: NotFound when there is no such attempt.
  virtual Result<LogStreamView> attempt_log(AttemptKey key) = 0;
  /// Streams of a group whose name begins with `prefix.stream`, by name.
  virtual Result<PageOf<LogStreamView>> log_streams(LogStreamName prefix, Page page) = 0;
  /// Whole records from `offset` (a record's beginning) on, at most about `bytes_max`, at least
  /// one.
  virtual Result<LogPiece> read_log(AttemptKey key, std::uint64_t offset,
                                    std::uint64_t bytes_max) = 0;

  // What clients make (AWS: CloudWatch Logs).
  virtual Result<LogGroup> log_group(std::string name) = 0;
  virtual Result<PageOf<LogGroup>> log_groups(LogGroupQuery query, Page page) = 0;
  virtual Result<void> change_log_groups(LogGroupChange change) = 0;
  virtual Result<PutLogOutcome> put_log_events(LogStreamName stream,
                                               std::vector<PutLogEvent> events) = 0;
  virtual Result<std::vector<KeptLogEvent>> kept_log_events(KeptLogQuery query) = 0;
};

class Agents {
 public:
  virtual ~Agents() = default;
  virtual Result<std::vector<AgentStatus>> agents() = 0;
  virtual Result<void> drain_agent(std::string name, bool drain) = 0;
};

/// The scheduler at a glance.
struct OverviewView {
  WallTime now;
  WallTime started_at;  ///< Of the scheduler.
  std::vector<QueueStatus> queues;
  std::vector<AgentStatus> agents;
  Throughput throughput;
  std::vector<FailureView> failures;  ///< The newest first; none that somebody asked for.
};

/// What the status page asks beside the rest.
class Views {
 public:
  virtual ~Views() = default;
  virtual Result<OverviewView> overview() = 0;
  virtual Result<PageOf<JobSummary>> search(JobSearch search, Page page) = 0;
  virtual Result<ChildrenView> children(Uuid array) = 0;
  /// Starting and running ones, by job.
  virtual Result<std::vector<AgentAttempt>> agent_attempts(std::string agent) = 0;
};

/// What has changed since a number: names, folded together.
struct News {
  static constexpr std::size_t kNamesMax = 200;
  std::uint64_t number = 0;  ///< Of the newest: where to go on from.
  std::vector<Uuid> jobs;
  std::vector<std::string> queues;
  bool has_agents = false;
  bool is_all = false;  ///< More than could be named.
  bool is_gap = false;  ///< What happened since that number is not known any more.
  [[nodiscard]] bool is_empty() const {
    return jobs.empty() && queues.empty() && !has_agents && !is_all;
  }
};

/// Changes as they happen, for one listener. Nothing is kept while there is none.
class Events {
 public:
  virtual ~Events() = default;
  /// `bell` is called, from a thread that must not be held up, when there is something new since
  /// `news_since` was last called. The present number.
  virtual std::uint64_t listen(std::function<void()> bell) = 0;
  virtual void stop_listening() = 0;
  virtual News news_since(std::uint64_t number) = 0;
};

/// Whether something that must work does.
struct Check {
  std::string name;
  bool is_ok = false;
  std::string reason;  ///< Why not.
};

/// What the door knows of itself, for the metrics.
struct DoorFacts {
  std::size_t streams_open = 0;
  std::size_t connections_open = 0;
  /// By reason, of a fixed list, since the start.
  std::vector<std::pair<std::string_view, std::uint64_t>> connections_refused;
  std::vector<std::pair<std::string_view, std::uint64_t>> requests_refused;
};

/// What operators' tools ask.
class Operations {
 public:
  virtual ~Operations() = default;
  /// Prometheus' text format.
  virtual Result<std::string> metrics(const DoorFacts& door) = 0;
  virtual std::vector<Check> checks() = 0;
  /// A request was answered: `operation` is one of a fixed list.
  virtual void note_request(std::string_view operation, int status, Duration took) = 0;
};

struct CreatedKey {
  AccessKey key;
  std::string secret;  ///< Told this once.
};

/// Who may come in.
class Access {
 public:
  virtual ~Access() = default;
  /// Those that may sign right now. Cheap: for every request.
  virtual std::shared_ptr<const auth::KeySet> keys() = 0;
  /// It has signed a request. Written seldom.
  virtual void note_key_used(const auth::Key& key) = 0;
  /// What the cookies of web sessions are made with: it stays the same, and nobody else knows it.
  virtual std::string session_secret() = 0;
  /// All of them, by id.
  virtual Result<std::vector<AccessKey>> access_keys() = 0;
  virtual Result<CreatedKey> create_access_key(std::string user, Role role, std::string queues) = 0;
  virtual Result<void> switch_access_key(std::string id, bool is_active) = 0;
  virtual Result<void> delete_access_key(std::string id) = 0;
  /// A line about a change, without a line break, for the audit log.
  virtual void append_audit(const std::string& line) = 0;
  /// The newest lines, oldest first.
  virtual Result<std::vector<std::string>> newest_audit(std::size_t lines_max) = 0;
};

/// All of it.
class Backend : public Environments,
                public Queues,
                public Definitions,
                public Catalogue,
                public Jobs,
                public Logs,
                public Agents,
                public Views,
                public Events,
                public Access,
                public Operations {};

}  // namespace dray::api
