#pragma once
#include <memory>

#include "agent/runner/runner.h"

namespace dray {

/// The job's spec, to be changed: jobs share theirs.
inline JobSpec& spec_of(JobToRun& job) {
  auto spec = std::make_shared<JobSpec>(*job.spec);
  job.spec = spec;
  return *spec;
}

}  // namespace dray
