#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/compute_environment.h"
#include "model/job_definition.h"
#include "model/time_limit.h"

namespace dray {

/// How many jobs of a queue may run at once, children counted one by one, with those given ahead;
/// Dray's own.
struct RunLimits {
  std::int32_t running_max = 0;                 ///< 0: any number.
  std::map<std::string, std::int32_t> by_name;  ///< Of jobs of one name, at least 1.
  bool operator==(const RunLimits&) const = default;
};

/// In which order jobs of a queue without shares start; Dray's own.
enum class DispatchOrder : std::uint8_t {
  Backfill,    ///< The longest-waiting first; others go past it where that delays it not.
  FifoStrict,  ///< As submitted: nothing starts before what came earlier (AWS, of FIFO queues).
};

/// Where jobs wait. Queues with a higher priority are looked at first.
struct JobQueue {
  std::string name;
  bool is_enabled = true;
  std::int32_t priority = 0;
  std::vector<std::string> environments;  ///< Names, in AWS's computeEnvironmentOrder.
  std::vector<EnvironmentVariable>
      job_environment;  ///< The operator's, for every job of the queue.
  Tags tags;
  std::string as_given;  ///< Members stored and echoed without being read, JSON object.
  /// Names, in AWS's serviceEnvironmentOrder. A queue has these or environments; with these it
  /// takes no jobs.
  std::vector<std::string> service_environments;
  std::string scheduling_policy;  ///< A name; empty: first in, first out.
  std::vector<TimeLimit> time_limits;
  RunLimits limits;
  DispatchOrder order = DispatchOrder::Backfill;
  bool operator==(const JobQueue&) const = default;
};

}  // namespace dray
