#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "scheduler/core/shares.h"
#include "scheduler/core/waiting_line.h"

namespace dray {

/// The order of dispatch within one fair-share queue (contract 3.10): the share with the lowest
/// weighted use first; within it the highest schedulingPriority, then the oldest. Shares that have
/// used the same are ordered by the age of the job that is next in them. Whatever is taken counts
/// at once, so that shares take turns by their weights.
class FairOrder {
 public:
  /// `capacity` is that of the queue's environments.
  FairOrder(const State& state, std::string queue, const Resources& capacity, Instant now);
  /// Every class of the queue in which something waits, each once.
  void add(const WaitingLine& line);

  [[nodiscard]] bool is_done() const { return turns_.empty(); }
  /// The class whose first job is next. Not when it is done, like all that follow.
  [[nodiscard]] const WaitingLine& next() const;
  /// Takes that job, or child, and counts what it asks for as held by its share.
  JobKey take();
  /// Leaves out that class: the others' turn.
  WaitingLine drop();
  /// The oldest of all that are left: where the queue stands among others.
  [[nodiscard]] const JobKey& oldest() const { return *heads_.begin(); }

 private:
  using Rank = std::pair<std::int64_t, JobKey>;  ///< The negated priority, and the first job.
  struct Share {
    ShareUse use;
    Resources held;
    std::int32_t weight = ShareWeight::kOne;
    std::map<Rank, WaitingLine> lines;
    Rank turn;  ///< Its key in `turns_`, while it has lines.
  };
  Share& share_of(const std::string& identifier);
  void insert(Share& share, const WaitingLine& line);
  WaitingLine extract_next();
  void end_turn(Share& share);
  void wait_for_turn(Share& share);

  const State& state_;
  std::string queue_;
  Resources capacity_;
  Instant now_;
  std::map<std::string, Share> shares_;
  std::map<Rank, Share*> turns_;  ///< By weighted use, and the job that is next.
  std::set<JobKey> heads_;
};

}  // namespace dray
