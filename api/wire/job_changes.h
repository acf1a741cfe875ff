#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "model/child_runs.h"
#include "model/error.h"
#include "model/requests.h"

/// Bodies of the requests that change jobs by Dray's own paths.
namespace dray::wire {

/// {"maxRunning", "maxFailures"}, at least one of them; 0 lifts a limit.
Result<JobUpdate> decode_job_limits(std::string_view body);

/// {"children": "3,7-9"}; without it, or without a body: the whole job.
Result<ChildRuns> decode_held_children(std::string_view body);

/// {"priority": 0 to 9999}.
Result<JobUpdate> decode_job_priority(std::string_view body);

/// {"children": "3,7-9"}; without it: all.
Result<ChildRuns> decode_rerun(std::string_view body);
/// {"children": how many}.
std::string encode_rerun(std::uint32_t children);

}  // namespace dray::wire
