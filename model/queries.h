#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/attempt.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "model/log_record.h"
#include "model/resources.h"

/// What is asked about jobs, queues and logs, and what is answered: between door, service and
/// store.
namespace dray {

// ---- what is asked ------------------------------------------------------------------------------

/// A job as clients name it: `uuid`, `uuid:index`, `uuid#node`, or the ARN of one (already taken
/// apart).
struct JobName {
  Uuid uuid;
  std::int32_t child = kNoChild;
  bool is_node = false;  ///< `child` was named as a node of a multi-node job.
  auto operator<=>(const JobName&) const = default;
};

/// The name of a job, of a child or of a node of it.
[[nodiscard]] inline JobName name_of_job(const Job& job, std::int32_t child) {
  return {job.uuid, child, child != kNoChild && job.spec->is_multi_node()};
}

/// One page of things in a stable order. `after` is opaque to clients: the last item's sort key.
struct Page {
  std::int32_t results_max = 100;
  std::string after;  ///< Empty: from the start.
};

template <class T>
struct PageOf {
  std::vector<T> items;
  std::string next;  ///< Empty on the last page.
};

struct DefinitionQuery {
  std::vector<std::pair<std::string, std::int32_t>> exactly;  ///< name:revision; stands alone.
  std::string name;                                           ///< Empty: all.
  std::optional<DefinitionStatus> status;
};

/// ListJobs (contract 2.5). Exactly one of `queue` and `array` is set.
struct JobQuery {
  std::string queue;
  std::optional<Uuid> array;      ///< Or a multi-node job.
  bool is_multi_node = false;     ///< `array` is to be one.
  std::optional<JobState> state;  ///< Without a filter the door sets RUNNING, AWS's default.
  /// At most one filter (AWS). A trailing '*' in a name means prefix.
  std::string name_filter;        ///< JOB_NAME, case-insensitive.
  std::string definition_filter;  ///< JOB_DEFINITION: name, name:revision, or name with '*'.
  std::string share_filter;       ///< SHARE_IDENTIFIER: to the letter. The state counts with it.
  std::optional<WallTime> created_before;
  std::optional<WallTime> created_after;
};

/// What the status page's table asks: jobs of one queue or all, newest first. Children are not
/// listed.
struct JobSearch {
  std::string queue;             ///< Empty: all.
  std::vector<JobState> states;  ///< Empty: all.
  std::string name;              ///< '*' and '?' as in a shell, case-insensitive; empty: all.
  std::string consumable;        ///< Only those that take of it; empty: all.
};

// ---- what is answered ---------------------------------------------------------------------------

/// A job, parent or child, with everything DescribeJobs shows. For a child `job` is what a single
/// job in its place would be: its own state, times and reason, the parent's spec, uuid and flags.
struct JobDetail {
  Job job;
  std::int32_t child = kNoChild;
  std::optional<StateCounts> counts;  ///< Set exactly for array parents.
  WallTime counts_at;
  std::vector<Attempt> attempts;          ///< Oldest first, the live one included.
  std::map<AgentId, std::string> agents;  ///< Names of the agents of `attempts`.
};

/// What ListJobs shows.
struct JobSummary {
  Job job;
  std::int32_t child = kNoChild;
  std::optional<StateCounts> counts;
  WallTime counts_at;
  std::optional<std::int32_t> exit_code;  ///< Of the latest attempt.
  std::string reason;
};

/// A log stream: of one attempt, or one that a client made.
struct LogStreamView {
  AttemptKey key;                             ///< Of an attempt's.
  std::optional<std::uint8_t> container;      ///< Of one container of a pod: its place there.
  std::optional<std::int64_t> client_stream;  ///< Set for a client's: KeptLogQuery::stream.
  std::string group;
  std::string name;
  std::string queue;  ///< Of its job.
  WallTime created_at;
  std::optional<WallTime> first_at;
  std::optional<WallTime> last_at;
  std::uint64_t stored_bytes = 0;
  bool is_complete = false;           ///< The attempt has ended and every byte is here.
  std::optional<WallTime> kept_from;  ///< Older events are beyond the group's retention.
};

/// A piece of an attempt's log file: whole records (model/log_record.h).
struct LogPiece {
  std::string records;
  std::uint64_t offset = 0;  ///< Of the first record.
  std::uint64_t end = 0;     ///< Behind the last record: where to read on.
  std::uint64_t size = 0;    ///< Of the whole log so far.
  bool is_complete = false;
};

struct QueueStatus {
  JobQueue queue;
  StateCounts counts{};  ///< Jobs of the queue by state, children counted one by one.
  std::optional<WallTime> oldest_runnable_at;  ///< Creation of the oldest that waits for room.
};

/// Children of an array that failed for one and the same cause.
struct FailureCause {
  std::optional<std::int32_t> exit_code;
  std::string reason;
  std::string status_reason;
  std::uint32_t count = 0;
  std::vector<std::pair<std::int32_t, std::int32_t>> runs;  ///< First and last; the first ones.
  [[nodiscard]] std::int32_t example() const { return runs.front().first; }
};

/// All children of an array at one moment.
struct ChildrenView {
  Uuid uuid;
  std::vector<JobState> states;                                 ///< By index.
  std::vector<std::pair<std::int32_t, AttemptNumber>> retried;  ///< With more than one attempt.
  std::uint32_t retried_count = 0;   ///< Also of those that `retried` leaves out.
  std::vector<FailureCause> causes;  ///< The most frequent first.
  std::uint32_t causes_left_out = 0;
};

/// An attempt that an agent holds, as its page shows it.
struct AgentAttempt {
  AttemptKey key;
  JobName job;
  std::string name;
  std::string queue;
  AttemptState state = AttemptState::Starting;
  std::optional<WallTime> started_at;
  Resources request;
};

/// A job or child that failed, for the list of the latest ones.
struct FailureView {
  JobName job;
  std::string name;
  std::string queue;
  std::string status_reason;
  std::string reason;
  std::optional<std::int32_t> exit_code;
  std::optional<WallTime> stopped_at;
  AttemptNumber attempt = 0;
};

/// How many jobs ended, in steps of time; the last step is still growing.
struct Throughput {
  std::int32_t step_seconds = 10;
  WallTime from;  ///< When the first step began.
  std::vector<std::uint32_t> succeeded;
  std::vector<std::uint32_t> failed;
};

}  // namespace dray
