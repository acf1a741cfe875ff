#pragma once
#include "model/retention.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// See Reader::expired. Jobs are looked at in the order of their numbers, which is that of their
/// creation: the first one created since `ended_before` ends the search. Throws SqlError.
ExpiredJobs expired_jobs(ReadSession& session, JobId after, WallTime ended_before);

}  // namespace dray::store
