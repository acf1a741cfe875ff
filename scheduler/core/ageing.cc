#include "scheduler/core/ageing.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace dray {
namespace {

constexpr Duration kUnknown = std::chrono::hours(1);
/// Shorter ones are all the same, and so are longer ones: else the many tiny jobs of an array would
/// all come before one large job that is as old.
constexpr Duration kShortest = std::chrono::minutes(15);
constexpr Duration kLongest = std::chrono::hours(8);
constexpr Duration kWaitedMax = std::chrono::hours(24 * 365);

/// In vCPUs, or in the share of memory and GPUs that goes with one; at least 1.
std::int64_t size_of(const Resources& request) {
  constexpr std::int64_t kMiBOfVcpu = 4096;
  constexpr std::int64_t kVcpusOfGpu = 8;
  constexpr std::int64_t kMost = 1'000'000;
  return std::min(kMost, std::max({std::int64_t{1}, request.milli_vcpus / 1000,
                                   request.memory_mib / kMiBOfVcpu, request.gpus * kVcpusOfGpu}));
}

/// In whole numbers: every machine has the same.
std::int64_t cube_root_percent(std::int64_t number) {
  constexpr std::int64_t kPercentCubed = 1'000'000;
  std::int64_t low = 100;
  for (std::int64_t high = 10'000; low < high;) {
    const std::int64_t middle = (low + high + 1) / 2;
    const bool is_within = middle * middle * middle <= number * kPercentCubed;
    (is_within ? low : high) = is_within ? middle : middle - 1;
  }
  return low;
}

}  // namespace

/// Of a cube only the order counts: its root has the same.
std::int64_t steps_risen(Duration waited, Duration expected, const Resources& request) {
  const Duration run =
      std::clamp(expected == Duration{} ? kUnknown : expected, kShortest, kLongest);
  // Milliseconds, so that a year of waiting for the largest stays within the type.
  const auto ms = [](Duration time) { return time / std::chrono::milliseconds(1); };
  const std::int64_t times = ms(std::clamp(waited, Duration{}, kWaitedMax)) *
                             cube_root_percent(size_of(request)) / (100 * ms(run));
  return std::bit_width(static_cast<std::uint64_t>(times));
}

}  // namespace dray
