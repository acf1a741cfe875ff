#pragma once
#include <optional>

#include "model/history.h"
#include "model/queries.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// Everything that happened to a job, parent or child, out of its rows, those of its attempts and
/// of what it waited for, and the notes. Nothing when there is no such job. Throws SqlError.
std::optional<JobHistory> job_history(ReadSession& session, const JobName& name);

}  // namespace dray::store
