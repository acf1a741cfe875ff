#pragma once
#include <string>
#include <string_view>

#include "api/wire/arn.h"
#include "model/catalogue.h"

namespace dray::wire {

/// GetJobQueueSnapshot's answer.
std::string encode_queue_snapshot(const ArnScope& scope, const QueueSnapshot& snapshot);

/// The same as Dray tells it (GET /dray/v1/queues/NAME/snapshot): jobs with their names, shares
/// with all that their order comes from.
std::string encode_dray_snapshot(std::string_view queue, const QueueSnapshot& snapshot);

}  // namespace dray::wire
