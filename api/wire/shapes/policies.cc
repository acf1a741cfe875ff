#include "api/wire/shapes/texts.h"

/// Scheduling policies: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kPoliciesShapes = R"(
CreateSchedulingPolicy POST /v1/createschedulingpolicy
  in {
    name!: str; quotaSharePolicy: QuotaSharePolicy; fairsharePolicy: FairsharePolicy;
    tags: {str<1..128>: str<..256>}<..50>
  }
  out { name!: str; arn!: str }
QuotaSharePolicy { idleResourceAssignmentStrategy!: (FIFO) }
FairsharePolicy {
    shareDecaySeconds: int; computeReservation: int; shareDistribution: [ShareAttributes]
}
ShareAttributes { shareIdentifier!: str; weightFactor: float }

DescribeSchedulingPolicies POST /v1/describeschedulingpolicies
  in { arns!: [str] }
  out { schedulingPolicies: [SchedulingPolicyDetail] }
SchedulingPolicyDetail {
    name!: str; arn!: str; quotaSharePolicy: QuotaSharePolicy; fairsharePolicy: FairsharePolicy;
    tags: {str<1..128>: str<..256>}<..50>
}

ListSchedulingPolicies POST /v1/listschedulingpolicies
  in { maxResults: int; nextToken: str }
  out { schedulingPolicies: [SchedulingPolicyListingDetail]; nextToken: str }
SchedulingPolicyListingDetail { arn!: str }

UpdateSchedulingPolicy POST /v1/updateschedulingpolicy
  in { arn!: str; quotaSharePolicy: QuotaSharePolicy; fairsharePolicy: FairsharePolicy }
  out {}

DeleteSchedulingPolicy POST /v1/deleteschedulingpolicy
  in { arn!: str }
  out {}
)";

}  // namespace dray::wire
