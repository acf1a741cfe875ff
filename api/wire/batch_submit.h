#pragma once
#include <string>
#include <string_view>

#include "api/wire/arn.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/requests.h"

/// SubmitJob (contract 2.4).
namespace dray::wire {

/// AWS: 10,000, which the core keeps under --compat strict (D12); lower bound 2.
inline constexpr std::int32_t kArraySizeMax = 1'000'000;
inline constexpr std::size_t kDependenciesMax = 10'000;  ///< AWS: 20. Dray lifts it.

Result<Submission> decode_submit_job(std::string_view body);
std::string encode_submitted(const ArnScope& scope, const Uuid& uuid, std::string_view name);

}  // namespace dray::wire
