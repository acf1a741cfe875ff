#include "scheduler/core/run_times.h"

#include <algorithm>

namespace dray {

void RunTimes::note(const std::string& definition, Duration run) {
  const auto [found, is_new] = by_definition_.try_emplace(definition);
  if (is_new) {
    order_.push_back(definition);
  }
  Runs& runs = found->second;
  runs.last[runs.noted % kKept] = run;
  ++runs.noted;
  if (order_.size() > kDefinitionsMax) {
    by_definition_.erase(order_.front());
    order_.pop_front();
  }
}

std::optional<Duration> RunTimes::longest(const std::string& definition) const {
  const auto found = by_definition_.find(definition);
  if (found == by_definition_.end() || found->second.noted < kEnough) {
    return std::nullopt;
  }
  return *std::max_element(found->second.last.begin(), found->second.last.end());
}

std::optional<Duration> longest_run(const JobSpec& spec, const RunTimes& learned) {
  std::optional<Duration> longest = learned.longest(spec.definition);
  if (spec.timeout) {
    longest = std::min(longest.value_or(*spec.timeout), *spec.timeout);
  }
  return longest;
}

Duration expected_run(const JobSpec& spec, const RunTimes& learned) {
  const std::optional<Duration> longest = longest_run(spec, learned);
  if (!longest) {
    return {};
  }
  Duration rounded = std::chrono::seconds(1);
  while (rounded < *longest) {
    rounded *= 2;
  }
  return rounded;
}

}  // namespace dray
