#pragma once
#include "api/server/routes.h"

/// AWS Batch's operations on jobs.
namespace dray::server {

Result<std::string> submit_job(const Call& call);
Result<std::string> describe_jobs(const Call& call);
Result<std::string> list_jobs(const Call& call);
Result<std::string> cancel_job(const Call& call);
Result<std::string> terminate_job(const Call& call);
Result<std::string> cancel_jobs(const Call& call);
Result<std::string> terminate_jobs(const Call& call);

}  // namespace dray::server
