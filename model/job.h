#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/child_runs.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job_definition.h"

namespace dray {

struct Attempt;

/// AWS's seven states (user guide, job_states).
enum class JobState : std::uint8_t {
  Submitted,
  Pending,
  Runnable,
  Starting,
  Running,
  Succeeded,
  Failed,
};
inline constexpr std::size_t kJobStates = 7;
[[nodiscard]] constexpr bool is_terminal(JobState state) {
  return state >= JobState::Succeeded;
}

/// Children of an array by state, in the order of JobState.
using StateCounts = std::array<std::uint32_t, kJobStates>;

enum class DependencyType : std::uint8_t {
  Whole,       ///< {jobId}: that job, array or child succeeded.
  NToN,        ///< {jobId, N_TO_N}: child i waits for child i.
  Sequential,  ///< {SEQUENTIAL}: own children in order.
  AfterAny,    ///< {jobId, AFTER_ANY}, Dray's own: that job, array or child has ended.
  AfterNotOk,  ///< {jobId, AFTER_NOT_OK}, Dray's own: it has failed.
};
/// Names one job, array or child that the whole dependant waits for.
[[nodiscard]] constexpr bool is_on_job(DependencyType type) {
  return type != DependencyType::NToN && type != DependencyType::Sequential;
}
/// Whether one end of what is waited for is the one that is waited for. Any other end of it takes
/// the dependant with it.
[[nodiscard]] constexpr bool is_met_by(DependencyType type, bool has_succeeded) {
  return type == DependencyType::AfterAny || (type == DependencyType::AfterNotOk) != has_succeeded;
}

/// What a job waits for. `job` is none for Sequential.
struct Dependency {
  Uuid job;
  std::int32_t child = kNoChild;
  DependencyType type = DependencyType::Whole;
  bool operator==(const Dependency&) const = default;
};

/// The part of a job that never changes: what was submitted, merged with its definition.
struct JobSpec {
  std::string name;
  std::string queue;
  std::string definition;  ///< Name without revision.
  std::int32_t definition_revision = 0;
  ContainerSpec container;  ///< Overrides merged, parameters substituted.
  Parameters parameters;    ///< Merged.
  RetryStrategy retry;
  std::optional<Duration> timeout;
  Tags tags;
  bool propagate_tags = false;
  std::vector<std::string> platform_capabilities;
  std::int32_t scheduling_priority = 0;  ///< Within the share; AWS: 0 to 9999.
  std::string share_identifier;          ///< Set exactly for jobs of fair-share queues.
  std::vector<Dependency> depends_on;
  std::int32_t array_size = 0;              ///< 0: a single job.
  std::vector<ConsumableNeed> consumables;  ///< Of each child; of a multi-node job all together.
  std::int32_t main_node = 0;
  std::vector<NodeRange> nodes;     ///< Disjoint, in order, from 0; empty: not a multi-node job.
  std::string as_given;             ///< Members stored and echoed without being read, JSON object.
  std::string definition_as_given;  ///< The definition's, which as_given overrides.
  Pod pod;  ///< Not empty: several containers; `container` then has their sum as its request.
  [[nodiscard]] bool is_array() const { return array_size > 0; }
  [[nodiscard]] bool is_multi_node() const { return !nodes.empty(); }
  [[nodiscard]] std::int32_t node_count() const {
    return nodes.empty() ? 0 : nodes.back().last + 1;
  }
  /// Children of an array, or nodes; 0 of a single job.
  [[nodiscard]] std::int32_t child_count() const {
    return is_multi_node() ? node_count() : array_size;
  }
  /// What the job itself, a child of it or a node of it runs.
  [[nodiscard]] const ContainerSpec& container_of(std::int32_t child) const;
  bool operator==(const JobSpec&) const = default;
};

/// What the next attempt of a job or child asks for after this one, which had `memory_mib` and has
/// ended: more if that was too little and memory may grow. A rerun begins anew.
[[nodiscard]] std::int64_t memory_after(const JobSpec& spec, std::int64_t memory_mib,
                                        const Attempt& ended);

/// How many children of an array may run and fail; Dray's own. It changes while the array runs.
struct ArrayLimits {
  std::int32_t running_max = 0;  ///< At once, with those given ahead; 0: any number.
  std::int32_t failed_max = 0;   ///< So many failures, and the rest is not started; 0: any number.
  std::uint32_t failed_before = 0;  ///< Failures that do not count: they are older than a rerun.
  bool operator==(const ArrayLimits&) const = default;
};

/// The part of a job that changes: small. For an array this is the parent; its children are in
/// Array (in memory), in attempts and in runs of children that ended without one (on disk).
struct Job {
  JobId id;
  Uuid uuid;
  std::shared_ptr<const JobSpec> spec;
  JobState state = JobState::Submitted;
  WallTime created_at;
  std::optional<WallTime> started_at;  ///< Of the latest attempt; absent until RUNNING.
  std::optional<WallTime> stopped_at;  ///< Set exactly when the state is terminal.
  AttemptNumber attempts_made = 0;     ///< Attempts that began; a retracted one does not count.
  std::string status_reason;
  bool is_cancelled = false;   ///< A cancel was accepted (AWS: before the job ends).
  bool is_terminated = false;  ///< A terminate was accepted.
  ArrayLimits limits;          ///< Of arrays only.
  bool is_held = false;        ///< Starts nothing until it is released; Dray's own.
  /// Of an array that is not held as a whole: those that start nothing until they are released,
  /// also when they have ended and are run again. At most kHeldRunsMax runs.
  ChildRuns held_children;
  /// As somebody has changed it since; absent: as it was submitted (see priority_of).
  std::optional<std::int32_t> priority;
  /// Of an array that had ended and was reopened, its failed children to be run again: the newest
  /// job then. Jobs up to that one were told of its first end and do not wait for another; nor does
  /// it wait for other jobs again.
  JobId reopened_after;
};

/// Which of its queue's jobs goes first, within its share where the queue has shares: the highest,
/// 0 to 9999. It begins as schedulingPriority there, and as 0 in other queues, where AWS does not
/// look at that.
[[nodiscard]] std::int32_t priority_of(const Job& job);
/// Whether the job (kNoChild) or this child of it may not start now.
[[nodiscard]] bool is_held(const Job& job, std::int32_t child);
inline constexpr std::int32_t kPriorityMax = 9999;
/// They stand in the job's row.
inline constexpr std::size_t kHeldRunsMax = 1'000;

}  // namespace dray
