#pragma once
#include <string>

#include "model/error.h"
#include "model/log_group.h"
#include "model/queries.h"
#include "scheduler/logs/log_store.h"
#include "scheduler/service/log_groups.h"
#include "scheduler/store/reader.h"

/// Log streams as clients name them, from the log room and the store together.
namespace dray {

/// Where streams are looked for.
struct LogSources {
  store::Reader& reader;
  logs::LogStore& logs;
  LogGroups& groups;
};

/// The stream of one attempt, of a pod all its containers' together: also when it has not written
/// yet. NotFound when there is no such attempt.
Result<LogStreamView> find_log_stream(store::Reader& reader, logs::LogStore& logs,
                                      const AttemptKey& key);

/// A stream by its name: one that a client made, or an attempt's. Attempts' streams that are older
/// than their group were in one of that name that is gone.
Result<LogStreamView> find_log_stream(const LogSources& sources, const LogStreamName& name);

/// Streams of a group whose name begins with `prefix.stream`, by name. A prefix that names a job is
/// looked up at once; a shorter one is looked up among the newest jobs of the definitions it may
/// mean.
Result<PageOf<LogStreamView>> list_log_streams(const LogSources& sources,
                                               const LogStreamName& prefix, const Page& page);

}  // namespace dray
