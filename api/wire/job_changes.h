#pragma once
#include <string_view>

#include "model/error.h"
#include "model/requests.h"

/// Bodies of the requests that change jobs by Dray's own paths.
namespace dray::wire {

/// {"maxRunning", "maxFailures"}, at least one of them; 0 lifts a limit.
Result<JobUpdate> decode_job_limits(std::string_view body);

}  // namespace dray::wire
