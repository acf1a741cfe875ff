#pragma once
#include <string_view>

/// Texts that AWS's clients match to the letter (contract, section 3.2). They are part of what the
/// cores decide, so they stand here and not at the door.
namespace dray::texts {

inline constexpr std::string_view kMainNodeEnded = "The main node has ended";
inline constexpr std::string_view kEssentialContainerExited = "Essential container in task exited";
inline constexpr std::string_view kTimeout = "Job attempt duration exceeded timeout";
inline constexpr std::string_view kDependentJobFailed = "Dependent Job failed";
inline constexpr std::string_view kArrayChildFailed = "Array Child Job failed";
inline constexpr std::string_view kQueueDeleted = "JobQueue deleted";
inline constexpr std::string_view kTaskFailedToStart = "Task failed to start";
inline constexpr std::string_view kOutOfMemory =
    "OutOfMemoryError: Container killed due to memory usage";
/// Begins the statusReason of an attempt whose machine, agent or supervisor was lost: retry rules
/// match `Host EC2*`.
inline constexpr std::string_view kHostLostPrefix = "Host EC2";
inline constexpr std::string_view kCannotStart = "CannotStartContainerError: ";
inline constexpr std::string_view kCannotPull = "CannotPullContainerError: ";
inline constexpr std::string_view kRequirementTooHigh =
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is "
    "higher than that can be met by the CE(s) attached to the job queue.";
inline constexpr std::string_view kEnvironmentMaxResource =
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue "
    "cannot "
    "meet the CPU requirement of the job.";
inline constexpr std::string_view kTooManyTags =
    "Tags of the job and of its definition are together more than 50";
/// Behind it: the environments that should have the agents, in brackets.
inline constexpr std::string_view kCapacityLacks =
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for "
    "instance type";
inline constexpr std::string_view kEnvironmentsInvalid =
    "ACTION_REQUIRED - CE(s) associated with the job queue are invalid.";
/// Behind it: the code of the reason.
inline constexpr std::string_view kTimeLimitPrefix =
    "Canceled by JobStateTimeLimit action due to reason: ";
/// SubmitJob, to the letter.
inline constexpr std::string_view kShareNeedsPolicy =
    "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue with fair "
    "share scheduling policy.";
inline constexpr std::string_view kShareNeeded = "shareIdentifier must be specified.";
inline constexpr std::string_view kSchedulingPriorityNeeded =
    "Either schedulingPriority in job definition or schedulingPriorityOverride should be "
    "specified.";
/// Dray's own: of AFTER_NOT_OK.
inline constexpr std::string_view kDependentJobSucceeded =
    "Dependent Job succeeded, and this job was to run only after its failure (AFTER_NOT_OK)";
/// Dray's own: AWS has no such check.
inline constexpr std::string_view kInvocationReused =
    "This amz-sdk-invocation-id was used within the last day for a request with another body";

}  // namespace dray::texts
