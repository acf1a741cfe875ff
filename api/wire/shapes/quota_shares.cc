#include "api/wire/shapes/texts.h"

/// Quota shares: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kQuotaSharesShapes = R"(
CreateQuotaShare POST /v1/createquotashare
  in {
    quotaShareName!: str; jobQueue!: str; capacityLimits!: [QuotaShareCapacityLimit];
    resourceSharingConfiguration!: QuotaShareResourceSharingConfiguration;
    preemptionConfiguration!: QuotaSharePreemptionConfiguration; state: (ENABLED|DISABLED);
    tags: {str<1..128>: str<..256>}<..50>
  }
  out { quotaShareName: str; quotaShareArn: str }
QuotaShareCapacityLimit { maxCapacity!: int; capacityUnit!: str }
QuotaShareResourceSharingConfiguration {
    strategy!: (RESERVE|LEND|LEND_AND_BORROW); borrowLimit: int
}
QuotaSharePreemptionConfiguration { inSharePreemption!: (ENABLED|DISABLED) }

DescribeQuotaShare POST /v1/describequotashare
  in { quotaShareArn!: str }
  out {
    quotaShareName: str; quotaShareArn: str; jobQueueArn: str;
    capacityLimits: [QuotaShareCapacityLimit];
    resourceSharingConfiguration: QuotaShareResourceSharingConfiguration;
    preemptionConfiguration: QuotaSharePreemptionConfiguration; state: (ENABLED|DISABLED);
    status: (CREATING|VALID|INVALID|UPDATING|DELETING); tags: {str<1..128>: str<..256>}<..50>
  }

ListQuotaShares POST /v1/listquotashares
  in { jobQueue!: str; maxResults: int; nextToken: str }
  out { quotaShares: [QuotaShareDetail]; nextToken: str }
QuotaShareDetail {
    quotaShareName: str; quotaShareArn: str; jobQueueArn: str;
    capacityLimits: [QuotaShareCapacityLimit];
    resourceSharingConfiguration: QuotaShareResourceSharingConfiguration;
    preemptionConfiguration: QuotaSharePreemptionConfiguration; state: (ENABLED|DISABLED);
    status: (CREATING|VALID|INVALID|UPDATING|DELETING)
}

UpdateQuotaShare POST /v1/updatequotashare
  in {
    quotaShareArn!: str; capacityLimits: [QuotaShareCapacityLimit];
    resourceSharingConfiguration: QuotaShareResourceSharingConfiguration;
    preemptionConfiguration: QuotaSharePreemptionConfiguration; state: (ENABLED|DISABLED)
  }
  out { quotaShareName: str; quotaShareArn: str }

DeleteQuotaShare POST /v1/deletequotashare
  in { quotaShareArn!: str }
  out {}
)";

}  // namespace dray::wire
