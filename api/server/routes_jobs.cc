#include "api/server/routes_jobs.h"

#include "api/wire/batch_jobs.h"
#include "api/wire/batch_submit.h"
#include "api/wire/job_detail.h"

namespace dray::server {
namespace {

using Ending = Result<void> (*)(const Call& call, const JobName& job, const std::string& reason);

Result<void> cancel(const Call& call, const JobName& job, const std::string& reason) {
  return call.backend.cancel(job, {reason, std::string(call.user)});
}

Result<void> terminate(const Call& call, const JobName& job, const std::string& reason) {
  return call.backend.terminate(job, {reason, std::string(call.user)});
}

/// A job that does not exist has been ended successfully (AWS), and so has a node: it has no end of
/// its own.
Result<void> end_job(const Call& call, Ending ending, const std::optional<JobName>& job,
                     const std::string& reason) {
  if (!job || job->is_node) {
    return {};
  }
  Result<void> done = ending(call, *job, reason);
  if (!done && done.error().code == ErrorCode::NotFound) {
    return {};
  }
  return done;
}

Result<std::string> end_one(const Call& call, Ending ending) {
  const Result<wire::JobEnding> asked = wire::decode_job_ending(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return end_job(call, ending, asked->job, asked->reason).map([] { return std::string("{}"); });
}

Result<std::string> end_several(const Call& call, Ending ending) {
  const Result<wire::JobsEnding> asked = wire::decode_jobs_ending(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  std::vector<std::string> successful;
  std::vector<wire::EndingRefused> refused;
  for (const std::string& id : asked->jobs) {
    const Result<void> done = end_job(call, ending, wire::parse_job_name(id), asked->reason);
    if (done) {
      successful.push_back(id);
    } else {
      refused.push_back({id, done.error()});
    }
  }
  return wire::encode_jobs_ending(successful, refused);
}

}  // namespace

Result<std::string> submit_job(const Call& call) {
  Result<Submission> submission = wire::decode_submit_job(call.body);
  if (!submission) {
    return tl::unexpected(submission.error());
  }
  submission->invocation = call.invocation;
  return call.backend.submit(std::move(*submission)).map([&](const api::SubmittedJob& job) {
    return wire::encode_submitted(call.scope, job.uuid, job.name);
  });
}

Result<std::string> describe_jobs(const Call& call) {
  Result<std::vector<JobName>> asked = wire::decode_describe_jobs(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  if (asked->empty()) {
    return wire::encode_job_details(call.scope, {});
  }
  return call.backend.describe(std::move(*asked)).map([&](const std::vector<JobDetail>& jobs) {
    return wire::encode_job_details(call.scope, jobs);
  });
}

Result<std::string> list_jobs(const Call& call) {
  Result<wire::JobsAsked> asked = wire::decode_list_jobs(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  if (asked->is_none) {
    return wire::encode_job_summaries(call.scope, {});
  }
  return call.backend.list(std::move(asked->query), std::move(asked->page))
      .map([&](const PageOf<JobSummary>& page) {
        return wire::encode_job_summaries(call.scope, page);
      });
}

Result<std::string> cancel_job(const Call& call) {
  return end_one(call, cancel);
}
Result<std::string> terminate_job(const Call& call) {
  return end_one(call, terminate);
}
Result<std::string> cancel_jobs(const Call& call) {
  return end_several(call, cancel);
}
Result<std::string> terminate_jobs(const Call& call) {
  return end_several(call, terminate);
}

}  // namespace dray::server
