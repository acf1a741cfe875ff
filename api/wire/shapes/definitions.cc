#include "api/wire/shapes/texts.h"

/// Job definitions: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kDefinitionsShapes = R"(
RegisterJobDefinition POST /v1/registerjobdefinition
  in {
    jobDefinitionName!: str; type!: (container|multinode); parameters: {str: str};
    schedulingPriority: int; containerProperties: ContainerProperties;
    nodeProperties: NodeProperties; retryStrategy: RetryStrategy; propagateTags: bool;
    timeout: JobTimeout; tags: {str<1..128>: str<..256>}<..50>;
    platformCapabilities: [(EC2|FARGATE|MANAGED_INSTANCES)]; eksProperties: EksProperties;
    ecsProperties: EcsProperties; consumableResourceProperties: ConsumableResourceProperties
  }
  out { jobDefinitionName!: str; jobDefinitionArn!: str; revision!: int }

DescribeJobDefinitions POST /v1/describejobdefinitions
  in {
    jobDefinitions: [str]; maxResults: int; jobDefinitionName: str; status: str; nextToken: str
  }
  out { jobDefinitions: [JobDefinition]; nextToken: str }
JobDefinition {
    jobDefinitionName!: str; jobDefinitionArn!: str; revision!: int; status: str; type!: str;
    schedulingPriority: int; parameters: {str: str}; retryStrategy: RetryStrategy;
    containerProperties: ContainerProperties; timeout: JobTimeout; nodeProperties: NodeProperties;
    tags: {str<1..128>: str<..256>}<..50>; propagateTags: bool;
    platformCapabilities: [(EC2|FARGATE|MANAGED_INSTANCES)]; ecsProperties: EcsProperties;
    eksProperties: EksProperties; containerOrchestrationType: (ECS|EKS);
    consumableResourceProperties: ConsumableResourceProperties
}

DeregisterJobDefinition POST /v1/deregisterjobdefinition
  in { jobDefinition!: str }
  out {}
)";

}  // namespace dray::wire
