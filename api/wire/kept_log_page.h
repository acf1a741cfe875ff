#pragma once
#include <functional>
#include <vector>

#include "api/wire/log_page.h"
#include "model/error.h"
#include "model/log_group.h"

namespace dray::wire {

using ReadKeptLog = std::function<Result<std::vector<KeptLogEvent>>(const KeptLogQuery& query)>;

/// As read_log_page, of a stream that a client made. Of a position, the ordinal is the sequence of
/// the last event before it and the offset is its time.
Result<LogPage> read_kept_log_page(const ReadKeptLog& read, std::int64_t stream,
                                   const LogPageAsked& asked);

}  // namespace dray::wire
