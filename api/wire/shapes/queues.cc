#include "api/wire/shapes/texts.h"

/// Job queues: requests and answers of AWS Batch, in the language of shape_text.h.
namespace dray::wire {

extern const std::string_view kQueuesShapes = R"(
CreateJobQueue POST /v1/createjobqueue
  in {
    jobQueueName!: str; state: (ENABLED|DISABLED); schedulingPolicyArn: str; priority!: int;
    computeEnvironmentOrder: [ComputeEnvironmentOrder];
    serviceEnvironmentOrder: [ServiceEnvironmentOrder];
    jobQueueType: (EKS|ECS|ECS_FARGATE|SAGEMAKER_TRAINING|ECS_MANAGED_INSTANCES);
    tags: {str<1..128>: str<..256>}<..50>; jobStateTimeLimitActions: [JobStateTimeLimitAction]
  }
  out { jobQueueName!: str; jobQueueArn!: str }
ComputeEnvironmentOrder { order!: int; computeEnvironment!: str }
ServiceEnvironmentOrder { order!: int; serviceEnvironment!: str }
JobStateTimeLimitAction {
    reason!: str; state!: (RUNNABLE); maxTimeSeconds!: int; action!: (CANCEL|TERMINATE)
}

DescribeJobQueues POST /v1/describejobqueues
  in { jobQueues: [str]; maxResults: int; nextToken: str }
  out { jobQueues: [JobQueueDetail]; nextToken: str }
JobQueueDetail {
    jobQueueName!: str; jobQueueArn!: str; state!: (ENABLED|DISABLED); schedulingPolicyArn: str;
    status: (CREATING|UPDATING|DELETING|DELETED|VALID|INVALID); statusReason: str; priority!: int;
    computeEnvironmentOrder!: [ComputeEnvironmentOrder];
    serviceEnvironmentOrder: [ServiceEnvironmentOrder];
    jobQueueType: (EKS|ECS|ECS_FARGATE|SAGEMAKER_TRAINING|ECS_MANAGED_INSTANCES);
    tags: {str<1..128>: str<..256>}<..50>; jobStateTimeLimitActions: [JobStateTimeLimitAction]
}

UpdateJobQueue POST /v1/updatejobqueue
  in {
    jobQueue!: str; state: (ENABLED|DISABLED); schedulingPolicyArn: str; priority: int;
    computeEnvironmentOrder: [ComputeEnvironmentOrder];
    serviceEnvironmentOrder: [ServiceEnvironmentOrder];
    jobStateTimeLimitActions: [JobStateTimeLimitAction]
  }
  out { jobQueueName: str; jobQueueArn: str }

DeleteJobQueue POST /v1/deletejobqueue
  in { jobQueue!: str }
  out {}

GetJobQueueSnapshot POST /v1/getjobqueuesnapshot
  in { jobQueue!: str }
  out {
    frontOfQueue: FrontOfQueueDetail; frontOfQuotaShares: FrontOfQuotaSharesDetail;
    queueUtilization: QueueSnapshotUtilizationDetail
  }
FrontOfQueueDetail { jobs: [FrontOfQueueJobSummary]; lastUpdatedAt: long }
FrontOfQuotaSharesDetail {
    quotaShares: {str: [FrontOfQuotaShareJobSummary]}; lastUpdatedAt: long
}
QueueSnapshotUtilizationDetail {
    totalCapacityUsage: [QueueSnapshotCapacityUsage];
    fairshareUtilization: FairshareUtilizationDetail;
    quotaShareUtilization: QuotaShareUtilizationDetail; lastUpdatedAt: long
}
FrontOfQueueJobSummary { jobArn: str; earliestTimeAtPosition: long }
FrontOfQuotaShareJobSummary { jobArn: str; earliestTimeAtPosition: long }
QueueSnapshotCapacityUsage { capacityUnit: str; quantity: double }
FairshareUtilizationDetail {
    activeShareCount: long; topCapacityUtilization: [FairshareCapacityUtilization]
}
QuotaShareUtilizationDetail { topCapacityUtilization: [QuotaShareCapacityUtilization] }
FairshareCapacityUtilization { shareIdentifier: str; capacityUsage: [FairshareCapacityUsage] }
QuotaShareCapacityUtilization { quotaShareName: str; capacityUsage: [QuotaShareCapacityUsage] }
FairshareCapacityUsage { capacityUnit: str; quantity: double }
QuotaShareCapacityUsage { capacityUnit: str; quantity: double }
)";

}  // namespace dray::wire
