#pragma once
#include <cstdint>
#include <string>

#include "model/error.h"
#include "model/requests.h"
#include "scheduler/core/pools.h"
#include "scheduler/core/turn.h"

/// Fair-share queues: those with a scheduling policy (contract 2.7, 3.10).
namespace dray {

[[nodiscard]] inline bool is_fair(const JobQueue& queue) {
  return !queue.scheduling_policy.empty();
}
[[nodiscard]] inline bool is_fair(const RequestClass& request_class) {
  return !request_class.key.share.empty();
}

/// AWS's rules of SubmitJob for shareIdentifier and schedulingPriority.
[[nodiscard]] Result<void> check_share(const State& state, const Submission& submission,
                                       const JobDefinition& definition);

/// The queue's policy as it is now; AWS's defaults where it says nothing.
[[nodiscard]] const FairShare& fair_share_of(const State& state, const std::string& queue);
/// Of what shares have used: shareDecaySeconds, or what AWS takes 0 for.
[[nodiscard]] Duration half_life_of(const FairShare& policy);
/// Of the share itself, else of its longest prefix, else 1.
[[nodiscard]] std::int32_t share_weight(const FairShare& policy, const std::string& identifier);
/// What the share has used until `now`.
[[nodiscard]] ShareUse use_of(const State& state, const ShareKey& key, const ShareEntry& entry,
                              Instant now);

/// All agents of the queue's environments together.
[[nodiscard]] Resources capacity_of(Pools& pools, const JobQueue& queue);

/// What computeReservation leaves to the shares that are active, in milli-vCPUs.
struct SharedRoom {
  std::int64_t most = 0;
  std::int64_t used = 0;
  std::uint32_t active_shares = 0;  ///< With a job that has not ended.
  /// A job larger than what is left to all alone starts when nothing else of the queue runs: no
  /// reservation makes it impossible.
  [[nodiscard]] bool has_room_for(std::int64_t milli_vcpus) const {
    return used == 0 || milli_vcpus <= most - used;
  }
};
[[nodiscard]] SharedRoom shared_room(const State& state, Pools& pools, const JobQueue& queue);

/// Before `change` is applied: when a share holds more or less by it, what it has used until now
/// becomes a row. Between two such rows it holds the same, so that nothing else need be kept.
void note_use(Turn& turn, const Change& change);
/// Of shares without jobs, when they have become many, those that have used least are forgotten.
void forget_old_shares(Turn& turn);
/// A queue comes; jobs of one of that name that was deleted may still be ending.
void know_shares(Turn& turn, const std::string& queue);
/// The queue goes.
void forget_shares(Turn& turn, const std::string& queue);

}  // namespace dray
