#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "model/compute_environment.h"
#include "model/error.h"
#include "model/queries.h"
#include "model/requests.h"

/// Compute environments as AWS Batch writes them (contract 2.1). `Result` errors are BadRequest
/// with the text for the caller.
namespace dray::wire {

/// EC2's own members are kept for the echo; `uuid` is left to the caller.
Result<ComputeEnvironment> decode_create_environment(std::string_view body);
/// The name that an update or delete is about.
Result<std::string> decode_environment_name(std::string_view operation, std::string_view body);
/// `current` is what is there: the update carries the whole new echo.
Result<EnvironmentUpdate> decode_update_environment(std::string_view body,
                                                    const ComputeEnvironment& current);

/// A Describe of things by name: which, and which page when none are named.
struct NamesAsked {
  std::vector<std::string> names;  ///< At most 100; empty: all.
  Page page;
};
Result<NamesAsked> decode_describe_environments(std::string_view body);

/// The answer of create and update.
std::string encode_environment_names(const ArnScope& scope, std::string_view name);
std::string encode_environments(const ArnScope& scope, const PageOf<ComputeEnvironment>& page);
/// The jobQueueType of a queue on this environment: AWS derives it.
std::string queue_type_of(const ComputeEnvironment& environment);

}  // namespace dray::wire
