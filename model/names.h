#pragma once
#include <optional>
#include <string_view>

#include "model/attempt.h"
#include "model/history.h"
#include "model/job.h"
#include "model/job_queue.h"
#include "model/resource_name.h"

/// The one table between enumerators and words: AWS's words where AWS has them. The SQL CHECK lists
/// are tested against it.
namespace dray {

std::string_view name_of(JobState state);           ///< "RUNNABLE"
std::string_view name_of(Outcome outcome);          ///< "OUT_OF_MEMORY"
std::string_view name_of(AttemptState state);       ///< "AHEAD"
std::string_view name_of(DependencyType type);      ///< "N_TO_N", "AFTER_ANY"; "" for Whole
std::string_view name_of(DefinitionStatus status);  ///< "ACTIVE"
std::string_view name_of(DefinitionKind kind);      ///< "containerProperties"
/// As ARNs have it: "job-queue". A quota share's ARN is its queue's with "/quota-share/NAME".
std::string_view name_of(ResourceKind kind);
std::string_view name_of(NoteKind kind);        ///< "CANCEL"
std::string_view name_of(DispatchOrder order);  ///< "fifo-strict"
std::optional<DispatchOrder> parse_dispatch_order(std::string_view name);
std::optional<NoteKind> parse_note_kind(std::string_view name);
std::optional<JobState> parse_job_state(std::string_view name);

}  // namespace dray
