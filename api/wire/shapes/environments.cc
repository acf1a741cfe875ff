#include "api/wire/shapes/texts.h"

/// Compute environments: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kEnvironmentsShapes = R"(
CreateComputeEnvironment POST /v1/createcomputeenvironment
  in {
    computeEnvironmentName!: str; type!: (MANAGED|UNMANAGED); state: (ENABLED|DISABLED);
    unmanagedvCpus: int; computeResources: ComputeResource; serviceRole: str;
    tags: {str<1..128>: str<..256>}<..50>; eksConfiguration: EksConfiguration; context: str;
    ecsSettings: EcsSettings
  }
  out { computeEnvironmentName: str; computeEnvironmentArn: str }
ComputeResource {
    type!: (EC2|SPOT|FARGATE|FARGATE_SPOT|ECS_MANAGED_INSTANCES);
    allocationStrategy: (BEST_FIT|BEST_FIT_PROGRESSIVE|BEST_FIT_PROGRESSIVE_ORDERED|
        SPOT_CAPACITY_OPTIMIZED|SPOT_PRICE_CAPACITY_OPTIMIZED|
        SPOT_CAPACITY_OPTIMIZED_PRIORITIZED); minvCpus: int; maxvCpus!: int; desiredvCpus: int;
    instanceTypes: [str]; imageId: str; subnets: [str]; securityGroupIds: [str]; ec2KeyPair: str;
    instanceRole: str; tags: {str: str}; placementGroup: str; bidPercentage: int;
    spotIamFleetRole: str; launchTemplate: LaunchTemplateSpecification;
    ec2Configuration: [Ec2Configuration]; scalingPolicy: ComputeScalingPolicy;
    managedInstancesProvider: ManagedInstancesProvider; capacityTags: {str<1..128>: str<..256>}<..50>
}
EksConfiguration { eksClusterArn!: str; kubernetesNamespace!: str; accessEntry: EksAccessEntry }
EcsSettings { containerInsights: (ENABLED|ENHANCED|DISABLED) }
LaunchTemplateSpecification {
    launchTemplateId: str; launchTemplateName: str; version: str;
    overrides: [LaunchTemplateSpecificationOverride]; userdataType: (EKS_BOOTSTRAP_SH|EKS_NODEADM)
}
Ec2Configuration {
    imageType!: str<1..256>; imageIdOverride: str<1..256>; batchImageStatus: str;
    imageKubernetesVersion: str<1..256>
}
ComputeScalingPolicy { minScaleDownDelayMinutes: int }
ManagedInstancesProvider {
    infrastructureRoleArn!: str; instanceLaunchTemplate!: InstanceLaunchTemplate;
    propagateTags: str; infrastructureOptimization: InfrastructureOptimization
}
EksAccessEntry {
    desiredState!: (ENABLED|DISABLED|INHERIT_FROM_CLUSTER); status: (ACTIVE|INACTIVE)
}
LaunchTemplateSpecificationOverride {
    launchTemplateId: str; launchTemplateName: str; version: str; targetInstanceTypes: [str];
    userdataType: (EKS_BOOTSTRAP_SH|EKS_NODEADM)
}
InstanceLaunchTemplate {
    ec2InstanceProfileArn!: str; networkConfiguration!: ManagedInstancesNetworkConfiguration;
    instanceRequirements: InstanceRequirementsRequest; capacityOptionType: str;
    storageConfiguration: ManagedInstancesStorageConfiguration; monitoring: str;
    fipsEnabled: bool; capacityReservations: CapacityReservationRequest;
    instanceMetadataTagsPropagation: bool;
    localStorageConfiguration: ManagedInstancesLocalStorageConfiguration
}
InfrastructureOptimization { scaleInAfter: int }
ManagedInstancesNetworkConfiguration { subnets!: [str]; securityGroups!: [str] }
InstanceRequirementsRequest { allowedInstanceTypes: [str] }
ManagedInstancesStorageConfiguration { storageSizeGiB: int }
CapacityReservationRequest { reservationGroupArn: str; reservationPreference: str }
ManagedInstancesLocalStorageConfiguration { useLocalStorage: bool }

DescribeComputeEnvironments POST /v1/describecomputeenvironments
  in { computeEnvironments: [str]; maxResults: int; nextToken: str }
  out { computeEnvironments: [ComputeEnvironmentDetail]; nextToken: str }
ComputeEnvironmentDetail {
    computeEnvironmentName!: str; computeEnvironmentArn!: str; unmanagedvCpus: int;
    ecsClusterArn: str; tags: {str<1..128>: str<..256>}<..50>; type: (MANAGED|UNMANAGED);
    state: (ENABLED|DISABLED); status: (CREATING|UPDATING|DELETING|DELETED|VALID|INVALID);
    statusReason: str; computeResources: ComputeResource; serviceRole: str;
    updatePolicy: UpdatePolicy; eksConfiguration: EksConfiguration;
    containerOrchestrationType: (ECS|EKS); uuid: str; context: str; ecsSettings: EcsSettings
}
UpdatePolicy { terminateJobsOnUpdate: bool; jobExecutionTimeoutMinutes: long<1..7200> }

UpdateComputeEnvironment POST /v1/updatecomputeenvironment
  in {
    computeEnvironment!: str; state: (ENABLED|DISABLED); unmanagedvCpus: int;
    computeResources: ComputeResourceUpdate; serviceRole: str; updatePolicy: UpdatePolicy;
    context: str; ecsSettings: EcsSettings; eksConfiguration: EksConfigurationUpdate
  }
  out { computeEnvironmentName: str; computeEnvironmentArn: str }
ComputeResourceUpdate {
    minvCpus: int; maxvCpus: int; desiredvCpus: int; subnets: [str]; securityGroupIds: [str];
    allocationStrategy: (BEST_FIT_PROGRESSIVE|BEST_FIT_PROGRESSIVE_ORDERED|
        SPOT_CAPACITY_OPTIMIZED|SPOT_PRICE_CAPACITY_OPTIMIZED|
        SPOT_CAPACITY_OPTIMIZED_PRIORITIZED); instanceTypes: [str]; ec2KeyPair: str;
    instanceRole: str; tags: {str: str}; placementGroup: str; bidPercentage: int;
    launchTemplate: LaunchTemplateSpecification; ec2Configuration: [Ec2Configuration];
    updateToLatestImageVersion: bool; type: (EC2|SPOT|FARGATE|FARGATE_SPOT|ECS_MANAGED_INSTANCES);
    imageId: str; scalingPolicy: ComputeScalingPolicy;
    managedInstancesProvider: UpdateManagedInstancesProviderConfiguration;
    capacityTags: {str<1..128>: str<..256>}<..50>
}
EksConfigurationUpdate { accessEntry: EksAccessEntry }
UpdateManagedInstancesProviderConfiguration {
    propagateTags: str; infrastructureRoleArn: str;
    instanceLaunchTemplate: InstanceLaunchTemplateUpdate;
    infrastructureOptimization: InfrastructureOptimization
}
InstanceLaunchTemplateUpdate {
    ec2InstanceProfileArn: str; networkConfiguration: ManagedInstancesNetworkConfiguration;
    instanceRequirements: InstanceRequirementsRequest;
    storageConfiguration: ManagedInstancesStorageConfiguration; monitoring: str;
    capacityReservations: CapacityReservationRequest; instanceMetadataTagsPropagation: bool;
    localStorageConfiguration: ManagedInstancesLocalStorageConfiguration
}

DeleteComputeEnvironment POST /v1/deletecomputeenvironment
  in { computeEnvironment!: str }
  out {}
)";

}  // namespace dray::wire
