#include "api/wire/shapes/texts.h"

/// Jobs: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kJobsShapes = R"(
SubmitJob POST /v1/submitjob
  in {
    jobName!: str; jobQueue!: str; shareIdentifier: str; schedulingPriorityOverride: int;
    arrayProperties: ArrayProperties; dependsOn: [JobDependency]; jobDefinition!: str;
    parameters: {str: str}; containerOverrides: ContainerOverrides; nodeOverrides: NodeOverrides;
    retryStrategy: RetryStrategy; propagateTags: bool; timeout: JobTimeout;
    tags: {str<1..128>: str<..256>}<..50>; eksPropertiesOverride: EksPropertiesOverride;
    ecsPropertiesOverride: EcsPropertiesOverride;
    consumableResourcePropertiesOverride: ConsumableResourceProperties; held: bool
  }
  out { jobArn: str; jobName!: str; jobId!: str }
ArrayProperties { size: int; maxRunning: int<0..>; maxFailures: int<0..> }
JobDependency { jobId: str; type: (N_TO_N|SEQUENTIAL|AFTER_ANY|AFTER_NOT_OK) }
ContainerOverrides {
    vcpus: int; memory: int; command: [str]; instanceType: str; environment: [KeyValuePair];
    resourceRequirements: [ResourceRequirement]
}
NodeOverrides { numNodes: int; nodePropertyOverrides: [NodePropertyOverride] }
RetryStrategy { attempts: int; evaluateOnExit: [EvaluateOnExit]; memoryGrowth: MemoryGrowth }
MemoryGrowth { factor: double; ceilingMiB!: long }
JobTimeout { attemptDurationSeconds: int }
EksPropertiesOverride { podProperties: EksPodPropertiesOverride }
EcsPropertiesOverride { taskProperties: [TaskPropertiesOverride] }
ConsumableResourceProperties { consumableResourceList: [ConsumableResourceRequirement] }
KeyValuePair { name: str; value: str }
ResourceRequirement { value!: numeral; type!: (GPU|VCPU|MEMORY) }
NodePropertyOverride {
    targetNodes!: str; containerOverrides: ContainerOverrides;
    ecsPropertiesOverride: EcsPropertiesOverride; instanceTypes: [str];
    eksPropertiesOverride: EksPropertiesOverride;
    consumableResourcePropertiesOverride: ConsumableResourceProperties
}
EvaluateOnExit { onStatusReason: str; onReason: str; onExitCode: str; action!: ~(RETRY|EXIT) }
EksPodPropertiesOverride {
    containers: [EksContainerOverride]; initContainers: [EksContainerOverride];
    metadata: EksMetadata
}
TaskPropertiesOverride { containers: [TaskContainerOverrides] }
ConsumableResourceRequirement { consumableResource: str; quantity: long }
EksContainerOverride {
    name: str; image: str; command: [str]; args: [str]; env: [EksContainerEnvironmentVariable];
    resources: EksContainerResourceRequirements
}
EksMetadata { labels: {str: str}; annotations: {str: str}; namespace: str }
TaskContainerOverrides {
    command: [str]; environment: [KeyValuePair]; name: str;
    resourceRequirements: [ResourceRequirement]
}
EksContainerEnvironmentVariable { name!: str; value: str }
EksContainerResourceRequirements { limits: {str: str<1..256>}; requests: {str: str<1..256>} }

DescribeJobs POST /v1/describejobs
  in { jobs!: [str] }
  out { jobs: [JobDetail] }
JobDetail {
    jobArn: str; jobName!: str; jobId!: str; jobQueue!: str;
    status!: (SUBMITTED|PENDING|RUNNABLE|STARTING|RUNNING|SUCCEEDED|FAILED); shareIdentifier: str;
    schedulingPriority: int; attempts: [AttemptDetail]; statusReason: str; createdAt: long;
    retryStrategy: RetryStrategy; startedAt!: long; stoppedAt: long; dependsOn: [JobDependency];
    jobDefinition!: str; parameters: {str: str}; container: ContainerDetail;
    nodeDetails: NodeDetails; nodeProperties: NodeProperties;
    arrayProperties: ArrayPropertiesDetail; timeout: JobTimeout;
    tags: {str<1..128>: str<..256>}<..50>; propagateTags: bool;
    platformCapabilities: [(EC2|FARGATE|MANAGED_INSTANCES)]; eksProperties: EksPropertiesDetail;
    eksAttempts: [EksAttemptDetail]; ecsProperties: EcsPropertiesDetail; isCancelled: bool;
    isTerminated: bool; consumableResourceProperties: ConsumableResourceProperties
}
AttemptDetail {
    container: AttemptContainerDetail; startedAt: long; stoppedAt: long; statusReason: str;
    taskProperties: [AttemptEcsTaskDetails]
}
ContainerDetail {
    image: str; vcpus: int; memory: int; command: [str]; jobRoleArn: str; executionRoleArn: str;
    volumes: [Volume]; environment: [KeyValuePair]; mountPoints: [MountPoint];
    readonlyRootFilesystem: bool; ulimits: [Ulimit]; privileged: bool; user: str; exitCode: int;
    reason: str; containerInstanceArn: str; taskArn: str; logStreamName: str; instanceType: str;
    networkInterfaces: [NetworkInterface]; resourceRequirements: [ResourceRequirement];
    linuxParameters: LinuxParameters; logConfiguration: LogConfiguration; secrets: [Secret];
    networkConfiguration: NetworkConfiguration;
    fargatePlatformConfiguration: FargatePlatformConfiguration;
    ephemeralStorage: EphemeralStorage; runtimePlatform: RuntimePlatform;
    repositoryCredentials: RepositoryCredentials; enableExecuteCommand: bool
}
NodeDetails { nodeIndex: int; isMainNode: bool }
NodeProperties { numNodes!: int; mainNode!: int; nodeRangeProperties!: [NodeRangeProperty] }
ArrayPropertiesDetail {
    statusSummary: {str: int}; statusSummaryLastUpdatedAt: long; size: int; index: int
}
EksPropertiesDetail { podProperties: EksPodPropertiesDetail }
EksAttemptDetail {
    containers: [EksAttemptContainerDetail]; initContainers: [EksAttemptContainerDetail];
    eksClusterArn: str; podName: str; podNamespace: str; nodeName: str; startedAt: long;
    stoppedAt: long; statusReason: str
}
EcsPropertiesDetail { taskProperties: [EcsTaskDetails] }
AttemptContainerDetail {
    containerInstanceArn: str; taskArn: str; exitCode: int; reason: str; logStreamName: str;
    networkInterfaces: [NetworkInterface]
}
AttemptEcsTaskDetails {
    containerInstanceArn: str; taskArn: str; containers: [AttemptTaskContainerDetails]
}
Volume {
    host: Host; name: str; efsVolumeConfiguration: EFSVolumeConfiguration;
    s3filesVolumeConfiguration: S3FilesVolumeConfiguration
}
MountPoint { containerPath: str; readOnly: bool; sourceVolume: str }
Ulimit { hardLimit!: int; name!: str; softLimit!: int }
NetworkInterface { attachmentId: str; ipv6Address: str; privateIpv4Address: str }
LinuxParameters {
    devices: [Device]; initProcessEnabled: bool; sharedMemorySize: int; tmpfs: [Tmpfs];
    maxSwap: int; swappiness: int
}
LogConfiguration {
    logDriver!: (json-file|syslog|journald|gelf|fluentd|awslogs|splunk|awsfirelens);
    options: {str: str}; secretOptions: [Secret]
}
Secret { name!: str; valueFrom!: str }
NetworkConfiguration { assignPublicIp: (ENABLED|DISABLED) }
FargatePlatformConfiguration { platformVersion: str }
EphemeralStorage { sizeInGiB!: int }
RuntimePlatform { operatingSystemFamily: str; cpuArchitecture: str }
RepositoryCredentials { credentialsParameter!: str }
NodeRangeProperty {
    targetNodes!: str; container: ContainerProperties; instanceTypes: [str];
    ecsProperties: EcsProperties; eksProperties: EksProperties;
    consumableResourceProperties: ConsumableResourceProperties
}
EksPodPropertiesDetail {
    serviceAccountName: str; hostNetwork: bool; dnsPolicy: str;
    imagePullSecrets: [ImagePullSecret]; containers: [EksContainerDetail];
    initContainers: [EksContainerDetail]; volumes: [EksVolume]; podName: str; nodeName: str;
    metadata: EksMetadata; shareProcessNamespace: bool; securityContext: EksPodSecurityContext
}
EksAttemptContainerDetail { name: str; containerID: str; exitCode: int; reason: str }
EcsTaskDetails {
    containers: [TaskContainerDetails]; containerInstanceArn: str; taskArn: str;
    ephemeralStorage: EphemeralStorage; executionRoleArn: str; platformVersion: str; ipcMode: str;
    taskRoleArn: str; pidMode: str; networkConfiguration: NetworkConfiguration;
    runtimePlatform: RuntimePlatform; volumes: [Volume]; enableExecuteCommand: bool;
    networkMode: str
}
AttemptTaskContainerDetails {
    exitCode: int; name: str; reason: str; logStreamName: str;
    networkInterfaces: [NetworkInterface]
}
Host { sourcePath: str }
EFSVolumeConfiguration {
    fileSystemId!: str; rootDirectory: str; transitEncryption: (ENABLED|DISABLED);
    transitEncryptionPort: int; authorizationConfig: EFSAuthorizationConfig
}
S3FilesVolumeConfiguration {
    fileSystemArn!: str; rootDirectory: str; transitEncryptionPort: int; accessPointArn: str
}
Device { hostPath!: str; containerPath: str; permissions: [(READ|WRITE|MKNOD)] }
Tmpfs { containerPath!: str; size!: int; mountOptions: [str] }
ContainerProperties {
    image: str; vcpus: int; memory: int; command: [str]; jobRoleArn: str; executionRoleArn: str;
    volumes: [Volume]; environment: [KeyValuePair]; mountPoints: [MountPoint];
    readonlyRootFilesystem: bool; privileged: bool; ulimits: [Ulimit]; user: str;
    instanceType: str; resourceRequirements: [ResourceRequirement];
    linuxParameters: LinuxParameters; logConfiguration: LogConfiguration; secrets: [Secret];
    networkConfiguration: NetworkConfiguration;
    fargatePlatformConfiguration: FargatePlatformConfiguration; enableExecuteCommand: bool;
    ephemeralStorage: EphemeralStorage; runtimePlatform: RuntimePlatform;
    repositoryCredentials: RepositoryCredentials
}
EcsProperties { taskProperties!: [EcsTaskProperties] }
EksProperties { podProperties: EksPodProperties }
ImagePullSecret { name!: str }
EksContainerDetail {
    name: str; image: str; imagePullPolicy: str; command: [str]; args: [str];
    env: [EksContainerEnvironmentVariable]; resources: EksContainerResourceRequirements;
    exitCode: int; reason: str; volumeMounts: [EksContainerVolumeMount];
    securityContext: EksContainerSecurityContext
}
EksVolume {
    name!: str; hostPath: EksHostPath; emptyDir: EksEmptyDir; secret: EksSecret;
    persistentVolumeClaim: EksPersistentVolumeClaim
}
TaskContainerDetails {
    command: [str]; dependsOn: [TaskContainerDependency]; environment: [KeyValuePair];
    essential: bool; firelensConfiguration: FirelensConfiguration; image: str;
    linuxParameters: LinuxParameters; logConfiguration: LogConfiguration;
    mountPoints: [MountPoint]; name: str; privileged: bool; readonlyRootFilesystem: bool;
    repositoryCredentials: RepositoryCredentials; resourceRequirements: [ResourceRequirement];
    secrets: [Secret]; ulimits: [Ulimit]; user: str; startTimeout: int; stopTimeout: int;
    exitCode: int; reason: str; logStreamName: str; networkInterfaces: [NetworkInterface]
}
EFSAuthorizationConfig { accessPointId: str; iam: (ENABLED|DISABLED) }
EcsTaskProperties {
    containers!: [TaskContainerProperties]; ephemeralStorage: EphemeralStorage;
    executionRoleArn: str; platformVersion: str; ipcMode: str; taskRoleArn: str; pidMode: str;
    networkConfiguration: NetworkConfiguration; runtimePlatform: RuntimePlatform;
    volumes: [Volume]; enableExecuteCommand: bool; networkMode: str
}
EksPodProperties {
    serviceAccountName: str; hostNetwork: bool; dnsPolicy: str;
    imagePullSecrets: [ImagePullSecret]; containers: [EksContainer];
    initContainers: [EksContainer]; volumes: [EksVolume]; metadata: EksMetadata;
    shareProcessNamespace: bool; securityContext: EksPodSecurityContext
}
EksContainerVolumeMount { name: str; mountPath: str; subPath: str; readOnly: bool }
EksContainerSecurityContext {
    runAsUser: long; runAsGroup: long; privileged: bool; allowPrivilegeEscalation: bool;
    readOnlyRootFilesystem: bool; runAsNonRoot: bool;
    capabilities: EksContainerLinuxCapabilities; seccompProfile: EksSeccompProfile
}
EksContainerLinuxCapabilities { add: [str<1..128>]<..64>; drop: [str<1..128>]<..64> }
EksPodSecurityContext {
    runAsUser: long; runAsGroup: long; runAsNonRoot: bool; seccompProfile: EksSeccompProfile;
    fsGroup: long
}
EksSeccompProfile { type!: (RuntimeDefault|Localhost|Unconfined); localhostProfile: str<1..4095> }
EksHostPath { path: str }
EksEmptyDir { medium: str; sizeLimit: str<1..256> }
EksSecret { secretName!: str; optional: bool }
EksPersistentVolumeClaim { claimName!: str; readOnly: bool }
TaskContainerDependency { containerName: str; condition: str }
FirelensConfiguration { type!: (fluentd|fluentbit); options: {str: str} }
TaskContainerProperties {
    command: [str]; dependsOn: [TaskContainerDependency]; environment: [KeyValuePair];
    essential: bool; firelensConfiguration: FirelensConfiguration; image!: str;
    linuxParameters: LinuxParameters; logConfiguration: LogConfiguration;
    mountPoints: [MountPoint]; name: str; privileged: bool; readonlyRootFilesystem: bool;
    repositoryCredentials: RepositoryCredentials; resourceRequirements: [ResourceRequirement];
    secrets: [Secret]; ulimits: [Ulimit]; user: str; startTimeout: int; stopTimeout: int
}
EksContainer {
    name: str; image!: str; imagePullPolicy: str; command: [str]; args: [str];
    env: [EksContainerEnvironmentVariable]; resources: EksContainerResourceRequirements;
    volumeMounts: [EksContainerVolumeMount]; securityContext: EksContainerSecurityContext
}

ListJobs POST /v1/listjobs
  in {
    jobQueue: str; arrayJobId: str; multiNodeJobId: str;
    jobStatus: (SUBMITTED|PENDING|RUNNABLE|STARTING|RUNNING|SUCCEEDED|FAILED); maxResults: int;
    nextToken: str; filters: [KeyValuesPair]
  }
  out { jobSummaryList!: [JobSummary]; nextToken: str }
KeyValuesPair { name: str; values: [str] }
JobSummary {
    jobArn: str; jobId!: str; jobName!: str; capacityUsage: [JobCapacityUsageSummary];
    createdAt: long; scheduledAt: long; shareIdentifier: str;
    status: (SUBMITTED|PENDING|RUNNABLE|STARTING|RUNNING|SUCCEEDED|FAILED); statusReason: str;
    startedAt: long; stoppedAt: long; container: ContainerSummary;
    arrayProperties: ArrayPropertiesSummary; nodeProperties: NodePropertiesSummary;
    jobDefinition: str; isCancelled: bool; isTerminated: bool
}
JobCapacityUsageSummary { capacityUnit: str; quantity: double }
ContainerSummary { exitCode: int; reason: str }
ArrayPropertiesSummary {
    size: int; index: int; statusSummary: {str: int}; statusSummaryLastUpdatedAt: long
}
NodePropertiesSummary { isMainNode: bool; numNodes: int; nodeIndex: int }

CancelJob POST /v1/canceljob
  in { jobId!: str; reason!: str }
  out {}

TerminateJob POST /v1/terminatejob
  in { jobId!: str; reason!: str }
  out {}

CancelJobs POST /v1/canceljobs
  in { jobs!: [str]; reason!: str }
  out { successful!: [str]; errors!: [CancelJobsErrorDetail] }
CancelJobsErrorDetail { job!: str; code!: str; message!: str }

TerminateJobs POST /v1/terminatejobs
  in { jobs!: [str]; reason!: str }
  out { successful!: [str]; errors!: [TerminateJobsErrorDetail] }
TerminateJobsErrorDetail { job!: str; code!: str; message!: str }
)";

}  // namespace dray::wire
