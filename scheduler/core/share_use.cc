#include "scheduler/core/share_use.h"

#include <algorithm>
#include <array>
#include <limits>

#include "model/check.h"

namespace dray {
namespace {

__extension__ using Wide = unsigned __int128;

/// Factors between 0 and 1 are in 1/2^63.
constexpr int kFactorBits = 63;
constexpr std::uint64_t kOne = std::uint64_t{1} << kFactorBits;
/// A half-life is cut in two so often: more than there are microseconds in AWS's longest.
constexpr std::size_t kCuts = 48;
/// Beyond what any cluster has, so that a use stays within its type.
constexpr std::int64_t kHeldMax = (std::int64_t{1} << (63 - ShareUse::kFractionBits)) - 1;

/// The whole part of the square root.
constexpr std::uint64_t root_of(Wide square) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = kOne; bit > 0; bit >>= 1) {
    const std::uint64_t larger = root | bit;
    if (Wide{larger} * larger <= square) {
      root = larger;
    }
  }
  return root;
}

/// What is left after a half, a quarter, an eighth... of a half-life.
constexpr std::array<std::uint64_t, kCuts> make_left_after_part() {
  std::array<std::uint64_t, kCuts> left{};
  std::uint64_t before = kOne / 2;  // After a whole one.
  for (std::uint64_t& factor : left) {
    factor = root_of(Wide{before} << kFactorBits);
    before = factor;
  }
  return left;
}
constexpr std::array<std::uint64_t, kCuts> kLeftAfterPart = make_left_after_part();

/// 2 to the power of -time/half_life.
std::uint64_t left_after(Duration time, Duration half_life) {
  const std::int64_t halvings = time / half_life;
  if (halvings > kFactorBits) {
    return 0;
  }
  std::uint64_t left = kOne;
  Duration rest = time % half_life;
  for (std::size_t i = 0; i < kCuts && rest > Duration::zero(); ++i) {
    rest += rest;
    if (rest >= half_life) {
      rest -= half_life;
      left = static_cast<std::uint64_t>(Wide{left} * kLeftAfterPart[i] >> kFactorBits);
    }
  }
  return left >> halvings;
}

std::int64_t fixed(std::int64_t held) {
  return std::min(held, kHeldMax) << ShareUse::kFractionBits;
}

std::int64_t mixed(std::int64_t use, std::int64_t held, std::uint64_t left) {
  const Wide sum = Wide{static_cast<std::uint64_t>(use)} * left +
                   Wide{static_cast<std::uint64_t>(fixed(held))} * (kOne - left) + kOne / 2;
  return static_cast<std::int64_t>(sum >> kFactorBits);
}

std::int64_t fraction(std::int64_t use, std::int64_t held, std::int64_t capacity,
                      std::int32_t weight) {
  constexpr int kMoreBits = 8;
  const Wide sum = Wide{static_cast<std::uint64_t>(use)} + static_cast<std::uint64_t>(fixed(held));
  const Wide part = ((sum * static_cast<std::uint32_t>(weight)) << kMoreBits) /
                    static_cast<std::uint64_t>(capacity);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return part > Wide{static_cast<std::uint64_t>(kMost)} ? kMost : static_cast<std::int64_t>(part);
}

}  // namespace

ShareUse grown(const ShareUse& use, const Resources& held, Duration time, Duration half_life) {
  CHECK(half_life > Duration::zero());
  const std::uint64_t left = left_after(std::max(time, Duration::zero()), half_life);
  return {.vcpus = mixed(use.vcpus, held.milli_vcpus, left),
          .memory = mixed(use.memory, held.memory_mib, left),
          .gpus = mixed(use.gpus, held.gpus, left)};
}

std::int64_t weighted(const ShareUse& use, const Resources& held, const Resources& capacity,
                      std::int32_t weight) {
  if (capacity == Resources{}) {
    return fraction(use.vcpus, held.milli_vcpus, 1, weight);  // Nobody is there to run anything.
  }
  std::int64_t most = 0;
  const auto look_at = [&](std::int64_t used, std::int64_t now, std::int64_t whole) {
    if (whole > 0) {
      most = std::max(most, fraction(used, now, whole, weight));
    }
  };
  look_at(use.vcpus, held.milli_vcpus, capacity.milli_vcpus);
  look_at(use.memory, held.memory_mib, capacity.memory_mib);
  look_at(use.gpus, held.gpus, capacity.gpus);
  return most;
}

}  // namespace dray
