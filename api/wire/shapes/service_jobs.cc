#include "api/wire/shapes/texts.h"

/// Service environments and service jobs: requests and answers of AWS Batch, in the language of
/// shape_text.h.
namespace dray::wire {

extern const std::string_view kServiceJobsShapes = R"(
CreateServiceEnvironment POST /v1/createserviceenvironment
  in {
    serviceEnvironmentName!: str; serviceEnvironmentType!: (SAGEMAKER_TRAINING);
    state: (ENABLED|DISABLED); capacityLimits!: [CapacityLimit];
    tags: {str<1..128>: str<..256>}<..50>
  }
  out { serviceEnvironmentName!: str; serviceEnvironmentArn!: str }
CapacityLimit { maxCapacity: int; capacityUnit: str }

DescribeServiceEnvironments POST /v1/describeserviceenvironments
  in { serviceEnvironments: [str]; maxResults: int; nextToken: str }
  out { serviceEnvironments: [ServiceEnvironmentDetail]; nextToken: str }
ServiceEnvironmentDetail {
    serviceEnvironmentName!: str; serviceEnvironmentArn!: str;
    serviceEnvironmentType!: (SAGEMAKER_TRAINING); state: (ENABLED|DISABLED);
    status: (CREATING|UPDATING|DELETING|DELETED|VALID|INVALID); capacityLimits!: [CapacityLimit];
    tags: {str<1..128>: str<..256>}<..50>
}

UpdateServiceEnvironment POST /v1/updateserviceenvironment
  in { serviceEnvironment!: str; state: (ENABLED|DISABLED); capacityLimits: [CapacityLimit] }
  out { serviceEnvironmentName!: str; serviceEnvironmentArn!: str }

DeleteServiceEnvironment POST /v1/deleteserviceenvironment
  in { serviceEnvironment!: str }
  out {}

SubmitServiceJob POST /v1/submitservicejob
  in {
    jobName!: str; jobQueue!: str; retryStrategy: ServiceJobRetryStrategy;
    schedulingPriority: int; serviceRequestPayload!: str; serviceJobType!: (SAGEMAKER_TRAINING);
    shareIdentifier: str; quotaShareName: str;
    preemptionConfiguration: ServiceJobPreemptionConfiguration; timeoutConfig: ServiceJobTimeout;
    tags: {str<1..128>: str<..256>}<..50>; clientToken: str<1..64>
  }
  out { jobArn: str; jobName!: str; jobId!: str }
ServiceJobRetryStrategy { attempts!: int; evaluateOnExit: [ServiceJobEvaluateOnExit] }
ServiceJobPreemptionConfiguration { preemptionRetriesBeforeTermination: int }
ServiceJobTimeout { attemptDurationSeconds: int }
ServiceJobEvaluateOnExit { action: ~(RETRY|EXIT); onStatusReason: str }

DescribeServiceJob POST /v1/describeservicejob
  in { jobId!: str }
  out {
    attempts: [ServiceJobAttemptDetail]; capacityUsage: [ServiceJobCapacityUsageDetail];
    createdAt: long; isTerminated: bool; jobArn: str; jobId!: str; jobName!: str; jobQueue!: str;
    latestAttempt: LatestServiceJobAttempt; retryStrategy: ServiceJobRetryStrategy;
    scheduledAt: long; schedulingPriority: int; serviceRequestPayload: str;
    serviceJobType!: (SAGEMAKER_TRAINING); shareIdentifier: str; quotaShareName: str;
    preemptionConfiguration: ServiceJobPreemptionConfiguration;
    preemptionSummary: ServiceJobPreemptionSummary; startedAt!: long;
    status!: (SUBMITTED|PENDING|RUNNABLE|SCHEDULED|STARTING|RUNNING|SUCCEEDED|FAILED);
    statusReason: str; stoppedAt: long; tags: {str<1..128>: str<..256>}<..50>;
    timeoutConfig: ServiceJobTimeout
  }
ServiceJobAttemptDetail {
    serviceResourceId: ServiceResourceId; startedAt: long; stoppedAt: long; statusReason: str
}
ServiceJobCapacityUsageDetail { capacityUnit: str; quantity: double }
LatestServiceJobAttempt { serviceResourceId: ServiceResourceId }
ServiceJobPreemptionSummary {
    preemptedAttemptCount: int; recentPreemptedAttempts: [ServiceJobPreemptedAttempt]
}
ServiceResourceId { name!: (TrainingJobArn); value!: str }
ServiceJobPreemptedAttempt {
    serviceResourceId: ServiceResourceId; startedAt: long; stoppedAt: long; statusReason: str
}

ListServiceJobs POST /v1/listservicejobs
  in {
    jobQueue: str;
    jobStatus: (SUBMITTED|PENDING|RUNNABLE|SCHEDULED|STARTING|RUNNING|SUCCEEDED|FAILED);
    maxResults: int; nextToken: str; filters: [KeyValuesPair]
  }
  out { jobSummaryList!: [ServiceJobSummary]; nextToken: str }
ServiceJobSummary {
    latestAttempt: LatestServiceJobAttempt; capacityUsage: [ServiceJobCapacityUsageSummary];
    createdAt: long; jobArn: str; jobId!: str; jobName!: str; scheduledAt: long;
    serviceJobType!: (SAGEMAKER_TRAINING); shareIdentifier: str; quotaShareName: str;
    status: (SUBMITTED|PENDING|RUNNABLE|SCHEDULED|STARTING|RUNNING|SUCCEEDED|FAILED);
    statusReason: str; startedAt: long; stoppedAt: long; isTerminated: bool
}
ServiceJobCapacityUsageSummary { capacityUnit: str; quantity: double }

UpdateServiceJob POST /v1/updateservicejob
  in { jobId!: str; schedulingPriority!: int }
  out { jobArn: str; jobName: str; jobId: str }

TerminateServiceJob POST /v1/terminateservicejob
  in { jobId!: str; reason!: str }
  out {}

TerminateServiceJobs POST /v1/terminateservicejobs
  in { jobs!: [str]; reason!: str }
  out { successful!: [str]; errors!: [TerminateServiceJobsErrorDetail] }
TerminateServiceJobsErrorDetail { job!: str; code!: str; message!: str }
)";

}  // namespace dray::wire
