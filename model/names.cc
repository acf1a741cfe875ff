#include "model/names.h"

#include "model/check.h"

namespace dray {

std::string_view name_of(JobState state) {
  switch (state) {
    case JobState::Submitted:
      return "SUBMITTED";
    case JobState::Pending:
      return "PENDING";
    case JobState::Runnable:
      return "RUNNABLE";
    case JobState::Starting:
      return "STARTING";
    case JobState::Running:
      return "RUNNING";
    case JobState::Succeeded:
      return "SUCCEEDED";
    case JobState::Failed:
      return "FAILED";
  }
  check_failed("a JobState", __FILE__, __LINE__);
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Succeeded:
      return "SUCCEEDED";
    case Outcome::Failed:
      return "FAILED";
    case Outcome::Killed:
      return "KILLED";
    case Outcome::TimedOut:
      return "TIMED_OUT";
    case Outcome::OutOfMemory:
      return "OUT_OF_MEMORY";
    case Outcome::LaunchFailed:
      return "LAUNCH_FAILED";
    case Outcome::Lost:
      return "LOST";
    case Outcome::Stopped:
      return "STOPPED";
  }
  check_failed("an Outcome", __FILE__, __LINE__);
}

std::string_view name_of(AttemptState state) {
  switch (state) {
    case AttemptState::Ahead:
      return "AHEAD";
    case AttemptState::Starting:
      return "STARTING";
    case AttemptState::Running:
      return "RUNNING";
    case AttemptState::Ended:
      return "ENDED";
  }
  check_failed("an AttemptState", __FILE__, __LINE__);
}

std::string_view name_of(DependencyType type) {
  switch (type) {
    case DependencyType::Whole:
      return "";
    case DependencyType::NToN:
      return "N_TO_N";
    case DependencyType::Sequential:
      return "SEQUENTIAL";
    case DependencyType::AfterAny:
      return "AFTER_ANY";
    case DependencyType::AfterNotOk:
      return "AFTER_NOT_OK";
  }
  check_failed("a DependencyType", __FILE__, __LINE__);
}

std::string_view name_of(DefinitionStatus status) {
  switch (status) {
    case DefinitionStatus::Active:
      return "ACTIVE";
    case DefinitionStatus::Inactive:
      return "INACTIVE";
  }
  check_failed("a DefinitionStatus", __FILE__, __LINE__);
}

std::string_view name_of(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::Queue:
      return "job-queue";
    case ResourceKind::Environment:
      return "compute-environment";
    case ResourceKind::Definition:
      return "job-definition";
    case ResourceKind::Job:
      return "job";
    case ResourceKind::SchedulingPolicy:
      return "scheduling-policy";
    case ResourceKind::ConsumableResource:
      return "consumable-resource";
    case ResourceKind::ServiceEnvironment:
      return "service-environment";
    case ResourceKind::QuotaShare:
      return "quota-share";
  }
  check_failed("a ResourceKind", __FILE__, __LINE__);
}

std::string_view name_of(NoteKind kind) {
  switch (kind) {
    case NoteKind::Cancel:
      return "CANCEL";
    case NoteKind::Terminate:
      return "TERMINATE";
    case NoteKind::Hold:
      return "HOLD";
    case NoteKind::Release:
      return "RELEASE";
    case NoteKind::Priority:
      return "PRIORITY";
  }
  check_failed("a NoteKind", __FILE__, __LINE__);
}

std::optional<NoteKind> parse_note_kind(std::string_view name) {
  for (const NoteKind kind : {NoteKind::Cancel, NoteKind::Terminate, NoteKind::Hold,
                              NoteKind::Release, NoteKind::Priority}) {
    if (name_of(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

std::string_view name_of(DispatchOrder order) {
  switch (order) {
    case DispatchOrder::Backfill:
      return "backfill";
    case DispatchOrder::FifoStrict:
      return "fifo-strict";
  }
  check_failed("a DispatchOrder", __FILE__, __LINE__);
}

std::optional<DispatchOrder> parse_dispatch_order(std::string_view name) {
  for (const DispatchOrder order : {DispatchOrder::Backfill, DispatchOrder::FifoStrict}) {
    if (name_of(order) == name) {
      return order;
    }
  }
  return std::nullopt;
}

std::optional<JobState> parse_job_state(std::string_view name) {
  for (std::size_t i = 0; i < kJobStates; ++i) {
    if (name_of(static_cast<JobState>(i)) == name) {
      return static_cast<JobState>(i);
    }
  }
  return std::nullopt;
}

}  // namespace dray
