#pragma once
#include <string_view>

/// The shapes of AWS Batch as texts, one per group of operations (grammar: shape_text.h).
namespace dray::wire {

extern const std::string_view kConsumablesShapes;
extern const std::string_view kDefinitionsShapes;
extern const std::string_view kEnvironmentsShapes;
extern const std::string_view kJobsShapes;
extern const std::string_view kPoliciesShapes;
extern const std::string_view kQueuesShapes;
extern const std::string_view kQuotaSharesShapes;
extern const std::string_view kServiceJobsShapes;
extern const std::string_view kTagsShapes;

}  // namespace dray::wire
