#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/access.h"
#include "model/catalogue.h"
#include "model/child_runs.h"
#include "model/compute_environment.h"
#include "model/history.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "model/link_messages.h"
#include "model/requests.h"
#include "model/retention.h"
#include "scheduler/core/array.h"

/// All that can happen to the scheduler. The door, the link and the clock make events; nobody else.
namespace dray {

// ---- from the door. Each is answered by one Reply; names are checked by the door's decoder, what
// depends on the state (does it exist, may it be used) by the core. ------------------------------

struct EnvironmentCreated {
  ComputeEnvironment environment;
};
struct EnvironmentUpdated {
  EnvironmentUpdate update;
};
struct EnvironmentDeleted {
  std::string name;
};

struct QueueCreated {
  JobQueue queue;
};
struct QueueUpdated {
  QueueUpdate update;
};
/// AWS: must be disabled; all its jobs are terminated with "JobQueue deleted".
struct QueueDeleted {
  std::string name;
};

/// `definition.revision` is set by the core.
struct DefinitionRegistered {
  JobDefinition definition;
};
struct DefinitionDeregistered {
  std::string name;
  std::int32_t revision = 0;
};

/// How the children of an array ended that has left the State.
struct KnownArray {
  std::int32_t size = 0;
  std::vector<std::pair<std::int32_t, std::int32_t>> failed;  ///< Runs of children: first, last.
  /// From the states of all children, by index.
  static KnownArray of(const std::vector<JobState>& states);
};
struct JobSubmitted {
  Uuid uuid;  ///< Fresh chance; becomes the jobId.
  Submission submission;
  /// States of dependencies that have ended and left the State, looked up on disk by whoever brings
  /// the event. A dependency neither in State nor here is answered with UnknownDependencies.
  std::map<std::pair<Uuid, std::int32_t>, JobState> known_ends;
  /// Before the disk was asked whether this invocation has been taken; it had not.
  Instant invocation_looked_at;
  /// Those of `known_ends` that are arrays and that an N_TO_N dependency names.
  std::map<Uuid, KnownArray> known_arrays;
};

/// AWS: before STARTING the job fails with the reason; later it is untouched. Unknown: no effect.
struct JobCancelled {
  Uuid job;
  std::int32_t child = kNoChild;
  StopWords words;
};
/// AWS: as cancel, and what runs gets SIGTERM, 30 s, SIGKILL.
struct JobTerminated {
  Uuid job;
  std::int32_t child = kNoChild;
  StopWords words;
};

/// An array as it is on disk, when State has forgotten it.
struct EndedArray {
  Job job;
  std::shared_ptr<const Array> children;
};
/// Those of `children` that have failed are run again; without any, all that have. Answered by
/// RerunAccepted, or by UnknownArray when it is neither in State nor here.
struct ChildrenRerunAsked {
  Uuid job;
  ChildRuns children;
  std::optional<EndedArray> known;
};

struct JobUpdated {
  Uuid job;
  JobUpdate update;
};

/// `key.created_at` is set by the core. At most two active ones a user.
struct AccessKeyCreated {
  AccessKey key;
};
/// The last active admin key stays.
struct AccessKeySwitched {
  std::string id;
  bool is_active = false;
};
struct AccessKeyDeleted {
  std::string id;
};
/// Just now; told seldom. No reply.
struct AccessKeyUsed {
  std::string id;
};

/// `entry.created_at` is set by the core.
struct EntryCreated {
  CatalogueEntry entry;
};
struct EntryUpdated {
  EntryUpdate update;
};
/// AWS: a policy or service environment that a queue uses stays; service environments and quota
/// shares must be disabled.
struct EntryDeleted {
  EntryKey key;
};
/// Answered by QuantityNow.
struct QuantityChanged {
  QuantityChange change;
};
/// A job is taken to exist: one that has ended is known to the disk alone.
struct ResourceTagged {
  ResourceName resource;
  TagChange change;
};

// ---- questions: their decision is only a reply
// ---------------------------------------------------

struct ExplanationAsked {
  std::vector<std::pair<Uuid, std::int32_t>> jobs;
};
/// As ExplanationAsked, of any number of jobs: only what AWS's statusReason says of those that
/// wait.
struct WaitReasonsAsked {
  std::vector<std::pair<Uuid, std::int32_t>> jobs;
};
struct AgentsAsked {};
/// What is starting and running on one agent.
struct AgentAttemptsAsked {
  std::string name;
};
/// Places an agent into or out of draining.
struct AgentDrained {
  std::string name;
  bool drain = true;
};

/// Answered by ConsumablesInUse.
struct ConsumablesAsked {};
struct SnapshotAsked {
  std::string queue;
};

// ---- from the link
// -------------------------------------------------------------------------------

struct AgentSaidHello {
  Hello hello;
  std::string peer;  ///< The address it came from.
};
struct AgentAskedLease {
  LeaseAsked lease;
};
struct AgentToldFacts {
  Facts facts;
};
/// The connection of this session is gone. Proves nothing about attempts; the lease decides (F5).
struct AgentDisconnected {
  SessionId session;
};

// ---- from the clock
// ------------------------------------------------------------------------------

/// Ends every batch: expires leases, places what can start, says when to look again.
struct Ticked {};

/// The disk holds these, and they ended so long ago that they may go. Answered by JobsLeft.
struct JobsExpired {
  WallTime ended_before;  ///< What ended later stays.
  std::vector<Forgetting> jobs;
};

struct Event {
  WallTime at;  ///< What rows and people will read. Nothing is decided by it.
  /// Fresh random bits; tokens are derived from them, the core draws none (D1).
  AttemptToken chance;
  std::variant<EnvironmentCreated, EnvironmentUpdated, EnvironmentDeleted, QueueCreated,
               QueueUpdated, QueueDeleted, DefinitionRegistered, DefinitionDeregistered,
               JobSubmitted, JobCancelled, JobTerminated, JobUpdated, ChildrenRerunAsked,
               AccessKeyCreated, AccessKeySwitched, AccessKeyDeleted, AccessKeyUsed, EntryCreated,
               EntryUpdated, EntryDeleted, QuantityChanged, ResourceTagged, ExplanationAsked,
               WaitReasonsAsked, AgentsAsked, AgentAttemptsAsked, SnapshotAsked, ConsumablesAsked,
               AgentDrained, AgentSaidHello, AgentAskedLease, AgentToldFacts, AgentDisconnected,
               JobsExpired, Ticked>
      what;
};

}  // namespace dray
