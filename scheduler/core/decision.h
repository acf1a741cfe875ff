#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/access.h"
#include "model/agent.h"
#include "model/attempt.h"
#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/error.h"
#include "model/explanation.h"
#include "model/history.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "model/link_messages.h"
#include "model/queries.h"
#include "model/retention.h"
#include "scheduler/core/array.h"
#include "scheduler/core/share_use.h"

/// What the scheduler makes of one event. Nothing may leave the process before `changes` are
/// durable.
namespace dray {

// ---- changes: one row as it now is. The store writes them, recovery applies them.
// ----------------

struct EnvironmentPut {
  ComputeEnvironment environment;
};
struct EnvironmentGone {
  std::string name;
};
struct QueuePut {
  JobQueue queue;
};
struct QueueGone {
  std::string name;
};
struct DefinitionPut {
  JobDefinition definition;
};
/// A new job: the only change that carries a spec.
struct JobAdded {
  Job job;
  Duration age{};  ///< How long ago that was: zero, but for recovery.
};
/// The changing part of a job that exists, as it now is; `job.spec` may be left out (null).
struct JobMoved {
  Job job;
};
/// Children `first`..`last` of an array ended without an attempt of their own deciding it
/// (cancelled, dependency failed): one row for the run.
struct ChildrenEnded {
  JobId job;
  std::int32_t first = 0;
  std::int32_t last = 0;
  JobState state = JobState::Failed;
  std::string status_reason;
  WallTime at;
  bool is_cancelled = false;
  bool is_terminated = false;
};
/// An array that had ended goes on. Its row is as `job` says, with its spec, for a State that has
/// forgotten it; its children stand as in `children` and have all ended.
struct JobReopened {
  Job job;
  std::shared_ptr<const Array> children;
};
/// Children `first`..`last` of an array that lives had failed and are to be run again: whatever
/// ended them counts no more.
struct ChildrenRerun {
  JobId job;
  std::int32_t first = 0;
  std::int32_t last = 0;
};
/// Children by state, for the parent's statusSummary: at most once a batch for each array.
struct ArrayCounted {
  JobId job;
  StateCounts counts{};
  WallTime at;
};
/// An attempt as it now is; inserted or replaced.
struct AttemptPut {
  Attempt attempt;
  Duration age{};  ///< How long it has been running: zero, but for recovery.
};
/// A retracted attempt: it was never made.
struct AttemptGone {
  AttemptKey key;
};
struct AgentPut {
  Agent agent;
};
/// The last session number granted; must survive, so that sessions only grow (F2).
struct SessionGranted {
  SessionId session;
};
struct AccessKeyPut {
  AccessKey key;
};
struct AccessKeyGone {
  std::string id;
};
/// A job was submitted by this invocation. Recovery is not told of it: the disk is asked.
struct InvocationKept {
  Invocation invocation;
  JobId job;
  Uuid uuid;
  std::string name;
  WallTime at;
};
/// The job has ended and nothing live depends on it: State forgets it, the disk keeps it. Recovery
/// tells the newest job on disk last, as retired when it has ended, so that numbers go on from it.
struct JobRetired {
  JobId job;
};
struct EntryPut {
  CatalogueEntry entry;
};
struct EntryGone {
  EntryKey key;
};
/// What a share of a fair-share queue had used by then. It held the same from then on until the
/// next such row, so that the use of any later moment follows from the row and its live attempts.
struct ShareUsed {
  ShareKey share;
  ShareUse use;
  WallTime at;
  Duration age{};  ///< How long ago that was: zero, but for recovery.
};
struct ShareForgotten {
  ShareKey share;
};
/// Of a job that may have ended long ago: only its tags change, where they are kept.
struct JobTagged {
  Uuid job;
  TagChange change;
};

/// Somebody said something about a job or child that lived. Recovery is not told of it.
struct JobNoted {
  JobNote note;
};

/// A job that ended long ago leaves the disk by a step; State has forgotten it already. Recovery is
/// not told of it.
struct JobForgotten {
  Forgetting what;
};

using Change =
    std::variant<EnvironmentPut, EnvironmentGone, QueuePut, QueueGone, DefinitionPut, JobAdded,
                 JobMoved, JobReopened, ChildrenRerun, ChildrenEnded, ArrayCounted, AttemptPut,
                 AttemptGone, AgentPut, SessionGranted, AccessKeyPut, AccessKeyGone, InvocationKept,
                 JobRetired, EntryPut, EntryGone, ShareUsed, ShareForgotten, JobTagged, JobNoted,
                 JobForgotten>;

// ---- orders
// ---------------------------------------------------------------------------------------

/// One message for one agent. A hello is answered on the connection that brought it; everything
/// else goes to the connection of the session the message names, or nowhere when that is gone (F2).
struct Order {
  AgentId agent;
  SchedulerMessage message;
};

// ---- replies
// --------------------------------------------------------------------------------------

struct Done {};
struct DefinitionAccepted {
  std::string name;
  std::int32_t revision = 0;
};
struct JobAccepted {
  JobId id;
  Uuid uuid;
  std::string name;
};
/// Look these up on disk, put them into `known_ends` and bring the event again; those that are not
/// there either do not exist.
struct UnknownDependencies {
  std::vector<std::pair<Uuid, std::int32_t>> jobs;
};
/// Look this array up on disk and bring the event again with it; if it is not there, it does not
/// exist.
struct UnknownArray {};
struct RerunAccepted {
  std::uint32_t children = 0;  ///< How many are run again.
};
struct Explanations {
  std::vector<Explanation> jobs;
};  ///< Those that are in State, in the order asked.
/// Those that wait and that AWS has a statusReason for.
struct WaitReasons {
  std::vector<std::pair<JobKey, std::string>> jobs;
};
/// An agent as it is right now.
struct AgentView {
  Agent agent;
  enum class State : std::uint8_t { Ready, Silent, Draining, Disconnected } state = State::Ready;
  Resources reserved;
  std::uint32_t attempts_live = 0;  ///< Starting and running.
  std::uint32_t attempts_ahead = 0;
  std::optional<Duration> silent_for;  ///< Since it was last heard; absent when never since start.
};
struct Agents {
  std::vector<AgentView> agents;
};
struct AgentAttempts {
  std::vector<AgentAttempt> attempts;
};

/// Of a consumable resource, after the change.
struct QuantityNow {
  std::int64_t total = 0;
};

/// What live attempts hold, by name.
struct ConsumablesInUse {
  std::map<std::string, std::int64_t> quantities;
};

/// Whose step was taken.
struct JobsLeft {
  std::vector<JobId> jobs;
};

using Reply =
    std::variant<std::monostate, Done, Error, DefinitionAccepted, JobAccepted, UnknownDependencies,
                 UnknownArray, RerunAccepted, Explanations, WaitReasons, Agents, AgentAttempts,
                 QuantityNow, ConsumablesInUse, QueueSnapshot, JobsLeft>;

struct Decision {
  std::vector<Change> changes;
  std::vector<Order> orders;       ///< For agents, in this order.
  Reply reply;                     ///< For whoever brought the event.
  std::optional<Instant> wake_at;  ///< When to tick if nothing else happens. Only Ticked sets it.
};

}  // namespace dray
