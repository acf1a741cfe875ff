#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "model/instant.h"
#include "model/resources.h"

/// What attempts of a definition really used, and what to ask for instead.
namespace dray {

/// One ended attempt that was measured.
struct UsageMeasure {
  Usage usage;
  Duration run{};
  bool is_out_of_memory = false;  ///< It would have used more.
};

/// Of sorted numbers, by nearest rank.
struct Spread {
  std::int64_t median = 0;
  std::int64_t p95 = 0;
  std::int64_t most = 0;
};

struct UsageAdvice {
  std::uint32_t attempts = 0;
  std::uint32_t out_of_memory = 0;
  std::optional<Spread> memory_mib;   ///< Peaks, rounded up. Absent when nothing was measured.
  std::optional<Spread> milli_vcpus;  ///< CPU time by run time; of runs long enough to tell.
  /// p95 and a fifth more, rounded up to what people write: 16 MiB, a quarter of a vCPU.
  std::optional<std::int64_t> suggested_memory_mib;
  std::optional<std::int64_t> suggested_milli_vcpus;
};

UsageAdvice advise(const std::vector<UsageMeasure>& measures);

struct UsageQuery {
  std::string definition;
  std::int32_t revision = 0;  ///< 0: all of them.
  std::string queues = "*";   ///< Of jobs of these only (model/access.h).
};

struct DefinitionUsage {
  std::string name;
  std::int32_t revision = 0;  ///< As asked; 0: all.
  std::uint32_t jobs = 0;     ///< The newest ones, that the attempts are of.
  Resources requested;        ///< By the definition's revision, or its newest.
  UsageAdvice advice;
};

}  // namespace dray
