#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "api/wire/batch_environments.h"
#include "model/error.h"
#include "model/job_queue.h"
#include "model/queries.h"
#include "model/requests.h"

/// Job queues as AWS Batch writes them (contract 2.2).
namespace dray::wire {

Result<JobQueue> decode_create_queue(std::string_view body);
/// The name that an update or delete is about.
Result<std::string> decode_queue_name(std::string_view operation, std::string_view body);
/// `current` is what is there: the update carries the whole new echo.
Result<QueueUpdate> decode_update_queue(std::string_view body, const JobQueue& current);
Result<NamesAsked> decode_describe_queues(std::string_view body);

/// The answer of create and update.
std::string encode_queue_names(const ArnScope& scope, std::string_view name);
/// `environments` are those of the queues, of each at least the first: a queue has their type.
std::string encode_queues(const ArnScope& scope, const PageOf<QueueStatus>& page,
                          const std::vector<ComputeEnvironment>& environments);

}  // namespace dray::wire
