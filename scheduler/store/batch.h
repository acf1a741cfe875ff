#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "scheduler/core/decision.h"

namespace dray::store {

/// The changes of one batch of decisions as the rows they leave: of several changes of one row only
/// the last. Points into the decisions.
struct Batch {
  /// A new job, with its row as it is at the end of the batch.
  struct NewJob {
    const Job* added = nullptr;
    const Job* now = nullptr;
    const ArrayCounted* counted = nullptr;  ///< Or null.
  };
  std::vector<const Change*> settings;  ///< Environments, queues, definitions, agents, keys, the
                                        ///< catalogue: in order.
  /// A rerun stands at the beginning of a batch: what it undoes is written before.
  std::vector<const Job*> reopened;
  std::vector<const ChildrenRerun*> rerun;
  std::vector<NewJob> added;                 ///< In order.
  std::vector<const Job*> moved;             ///< Of jobs from before the batch, by id.
  std::vector<const ArrayCounted*> counted;  ///< Of arrays from before the batch.
  std::vector<const ChildrenEnded*> ended;
  /// By key; no attempt: the row goes.
  std::vector<std::pair<AttemptKey, const Attempt*>> attempts;
  std::vector<std::pair<ShareKey, const ShareUsed*>> shares;  ///< By key; no use: the row goes.
  std::vector<const InvocationKept*> invocations;
  std::vector<const JobTagged*> tagged;      ///< In order.
  std::vector<const JobNoted*> noted;        ///< In order.
  std::vector<const Forgetting*> forgotten;  ///< In order.
  std::optional<SessionId> session;

  /// Whether the decision must not share a batch with what was decided before it.
  static bool begins_with(const Decision& decision);
  explicit Batch(std::span<const Decision> decisions);
  [[nodiscard]] bool is_empty() const;
};

}  // namespace dray::store
