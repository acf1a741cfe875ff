#pragma once
#include "scheduler/core/decision.h"
#include "scheduler/store/batch.h"
#include "scheduler/store/database.h"
#include "scheduler/store/forgetter.h"

namespace dray::store {

/// Writes the rows of a batch, inside the caller's transaction; every statement is prepared once.
/// Throws SqlError.
class RowWriter {
 public:
  /// `database` has the newest schema and outlives this.
  explicit RowWriter(Database& database);
  void write(const Batch& batch);

 private:
  void write_setting(const Change& change);
  void put(const EnvironmentPut& put);
  void put(const QueuePut& put);
  void put(const DefinitionPut& put);
  void put(const AgentPut& put);
  void put(const AccessKeyPut& put);
  void put(const EntryPut& put);
  void tag(const JobTagged& tagged);
  void note(const JobNote& note);
  void keep_invocations(const Batch& batch);
  void add_job(const Batch::NewJob& job);
  void move_job(const Job& job);
  void count(const ArrayCounted& counted);
  void end_children(const ChildrenEnded& ended);
  void rerun_children(const ChildrenRerun& rerun);
  void put_attempt(const Attempt& attempt);
  void put_share(const ShareUsed& used);

  Statement put_environment_;
  Statement drop_environment_;
  Statement put_queue_;
  Statement drop_queue_;
  Statement put_definition_;
  Statement put_entry_;
  Statement drop_entry_;
  Statement put_agent_;
  Statement put_access_key_;
  Statement drop_access_key_;
  Statement add_job_;
  Statement add_spec_;
  Statement add_consumable_;
  Statement find_spec_;
  Statement replace_spec_;
  Statement add_note_;
  Statement move_job_;
  Statement count_;
  Statement rerun_attempts_;
  Statement find_ended_;
  Statement drop_ended_;
  Statement end_children_;
  Statement put_attempt_;
  Statement drop_attempt_;
  Statement put_share_;
  Statement drop_share_;
  Statement grant_session_;
  Statement keep_invocation_;
  Statement forget_invocations_;
  Forgetter forgetter_;
};

}  // namespace dray::store
