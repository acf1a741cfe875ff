#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/dray_shapes.h"
#include "model/error.h"
#include "model/queries.h"

/// What the status page reads (docs/api.md). Times are epoch milliseconds, as everywhere.
namespace dray::wire {

/// Everything of GET /dray/v1/overview.
struct OverviewShape {
  WallTime now;
  WallTime started_at;
  std::string_view version;
  const std::vector<QueueStatus>& queues;
  std::vector<AgentShape> agents;
  const Throughput& throughput;
  const std::vector<FailureView>& failures;
};
std::string encode_overview(const OverviewShape& overview);

/// {"jobs":[...],"nextToken"}
std::string encode_found_jobs(const PageOf<JobSummary>& page);
/// "RUNNING,FAILED" as states. BadRequest for a word that is none.
Result<std::vector<JobState>> parse_job_states(std::string_view text);

/// One character a child: S P R T U O F.
char letter_of(JobState state);
std::string encode_children(const ChildrenView& children);

std::string encode_agent_attempts(const std::vector<AgentAttempt>& attempts);

/// The data of a `change` event: what to ask for again.
std::string encode_news(const std::vector<Uuid>& jobs, const std::vector<std::string>& queues,
                        bool has_agents, bool is_all);

}  // namespace dray::wire
