#pragma once
#include <string>
#include <utility>

#include "api/backend.h"

namespace dray::server {

/// The scheduler as a key sees it that is for some queues only: what belongs to other queues is not
/// there. What is asked is loaded first and looked at then, by exact ids; not yours is not found.
/// Every operation group has to say here what it shows, or the program does not compile.
class ScopedBackend : public api::Backend {
 public:
  /// `backend` must outlive it.
  ScopedBackend(api::Backend& backend, std::string pattern)
      : backend_(backend), pattern_(std::move(pattern)) {}

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

  Result<api::SubmittedJob> submit(Submission submission) override;
  Result<void> cancel(JobName job, std::string reason) override;
  Result<void> terminate(JobName job, std::string reason) override;
  Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) override;
  Result<PageOf<JobSummary>> list(JobQuery query, Page page) override;
  Result<std::vector<Explanation>> explain(std::vector<JobName> jobs) override;

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

 private:
  [[nodiscard]] bool is_own(std::string_view queue) const { return matches_queue(pattern_, queue); }
  /// Those of `jobs` that are of own queues; NotFound when there is none.
  Result<std::vector<JobName>> own_jobs(const std::vector<JobName>& jobs);

  api::Backend& backend_;
  const std::string pattern_;
};

}  // namespace dray::server
