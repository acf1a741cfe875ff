#pragma once
#include "model/error.h"
#include "model/job.h"
#include "model/requests.h"
#include "scheduler/core/settings.h"

namespace dray {

/// A submission merged with its definition by AWS's rules (contract 2.4): what never changes of the
/// new job. Refuses what cannot be merged or is out of bounds.
Result<JobSpec> merge(const Submission& submission, const JobDefinition& definition,
                      const Settings& settings);

}  // namespace dray
