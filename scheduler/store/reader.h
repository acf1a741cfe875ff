#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/error.h"
#include "model/history.h"
#include "model/queries.h"
#include "model/retention.h"
#include "model/usage.h"
#include "scheduler/core/event.h"

namespace dray::store {

struct ReaderOptions {
  int connections = 4;                        ///< Queries at once; more wait.
  std::chrono::milliseconds time_max{1'000};  ///< Of one call: a long reader pins the WAL.
};

/// Whose log streams these are: definition and container say where they are and how they are
/// called.
struct StreamOwner {
  Uuid uuid;
  std::string definition;
  std::string queue;
  std::string container;  ///< ContainerSpec::as_given.
  /// Of a pod: each container's name and ContainerSpec::as_given.
  std::vector<std::pair<std::string, std::string>> pod;
};

/// A submit that was taken within the last day.
struct TakenSubmit {
  Uuid body;
  Uuid job;
  std::string name;
};

/// Answers questions from disk, on read-only connections of its own: what is committed, nothing
/// else. Every call may come from any thread, sees one moment, and takes at most `time_max`:
/// ErrorCode::Unavailable after that.
class Reader {
 public:
  /// `database` has been opened by a Writer, which lives longer than this.
  static Result<Reader> open(const std::filesystem::path& database, ReaderOptions options = {});
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// In the order asked; unknown ones are left out.
  Result<std::vector<JobDetail>> describe(const std::vector<JobName>& jobs);
  /// By id; with a filter, or a bound of time, newest first.
  Result<PageOf<JobSummary>> list(const JobQuery& query, const Page& page);
  /// Newest first.
  Result<PageOf<JobSummary>> search(const JobSearch& search, const Page& page);
  /// NotFound when there is no such job or child.
  Result<JobHistory> history(const JobName& job);
  /// NotFound when there is no such array.
  Result<ChildrenView> children(const Uuid& array);
  /// By name and revision.
  Result<PageOf<JobDefinition>> definitions(const DefinitionQuery& query, const Page& page);
  /// Those of `names` that exist, all when it is empty; by name.
  Result<std::vector<QueueStatus>> queues(const std::vector<std::string>& names);
  Result<std::vector<ComputeEnvironment>> environments(const std::vector<std::string>& names);

  /// Of one kind.
  Result<std::vector<CatalogueEntry>> entries(ResourceKind kind,
                                              const std::vector<std::string>& names);

  /// NotFound when there is no such definition.
  Result<DefinitionUsage> usage(const UsageQuery& query);
  /// What stands next for jobs that ended before `ended_before`, from the one after `after` on: a
  /// bounded number of steps, none of them long.
  Result<ExpiredJobs> expired(JobId after, WallTime ended_before);
  /// Whether every job with a number in `first`..`last` has been hidden or is gone, and none can
  /// come: a later one exists.
  Result<bool> is_forgotten(JobId first, JobId last);
  /// The oldest on disk; nothing when there is none.
  Result<std::optional<JobId>> oldest_job();
  /// By the key of its invocation (model/access.h).
  Result<std::optional<TakenSubmit>> taken_submit(const Uuid& key, WallTime now);
  Result<std::map<JobId, StreamOwner>> stream_owners(const std::vector<JobId>& jobs);
  /// The token of that attempt; nothing when it is not on disk.
  Result<std::optional<AttemptToken>> attempt_token(const AttemptKey& key);
  /// For JobSubmitted::known_ends: the present states of those that exist. A child of an array that
  /// is not one, or is out of its range, does not exist.
  Result<std::map<std::pair<Uuid, std::int32_t>, JobState>> states(
      const std::vector<std::pair<Uuid, std::int32_t>>& jobs);
  /// For ChildrenRerunAsked::known: nothing when it is not there or has not ended.
  Result<std::optional<EndedArray>> ended_array(const Uuid& uuid);

 private:
  struct Pool;
  explicit Reader(std::unique_ptr<Pool> pool);
  std::unique_ptr<Pool> pool_;
};

}  // namespace dray::store
