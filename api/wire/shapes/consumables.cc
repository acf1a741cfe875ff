#include "api/wire/shapes/texts.h"

/// Consumable resources: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kConsumablesShapes = R"(
CreateConsumableResource POST /v1/createconsumableresource
  in {
    consumableResourceName!: str; totalQuantity: long; resourceType: str;
    tags: {str<1..128>: str<..256>}<..50>
  }
  out { consumableResourceName!: str; consumableResourceArn!: str }

DescribeConsumableResource POST /v1/describeconsumableresource
  in { consumableResource!: str }
  out {
    consumableResourceName!: str; consumableResourceArn!: str; totalQuantity: long;
    inUseQuantity: long; availableQuantity: long; resourceType: str; createdAt: long;
    tags: {str<1..128>: str<..256>}<..50>
  }

UpdateConsumableResource POST /v1/updateconsumableresource
  in { consumableResource!: str; operation: str; quantity: long; clientToken: str<1..64> }
  out { consumableResourceName!: str; consumableResourceArn!: str; totalQuantity: long }

DeleteConsumableResource POST /v1/deleteconsumableresource
  in { consumableResource!: str }
  out {}

ListConsumableResources POST /v1/listconsumableresources
  in { filters: [KeyValuesPair]; maxResults: int; nextToken: str }
  out { consumableResources!: [ConsumableResourceSummary]; nextToken: str }
ConsumableResourceSummary {
    consumableResourceArn!: str; consumableResourceName!: str; totalQuantity: long;
    inUseQuantity: long; resourceType: str
}

ListJobsByConsumableResource POST /v1/listjobsbyconsumableresource
  in { consumableResource!: str; filters: [KeyValuesPair]; maxResults: int; nextToken: str }
  out { jobs!: [ListJobsByConsumableResourceSummary]; nextToken: str }
ListJobsByConsumableResourceSummary {
    jobArn!: str; jobQueueArn!: str; jobName!: str; jobDefinitionArn: str; shareIdentifier: str;
    jobStatus!: str; quantity!: long; statusReason: str; startedAt: long; createdAt!: long;
    consumableResourceProperties!: ConsumableResourceProperties
}
)";

}  // namespace dray::wire
