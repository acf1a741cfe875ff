#pragma once
#include "model/error.h"
#include "model/queries.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// Jobs looked at for one page: a page of rare ones may be short, and still have a next.
inline constexpr std::size_t kSearchedAPageMax = 20'000;

/// One page, newest first. Pages go on from a job's number: what is submitted meanwhile is newer
/// and moves nothing. Throws SqlError.
Result<PageOf<JobSummary>> search_jobs(ReadSession& session, const JobSearch& search,
                                       const Page& page);

}  // namespace dray::store
