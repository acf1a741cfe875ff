#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "model/queries.h"

/// What is asked about jobs, and what is done to them, as AWS Batch writes it (contract 2.5, 2.6).
namespace dray::wire {

/// At most 100 ids. Those that cannot be a job's are left out, as unknown ones are.
Result<std::vector<JobName>> decode_describe_jobs(std::string_view body);

struct JobsAsked {
  JobQuery query;
  Page page;
  bool is_none = false;  ///< What was named cannot exist: the answer is empty.
};
Result<JobsAsked> decode_list_jobs(std::string_view body);

/// CancelJob, TerminateJob.
struct JobEnding {
  std::optional<JobName> job;  ///< Nothing when the id cannot be a job's: that succeeds (AWS).
  std::string reason;
};
Result<JobEnding> decode_job_ending(std::string_view body);

/// CancelJobs, TerminateJobs: at most 50 ids, as given, for one reason.
struct JobsEnding {
  std::vector<std::string> jobs;
  std::string reason;
};
Result<JobsEnding> decode_jobs_ending(std::string_view body);

/// What became of one id of a JobsEnding.
struct EndingRefused {
  std::string job;
  Error error;
};
std::string encode_jobs_ending(const std::vector<std::string>& successful,
                               const std::vector<EndingRefused>& refused);

}  // namespace dray::wire
