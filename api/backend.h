#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/agent.h"
#include "model/compute_environment.h"
#include "model/error.h"
#include "model/explanation.h"
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
  /// Nothing when the attempt never wrote and does not exist: ErrorCode::NotFound.
  virtual Result<LogStreamView> log_stream(AttemptKey key) = 0;
  /// Streams whose name begins with `prefix`, by name.
  virtual Result<PageOf<LogStreamView>> log_streams(std::string prefix, Page page) = 0;
  /// Whole records from `offset` (a record's beginning) on, at most about `bytes_max`, at least
  /// one.
  virtual Result<LogPiece> read_log(AttemptKey key, std::uint64_t offset,
                                    std::uint64_t bytes_max) = 0;
};

class Agents {
 public:
  virtual ~Agents() = default;
  virtual Result<std::vector<AgentStatus>> agents() = 0;
  virtual Result<void> drain_agent(std::string name, bool drain) = 0;
};

/// All of it.
class Backend : public Environments,
                public Queues,
                public Definitions,
                public Jobs,
                public Logs,
                public Agents {};

}  // namespace dray::api
