#pragma once
#include <string>

#include "model/error.h"
#include "model/queries.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/store/reader.h"

/// Log streams as clients name them, from the log room and the store together.
namespace dray {

/// The stream of one attempt: also when it has not written yet. NotFound when there is no such
/// attempt.
Result<LogStreamView> find_log_stream(store::Reader& reader, logs::LogStore& logs,
                                      const AttemptKey& key);

/// Streams whose name begins with `prefix`, by name. A prefix that names a job is looked up at
/// once; a shorter one is looked up among the newest jobs of the definitions it may mean.
Result<PageOf<LogStreamView>> list_log_streams(store::Reader& reader, logs::LogStore& logs,
                                               const std::string& prefix, const Page& page);

}  // namespace dray
