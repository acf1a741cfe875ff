#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "model/attempt.h"
#include "model/job.h"
#include "scheduler/core/decision.h"
#include "scheduler/store/database.h"

namespace dray::store {

/// What the rows say of one child: both absent while it waits for its first attempt.
struct ChildRecord {
  std::optional<Attempt> latest;
  std::optional<ChildrenEnded> ended;
  AttemptNumber attempts_made = 0;  ///< Without one that was only given ahead.

  /// Nothing: it waits (see WaitingChildren).
  [[nodiscard]] std::optional<JobState> state() const;
};

/// Reads the records of an array's children in ascending order, each once, whether or not they have
/// rows: a merge of two tables, no row per child.
class ChildWalk {
 public:
  ChildWalk(Database& database, JobId array, std::int32_t from);
  /// `child` is greater than the last one asked for.
  ChildRecord at(std::int32_t child);

 private:
  Statement attempts_;
  Statement runs_;
  bool has_attempt_ = false;
  bool has_run_ = false;
  ChildrenEnded run_;
};

/// The states of children without a record: PENDING or RUNNABLE, as their dependencies say.
class WaitingChildren {
 public:
  WaitingChildren(Database& database, const Job& parent, const StateCounts& counts,
                  std::int32_t from);
  /// `child` is at least `from` and not less than the last one asked for.
  JobState state(std::int32_t child);

 private:
  /// One child of another array, or the one before in this, must have succeeded.
  struct Gate {
    ChildWalk walk;
    std::int32_t shift;
    std::int32_t last = -1;
    bool is_open = false;
  };
  void add_gates(Database& database, const Job& parent, std::int32_t from);
  JobState all_ = JobState::Runnable;
  std::vector<Gate> gates_;
};

/// Where a child stands, or a node, by its record; nothing: it waits. The nodes of a multi-node job
/// that has ended all have, and one whose attempt ended while the main node runs has, too.
std::optional<JobState> recorded_state(const Job& parent, const ChildRecord& record);

/// What a single job in the child's place would be: the parent's spec (which may be left out:
/// null), uuid and flags, its own state, times and reason.
Job child_job(const Job& parent, const ChildRecord& record, JobState state);

}  // namespace dray::store
