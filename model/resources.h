#pragma once
#include <compare>
#include <cstdint>
#include <string>

namespace dray {

/// What an agent has, a job asks for, or is left: integers, so that sums are exact.
struct Resources {
  std::int64_t milli_vcpus = 0;  ///< 1000 = one vCPU.
  std::int64_t memory_mib = 0;
  std::int64_t gpus = 0;
  /// Only an order for maps; "less" does not mean "fits in".
  auto operator<=>(const Resources&) const = default;

  /// True when every part is at most the same part of `room`.
  [[nodiscard]] bool fits_in(const Resources& room) const;
  /// Checked: an overflow is a broken invariant.
  Resources& operator+=(const Resources& other);
  /// Checked: what was not there cannot be taken away.
  Resources& operator-=(const Resources& other);
};

Resources operator+(Resources left, const Resources& right);
Resources operator-(Resources left, const Resources& right);
/// Part by part, what `request` is short of in `room`; zero where it fits.
Resources shortage(const Resources& request, const Resources& room);
/// "2 vCPUs, 512 MiB", "0.5 vCPUs, 64 MiB, 1 GPU".
std::string to_string(const Resources& resources);

}  // namespace dray
