#pragma once
#include <string>

#include "model/history.h"

namespace dray::wire {

/// {"jobId","jobName","history":[{"at","status"|"request","reason",...}]}; docs/api.md.
std::string encode_history(const JobHistory& history);

}  // namespace dray::wire
