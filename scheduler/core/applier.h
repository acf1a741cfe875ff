#pragma once
#include "scheduler/core/decision.h"
#include "scheduler/core/state.h"

namespace dray {

/// What `apply` is made of: one overload a change. Rows and the indexes derived from them move here
/// and nowhere else. It follows what it is told and decides nothing; but children of arrays that
/// were held back by dependencies become runnable here, because no row says so.
class Applier {
 public:
  Applier(State& state, Instant now) : state_(state), now_(now) {}

  void operator()(const EnvironmentPut& change);
  void operator()(const EnvironmentGone& change);
  void operator()(const QueuePut& change);
  void operator()(const QueueGone& change);
  void operator()(const DefinitionPut& change);
  void operator()(const AgentPut& change);
  void operator()(const SessionGranted& change);
  void operator()(const AccessKeyPut& change);
  void operator()(const AccessKeyGone& change);
  void operator()(const InvocationKept& change);
  void operator()(const EntryPut& change);
  void operator()(const EntryGone& change);
  void operator()(const ShareUsed& change);
  void operator()(const ShareForgotten& change);
  void operator()(const JobTagged& change);
  void operator()(const JobAdded& change);
  void operator()(const JobMoved& change);
  void operator()(const JobRetired& change);
  void operator()(const ChildrenEnded& change);
  void operator()(const ArrayCounted& change);
  void operator()(const AttemptPut& change);
  void operator()(const AttemptGone& change);

 private:
  JobEntry& entry_of(JobId id);
  JobEntry* find(const Uuid& uuid);

  // ---- waiting jobs by class
  void join_class(JobEntry& entry);
  void leave_class(JobEntry& entry);
  void wait(JobEntry& entry, std::int32_t first, std::int32_t last);
  void unwait(JobEntry& entry, std::int32_t first, std::int32_t last);
  /// A single job waits exactly when it is runnable and has no attempt.
  void refresh_waiting(JobEntry& entry);
  /// Moves a child and keeps it in or out of the waiting ones.
  void move_child(JobEntry& entry, std::int32_t child, ChildState to);

  // ---- dependencies
  void depend(JobEntry& entry);
  void undepend(JobEntry& entry);
  void tell_success(const JobEntry& entry, std::int32_t child);
  /// Those of first..last that wait for nothing any more become runnable.
  void release(JobEntry& entry, std::int32_t first, std::int32_t last);
  bool is_free(const JobEntry& entry, std::int32_t child);

  // ---- shares: null for jobs of other queues
  ShareEntry* share_of(const JobSpec& spec);
  void join_share(const JobSpec& spec);
  void leave_share(const ShareKey& key);

  // ---- attempts
  void occupy(const Attempt& attempt);
  void vacate(const JobKey& key);
  /// Books what the job of a live attempt takes of consumable resources, `sign` times.
  void book_consumables(const JobSpec& spec, std::int64_t sign);
  void end_attempt(JobEntry& entry, const Attempt& attempt);

  State& state_;
  Instant now_;
};

}  // namespace dray
