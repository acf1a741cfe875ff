#pragma once
#include <optional>
#include <utility>

#include "model/queries.h"
#include "scheduler/store/read_session.h"

/// Answers about single jobs, parents and children, from rows. All throw SqlError.
namespace dray::store {

/// A job's row as it stands, without looking at children.
struct JobRow {
  Job job;
  StateCounts counts{};  ///< Of an array; what waits is filled in before the first count.
  WallTime counts_at;
};

/// The current row of a query of kJobColumns.
JobRow read_job_row(const Statement& row);
std::optional<JobRow> find_job(ReadSession& session, const Uuid& uuid);

/// Nothing when there is no such job or child.
std::optional<JobDetail> describe_job(ReadSession& session, const JobName& name);
/// When and how it ended; nothing while it lives, or when there is no such job or child.
std::optional<std::pair<JobState, WallTime>> end_of_job(ReadSession& session, const JobName& name);
std::optional<JobState> state_of_job(ReadSession& session, const JobName& name);

}  // namespace dray::store
