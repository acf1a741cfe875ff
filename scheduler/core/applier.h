#pragma once
#include <utility>

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
  void operator()(const JobNoted&) {}      // For readers alone.
  void operator()(const JobForgotten&) {}  // Jobs in State are not.
  void operator()(const JobAdded& change);
  void operator()(const JobMoved& change);
  void operator()(const JobReopened& change);
  void operator()(const ChildrenRerun& change);
  void operator()(const JobRetired& change);
  void operator()(const ChildrenEnded& change);
  void operator()(const ArrayCounted& change);
  void operator()(const AttemptPut& change);
  void operator()(const AttemptGone& change);

 private:
  JobEntry& entry_of(JobId id);
  JobEntry* find(const Uuid& uuid);
  /// The job in State that `on` binds `entry` to; null for SEQUENTIAL.
  JobEntry* needed_by(const JobEntry& entry, const Dependency& on);

  // ---- waiting jobs by class
  void join_class(JobEntry& entry);
  void leave_class(JobEntry& entry);
  void sort_classes(const std::string& queue);
  /// Where what its class goes by has changed since it joined (its priority, whether its queue
  /// limits jobs of its name, how long it is expected to run), it goes into another with all that
  /// is its own.
  void change_class(JobEntry& entry);
  ClassId join(const ClassKey& key);
  void leave(ClassId id);
  /// After an end for too little memory it asks for more, if its strategy says so.
  void grow(JobEntry& entry, const Attempt& ended);
  /// It asks for what its spec says again. It does not wait, and has no attempt.
  void shrink(JobEntry& entry, std::int32_t child);
  void wait(JobEntry& entry, std::int32_t first, std::int32_t last);
  /// They are not held: they stand in line, or behind those that do.
  void line_up(JobEntry& entry, std::int32_t first, std::int32_t last);
  /// Children that are held by now leave the line; those that are not any more come into it.
  void follow_holds(JobEntry& entry, const ChildRuns& before);
  void unwait(JobEntry& entry, std::int32_t first, std::int32_t last);
  /// Puts them into the class's line, those that ask for more memory into their own classes'.
  void stand_in_line(JobEntry& entry, std::int32_t first, std::int32_t last);
  void stand_in_line(ClassId id, JobId job, std::int32_t first, std::int32_t last);
  void leave_line(JobEntry& entry, std::int32_t first, std::int32_t last);
  void leave_line(ClassId id, JobId job, std::int32_t first, std::int32_t last);
  /// The last of those that stand in line and follow each other; some do.
  std::pair<std::int32_t, std::int32_t> last_in_line(const JobEntry& entry) const;
  /// Of the runnable children as many of the first stand in line as have a place (ArrayLimits).
  void admit(JobEntry& entry);
  /// A single job waits exactly when it is runnable and has no attempt.
  void refresh_waiting(JobEntry& entry);
  /// Moves a child and keeps it in or out of the waiting ones.
  void move_child(JobEntry& entry, std::int32_t child, ChildState to);

  // ---- dependencies
  void depend(JobEntry& entry);
  void undepend(JobEntry& entry);
  /// What waits for this end waits no more.
  void tell_end(const JobEntry& entry, std::int32_t child, bool has_succeeded);
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
  /// Books what a live attempt takes of consumable resources, `sign` times.
  bool is_another_node_there(const JobKey& key) const;
  void book_consumables(const JobSpec& spec, const JobKey& key, std::int64_t sign);
  void count_held(const Attempt& attempt, bool is_new);
  /// Counts among what runs of its class what the attempt adds: its job or child, or its gang when
  /// no other node of it has an attempt.
  void count_active(const JobKey& key, bool is_new);
  void end_attempt(JobEntry& entry, const Attempt& attempt);
  /// Of one of its attempts.
  void learn_run_time(JobEntry& entry, Duration run);

  State& state_;
  Instant now_;
};

}  // namespace dray
