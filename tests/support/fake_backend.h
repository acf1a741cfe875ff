#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "api/backend.h"
#include "scheduler/store/client_logs.h"

namespace dray::test {

/// A scheduler in memory, for tests of the door: it keeps what it is given and answers by simple
/// rules. With `runs_jobs` a submitted job ends at once: its command's words become its output, and
/// it fails when its first word ends in "false". Otherwise jobs stay RUNNABLE until a test moves
/// them.
class FakeBackend : public api::Backend {
 public:
  explicit FakeBackend(bool runs_jobs = false);

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
  Result<std::map<std::string, std::int64_t>> consumables_in_use() override { return {}; }
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

  Result<api::OverviewView> overview() override;
  Result<PageOf<JobSummary>> search(JobSearch search, Page page) override;
  Result<ChildrenView> children(Uuid array) override;
  Result<std::vector<AgentAttempt>> agent_attempts(std::string agent) override;

  std::uint64_t listen(std::function<void()> bell) override;
  void stop_listening() override;
  api::News news_since(std::uint64_t number) override;
  Result<std::string> metrics(const api::DoorFacts& door) override;
  std::vector<api::Check> checks() override;
  void note_request(std::string_view operation, int status, Duration took) override;
  std::shared_ptr<const auth::KeySet> keys() override;
  void note_key_used(const auth::Key& key) override;
  std::string session_secret() override { return "the fake's own secret"; }
  Result<std::vector<AccessKey>> access_keys() override;
  Result<api::CreatedKey> create_access_key(std::string user, Role role,
                                            std::string queues) override;
  Result<void> switch_access_key(std::string id, bool is_active) override;
  Result<void> delete_access_key(std::string id) override;
  void append_audit(const std::string& line) override;
  Result<std::vector<std::string>> newest_audit(std::size_t lines_max) override;
  /// As if it had been committed just now. May be called while it is served from.
  void happen(const Uuid& job);
  [[nodiscard]] bool is_heard();

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

  /// Held by every request; a test holds it to look and change while the fake is served from.
  std::mutex mutex;

  // What tests do to the fake.
  std::vector<JobDetail> details;          ///< Single jobs, parents and children.
  std::map<AttemptKey, std::string> logs;  ///< Records.
  std::vector<api::AgentStatus> known_agents;
  bool throws = false;                          ///< describe() throws, as no backend may.
  Error refuses_with{ErrorCode::Internal, ""};  ///< What submit refuses with, if it has a reason.
  Submission last_submission;
  api::OverviewView the_overview;
  PageOf<JobSummary> found_jobs;
  JobSearch last_search;
  Page last_search_page;
  ChildrenView the_children;                 ///< Of the array it names.
  std::vector<AgentAttempt> known_attempts;  ///< Of every agent.
  std::vector<api::Check> known_checks{{"all", true, ""}};
  std::map<std::string, AccessKey> known_keys;
  auth::KeySet open_keys;
  std::vector<std::string> audit;
  std::map<std::string, int> answered;  ///< "operation status" -> how often.

 private:
  JobDetail make_detail(const Submission& submission, const JobDefinition& definition,
                        std::int32_t child);
  void run(JobDetail& detail);
  Result<LogStreamView> attempt_stream(AttemptKey key);
  Result<const JobDefinition*> find_definition(const std::string& name, std::int32_t revision);

  std::function<void()> bell_;
  std::vector<Uuid> happened_;  ///< The n-th has the number n.
  bool runs_jobs_;
  store::ClientLogs client_logs_;  ///< The real one, in memory.
  std::uint64_t jobs_ = 0;
  std::map<std::string, ComputeEnvironment> environments_;
  std::map<std::string, JobQueue> queues_;
  std::map<EntryKey, CatalogueEntry> catalogue_;
  std::map<std::pair<std::string, std::int32_t>, JobDefinition> definitions_;
};

}  // namespace dray::test
