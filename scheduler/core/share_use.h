#pragma once
#include <compare>
#include <cstdint>
#include <string>

#include "model/instant.h"
#include "model/resources.h"

/// How much a share of a fair-share queue has used. Integers only, so that every compiler and every
/// life of the scheduler comes to the same order of dispatch.
namespace dray {

/// Jobs of one queue with the same shareIdentifier.
struct ShareKey {
  std::string queue;
  std::string identifier;
  auto operator<=>(const ShareKey&) const = default;
};

/// What a share held in the past, as an average in which every half-life counts half as much as the
/// one after it (contract 3.10: exponential, half-life = shareDecaySeconds). In 1/2^28 of a
/// milli-vCPU, a MiB and a GPU.
struct ShareUse {
  static constexpr int kFractionBits = 28;
  std::int64_t vcpus = 0;
  std::int64_t memory = 0;
  std::int64_t gpus = 0;
  bool operator==(const ShareUse&) const = default;
};

/// The use after `time` in which the share held `held` all along. `half_life` is more than zero.
[[nodiscard]] ShareUse grown(const ShareUse& use, const Resources& held, Duration time,
                             Duration half_life);

/// The number that shares are ordered by, lowest first: the largest of the fractions of `capacity`
/// that the share uses (its dominant resource), times its weight. What it holds now counts like all
/// it has used: as if it went on for another half-life.
[[nodiscard]] std::int64_t weighted(const ShareUse& use, const Resources& held,
                                    const Resources& capacity, std::int32_t weight);

}  // namespace dray
