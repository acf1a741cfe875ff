#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "model/instant.h"
#include "model/job.h"

namespace dray {

/// How long jobs of each definition ran, all its revisions together: learned from attempts that
/// succeeded. Volatile: learned anew after a restart, and decides only the order of dispatch and
/// who may start before his turn (backfill).
class RunTimes {
 public:
  void note(const std::string& definition, Duration run);
  /// The longest of the last few; nothing before there are enough to tell.
  [[nodiscard]] std::optional<Duration> longest(const std::string& definition) const;

 private:
  static constexpr std::size_t kKept = 8;
  static constexpr std::uint64_t kEnough = 3;
  struct Runs {
    std::array<Duration, kKept> last{};
    std::uint64_t noted = 0;
  };
  static constexpr std::size_t kDefinitionsMax = 10'000;
  std::map<std::string, Runs> by_definition_;
  std::deque<std::string> order_;  ///< As they came: the oldest is forgotten first.
};

/// How long a job or child probably runs: not longer than its timeout, nor than others of its
/// definition did.
[[nodiscard]] std::optional<Duration> longest_run(const JobSpec& spec, const RunTimes& learned);
/// The same, rounded up to a power of two of seconds, so that jobs share classes. Zero when nothing
/// is known.
[[nodiscard]] Duration expected_run(const JobSpec& spec, const RunTimes& learned);

}  // namespace dray
