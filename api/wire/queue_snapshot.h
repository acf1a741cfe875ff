#pragma once
#include <string>

#include "api/wire/arn.h"
#include "model/catalogue.h"

namespace dray::wire {

/// GetJobQueueSnapshot's answer.
std::string encode_queue_snapshot(const ArnScope& scope, const QueueSnapshot& snapshot);

}  // namespace dray::wire
