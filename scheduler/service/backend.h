#pragma once
#include <map>
#include <string>
#include <vector>

#include "api/backend.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/inbox.h"
#include "scheduler/store/reader.h"

namespace dray {

/// The door's view of the scheduler: what changes things goes through the inbox and waits for its
/// reply, what only looks is read from disk. Any thread.
class ServiceBackend : public api::Backend {
 public:
  /// All must outlive it.
  ServiceBackend(Inbox& inbox, store::Reader& reader, logs::LogStore& logs)
      : inbox_(inbox), reader_(reader), logs_(logs) {}

  Result<void> create_environment(ComputeEnvironment environment) override;
  Result<void> update_environment(EnvironmentUpdate update) override;
  Result<void> delete_environment(std::string name) override;
  Result<std::vector<ComputeEnvironment>> environments(std::vector<std::string> names) override;

  Result<void> create_queue(JobQueue queue) override;
  Result<void> update_queue(QueueUpdate update) override;
  Result<void> delete_queue(std::string name) override;
  Result<std::vector<QueueStatus>> queues(std::vector<std::string> names) override;

  Result<std::int32_t> register_definition(JobDefinition definition) override;
  Result<void> deregister_definition(std::string name, std::int32_t revision) override;
  Result<PageOf<JobDefinition>> definitions(DefinitionQuery query, Page page) override;

  Result<api::SubmittedJob> submit(Submission submission) override;
  Result<void> cancel(JobName job, std::string reason) override;
  Result<void> terminate(JobName job, std::string reason) override;
  Result<std::vector<JobDetail>> describe(std::vector<JobName> jobs) override;
  Result<PageOf<JobSummary>> list(JobQuery query, Page page) override;
  Result<std::vector<Explanation>> explain(std::vector<JobName> jobs) override;

  Result<LogStreamView> log_stream(AttemptKey key) override;
  Result<PageOf<LogStreamView>> log_streams(std::string prefix, Page page) override;
  Result<LogPiece> read_log(AttemptKey key, std::uint64_t offset, std::uint64_t bytes_max) override;

  Result<std::vector<api::AgentStatus>> agents() override;
  Result<void> drain_agent(std::string name, bool drain) override;

 private:
  /// Brings it to the loop and waits for the reply; a refusal comes back as one.
  Result<Reply> ask(Happening what);
  /// As ask, for what is answered by Done.
  Result<void> tell(Happening what);
  /// Explanations of those that are in State.
  Result<std::map<JobKey, Explanation>> waiting(const std::vector<JobName>& jobs);

  Inbox& inbox_;
  store::Reader& reader_;
  logs::LogStore& logs_;
};

}  // namespace dray
