#pragma once
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/backend.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/audit_log.h"
#include "scheduler/service/clock.h"
#include "scheduler/service/inbox.h"
#include "scheduler/service/key_ring.h"
#include "scheduler/service/log_groups.h"
#include "scheduler/service/meters.h"
#include "scheduler/service/publisher.h"
#include "scheduler/service/recent_ends.h"
#include "scheduler/store/reader.h"

namespace dray {

/// The door's view of the scheduler: what changes things goes through the inbox and waits for its
/// reply, what only looks is read from disk. Any thread.
class ServiceBackend : public api::Backend {
 public:
  /// All must outlive it.
  ServiceBackend(Inbox& inbox, store::Reader& reader, logs::LogStore& logs, LogGroups& groups,
                 Clock& clock, const RecentEnds& recent_ends, Publisher& publisher, Meters& meters,
                 KeyRing& keys, AuditLog& audit, std::filesystem::path database)
      : inbox_(inbox),
        reader_(reader),
        logs_(logs),
        groups_(groups),
        clock_(clock),
        recent_ends_(recent_ends),
        publisher_(publisher),
        meters_(meters),
        keys_(keys),
        audit_(audit),
        database_(std::move(database)),
        started_at_(clock.wall()) {}

  Result<void> create_environment(ComputeEnvironment environment) override;
  Result<void> update_environment(EnvironmentUpdate update) override;
  Result<void> delete_environment(std::string name) override;
  Result<std::vector<ComputeEnvironment>> environments(std::vector<std::string> names) override;

  Result<void> create_queue(JobQueue queue) override;
  Result<void> update_queue(QueueUpdate update) override;
  Result<void> delete_queue(std::string name) override;
  Result<std::vector<QueueStatus>> queues(std::vector<std::string> names) override;
  Result<QueueSnapshot> queue_snapshot(std::string name) override;

  Result<void> create_entry(CatalogueEntry entry) override;
  Result<void> update_entry(EntryUpdate update) override;
  Result<void> delete_entry(EntryKey key) override;
  Result<std::vector<CatalogueEntry>> entries(ResourceKind kind,
                                              std::vector<std::string> names) override;
  Result<std::map<std::string, std::int64_t>> consumables_in_use() override;
  Result<std::int64_t> change_quantity(QuantityChange change) override;
  Result<void> change_tags(ResourceName resource, TagChange change) override;

  Result<std::int32_t> register_definition(JobDefinition definition) override;
  Result<void> deregister_definition(std::string name, std::int32_t revision) override;
  Result<PageOf<JobDefinition>> definitions(DefinitionQuery query, Page page) override;
  Result<DefinitionUsage> usage(UsageQuery query) override;

  Result<api::SubmittedJob> submit(Submission submission) override;
  Result<void> cancel(JobName job, StopWords words) override;
  Result<void> terminate(JobName job, StopWords words) override;
  Result<void> update_job(Uuid job, JobUpdate update) override;
  Result<std::uint32_t> rerun(Uuid array, ChildRuns children) override;
  Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) override;
  Result<PageOf<JobSummary>> list(JobQuery query, Page page) override;
  Result<std::vector<Explanation>> explain(std::vector<JobName> jobs) override;
  Result<JobHistory> history(JobName job) override;

  Result<LogStreamView> log_stream(LogStreamName name) override;
  Result<LogStreamView> attempt_log(AttemptKey key) override;
  Result<PageOf<LogStreamView>> log_streams(LogStreamName prefix, Page page) override;
  Result<LogPiece> read_log(AttemptKey key, std::uint64_t offset, std::uint64_t bytes_max) override;

  Result<LogGroup> log_group(std::string name) override;
  Result<PageOf<LogGroup>> log_groups(LogGroupQuery query, Page page) override;
  Result<void> change_log_groups(LogGroupChange change) override;
  Result<PutLogOutcome> put_log_events(LogStreamName stream,
                                       std::vector<PutLogEvent> events) override;
  Result<std::vector<KeptLogEvent>> kept_log_events(KeptLogQuery query) override;

  Result<std::vector<api::AgentStatus>> agents() override;
  Result<void> drain_agent(std::string name, bool drain) override;

  Result<api::OverviewView> overview() override;
  Result<PageOf<JobSummary>> search(JobSearch search, Page page) override;
  Result<ChildrenView> children(Uuid array) override;
  Result<std::vector<AgentAttempt>> agent_attempts(std::string agent) override;

  std::uint64_t listen(std::function<void()> bell) override;
  void stop_listening() override;
  api::News news_since(std::uint64_t number) override;

  std::shared_ptr<const auth::KeySet> keys() override;
  void note_key_used(const auth::Key& key) override;
  std::string session_secret() override;
  Result<std::vector<AccessKey>> access_keys() override;
  Result<api::CreatedKey> create_access_key(std::string user, Role role,
                                            std::string queues) override;
  Result<void> switch_access_key(std::string id, bool is_active) override;
  Result<void> delete_access_key(std::string id) override;
  void append_audit(const std::string& line) override;
  Result<std::vector<std::string>> newest_audit(std::size_t lines_max) override;

  Result<std::string> metrics(const api::DoorFacts& door) override;
  std::vector<api::Check> checks() override;
  void note_request(std::string_view operation, int status, Duration took) override;

  /// Held from reading ended jobs on disk until the core has changed them: only reruns and
  /// retention do.
  std::mutex& ended_jobs() { return ended_jobs_; }

 private:
  /// Brings it to the loop and waits for the reply; a refusal comes back as one.
  Result<Reply> ask(Happening what);
  /// As ask, for what is answered by Done.
  Result<void> tell(Happening what);
  /// Not one that the disk knows already.
  Result<api::SubmittedJob> submit_new(JobSubmitted event);
  /// Waiting jobs that AWS has a statusReason for get it: JobDetails or JobSummaries.
  template <class Shown>
  void tell_wait_reasons(std::vector<Shown>& jobs);
  /// Explanations of those that are in State.
  Result<std::map<JobKey, Explanation>> waiting(const std::vector<JobName>& jobs);

  Inbox& inbox_;
  store::Reader& reader_;
  logs::LogStore& logs_;
  LogGroups& groups_;
  Clock& clock_;
  const RecentEnds& recent_ends_;
  Publisher& publisher_;
  Meters& meters_;
  KeyRing& keys_;
  AuditLog& audit_;
  std::filesystem::path database_;
  WallTime started_at_;
  std::mutex ended_jobs_;
};

}  // namespace dray
