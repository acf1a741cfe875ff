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
  void operator()(const JobTagged& change);
  void operator()(const JobNoted&) {}  // For readers alone.
  void operator()(const JobForgotten&) {}  // Jobs in State are not.
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
  ClassId join(const ClassKey& key);
  void leave(ClassId id, JobId job);
  /// It had too little memory: from now on it asks for more, if its strategy says so.
  void grow(JobEntry& entry, std::int32_t child);
  void wait_in(ClassId id, JobId job, std::int32_t first, std::int32_t last);
  void unwait_in(ClassId id, JobId job, std::int32_t first, std::int32_t last);
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

  // ---- attempts
  void occupy(const Attempt& attempt);
  void vacate(const JobKey& key);
  void end_attempt(JobEntry& entry, const Attempt& attempt);

  State& state_;
  Instant now_;
};

}  // namespace dray
