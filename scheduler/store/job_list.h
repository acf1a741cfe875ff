#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/queries.h"
#include "scheduler/store/read_session.h"

namespace dray::store {

/// Children looked at for one page: a page of rare ones may be short, and still have a next.
inline constexpr std::int32_t kChildrenAPageMax = 100'000;

/// One page of a queue's jobs or an array's children. Throws SqlError.
Result<PageOf<JobSummary>> list_jobs(ReadSession& session, const JobQuery& query, const Page& page);

/// The jobs of these numbers, in this order. Throws SqlError.
std::vector<JobSummary> job_summaries(ReadSession& session, const std::vector<std::int64_t>& ids);

/// "12:34" as two numbers, "12" as one; nothing for any other text. How `Page::after` is made.
std::optional<std::vector<std::int64_t>> parse_cursor(std::string_view text, std::size_t numbers);

}  // namespace dray::store
