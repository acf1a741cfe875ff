#include "model/usage.h"

#include <algorithm>

namespace dray {
namespace {

constexpr std::int64_t kMemoryStepMib = 16;
constexpr std::int64_t kVcpuStepMilli = 250;
/// Shorter runs tell nothing of the CPU: the time is that of starting.
constexpr Duration kRunMin = std::chrono::milliseconds(500);

std::int64_t divided_up(std::int64_t number, std::int64_t by) {
  return (number + by - 1) / by;
}

std::optional<Spread> spread_of(std::vector<std::int64_t> numbers) {
  if (numbers.empty()) {
    return std::nullopt;
  }
  std::sort(numbers.begin(), numbers.end());
  const auto rank = [&numbers](std::int64_t percent) {
    const auto size = static_cast<std::int64_t>(numbers.size());
    return numbers[static_cast<std::size_t>(divided_up(size * percent, 100) - 1)];
  };
  return Spread{rank(50), rank(95), numbers.back()};
}

std::optional<std::int64_t> suggestion(const std::optional<Spread>& spread, std::int64_t step) {
  if (!spread) {
    return std::nullopt;
  }
  const std::int64_t with_margin = divided_up(spread->p95 * 6, 5);
  return std::max<std::int64_t>(1, divided_up(with_margin, step)) * step;
}

}  // namespace

UsageAdvice advise(const std::vector<UsageMeasure>& measures) {
  UsageAdvice advice;
  std::vector<std::int64_t> memory;
  std::vector<std::int64_t> vcpus;
  for (const UsageMeasure& it : measures) {
    ++advice.attempts;
    advice.out_of_memory += it.is_out_of_memory ? 1 : 0;
    memory.push_back(divided_up(it.usage.memory_peak_kib, 1024));
    if (it.run >= kRunMin) {
      // Milliseconds of CPU by milliseconds of time, in thousandths.
      vcpus.push_back(divided_up(it.usage.cpu_ms * 1'000'000, it.run.count()));
    }
  }
  advice.memory_mib = spread_of(std::move(memory));
  advice.milli_vcpus = spread_of(std::move(vcpus));
  advice.suggested_memory_mib = suggestion(advice.memory_mib, kMemoryStepMib);
  advice.suggested_milli_vcpus = suggestion(advice.milli_vcpus, kVcpuStepMilli);
  return advice;
}

}  // namespace dray
