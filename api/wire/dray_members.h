#pragma once
#include "api/wire/json_writer.h"
#include "model/job.h"

namespace dray::wire {

/// "counts": jobs by AWS's names of their states.
void write_counts(JsonWriter& out, const StateCounts& counts);

}  // namespace dray::wire
