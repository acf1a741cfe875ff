#pragma once
#include <string>
#include <vector>

#include "api/wire/arn.h"
#include "model/queries.h"

/// Jobs as AWS Batch shows them (contract 2.5, 3.6 and appendix A.1).
namespace dray::wire {

/// DescribeJobs' answer. `attempts` lists ended ones only; `container` tells about the latest one.
std::string encode_job_details(const ArnScope& scope, const std::vector<JobDetail>& jobs);
/// ListJobs' answer.
std::string encode_job_summaries(const ArnScope& scope, const PageOf<JobSummary>& page);

}  // namespace dray::wire
