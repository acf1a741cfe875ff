#pragma once
#include "api/wire/arn.h"
#include "api/wire/json_writer.h"
#include "model/queries.h"

/// What DescribeJobs tells of attempts and containers, in the forms of ecsProperties and
/// eksProperties (contract 3.8).
namespace dray::wire {

inline constexpr std::size_t kShownReasonMax = 255;  ///< AWS: container.reason.

[[nodiscard]] inline bool is_pod(const JobDetail& detail) {
  return !detail.job.spec->pod.empty();
}

/// Empty of an agent that is not known any more.
[[nodiscard]] std::string_view agent_name(const JobDetail& detail, AgentId agent);
/// The latest attempt that an agent holds as its own; one given ahead has not begun anything.
const Attempt* latest_attempt(const JobDetail& detail);
/// How the only container of an attempt ended, and where its log is.
void write_attempt_outcome(JsonWriter& out, const JobDetail& detail, const Attempt& attempt);
/// On which agent.
void write_attempt_place(JsonWriter& out, const ArnScope& scope, const Attempt& attempt);

/// ecsProperties or eksProperties of jobs that have them, as they were run.
void write_job_properties(JsonWriter& out, const ArnScope& scope, const JobDetail& detail);
/// taskProperties of an attempt.
void write_attempt_task(JsonWriter& out, const ArnScope& scope, const JobDetail& detail,
                        const Attempt& attempt);
void write_eks_attempts(JsonWriter& out, const JobDetail& detail);

}  // namespace dray::wire
