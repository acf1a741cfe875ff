#pragma once
#include "model/error.h"
#include "model/job.h"
#include "model/requests.h"

namespace dray {

/// Every container that the overrides name is one of the definition's.
Result<void> check_overridden(const Submission& submission, const JobDefinition& definition);

/// Overrides by name onto `spec`'s containers, or onto its only one; parameters into their
/// commands. A pod's request is then what its containers take together.
Result<void> merge_containers(const Submission& submission, JobSpec& spec);

}  // namespace dray
