#pragma once
#include "model/error.h"
#include "model/job.h"
#include "model/requests.h"

namespace dray {

/// Makes `spec` a multi-node job: its nodes as disjoint ranges, overrides laid over them, and what
/// all of them take together (AWS: user guide, multi-node-parallel-jobs). `spec.parameters` are
/// merged already. Refused when numNodes cannot be overridden, and for a missing parameter.
Result<void> merge_nodes(const Submission& submission, const JobDefinition& definition,
                         JobSpec& spec);

}  // namespace dray
