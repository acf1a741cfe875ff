#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/access.h"
#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "model/link_messages.h"
#include "model/requests.h"

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

struct JobSubmitted {
  Uuid uuid;  ///< Fresh chance; becomes the jobId.
  Submission submission;
  /// States of dependencies that have ended and left the State, looked up on disk by whoever brings
  /// the event. A dependency neither in State nor here is answered with UnknownDependencies.
  std::map<std::pair<Uuid, std::int32_t>, JobState> known_ends;
  /// Before the disk was asked whether this invocation has been taken; it had not.
  Instant invocation_looked_at;
};

/// AWS: before STARTING the job fails with the reason; later it is untouched. Unknown: no effect.
struct JobCancelled {
  Uuid job;
  std::int32_t child = kNoChild;
  std::string reason;
};
/// AWS: as cancel, and what runs gets SIGTERM, 30 s, SIGKILL.
struct JobTerminated {
  Uuid job;
  std::int32_t child = kNoChild;
  std::string reason;
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

struct Event {
  WallTime at;  ///< What rows and people will read. Nothing is decided by it.
  /// Fresh random bits; tokens are derived from them, the core draws none (D1).
  AttemptToken chance;
  std::variant<EnvironmentCreated, EnvironmentUpdated, EnvironmentDeleted, QueueCreated,
               QueueUpdated, QueueDeleted, DefinitionRegistered, DefinitionDeregistered,
               JobSubmitted, JobCancelled, JobTerminated, AccessKeyCreated, AccessKeySwitched,
               AccessKeyDeleted, AccessKeyUsed, EntryCreated, EntryUpdated, EntryDeleted,
               QuantityChanged, ResourceTagged, ExplanationAsked, AgentsAsked, AgentAttemptsAsked,
               SnapshotAsked, ConsumablesAsked, AgentDrained, AgentSaidHello, AgentAskedLease,
               AgentToldFacts, AgentDisconnected, Ticked>
      what;
};

}  // namespace dray
