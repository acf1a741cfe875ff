#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/arn.h"
#include "model/agent.h"
#include "model/error.h"
#include "model/explanation.h"
#include "model/queries.h"

/// Dray's own answers, under /dray/v1 (D12; docs/api.md).
namespace dray::wire {

/// An agent as GET /dray/v1/agents shows it.
struct AgentShape {
  Agent agent;
  std::string state;
  Resources reserved;
  std::uint32_t attempts_live = 0;
  std::uint32_t attempts_ahead = 0;
  std::optional<Duration> silent_for;
};
std::string encode_agents(const ArnScope& scope, const std::vector<AgentShape>& agents);

/// `uuid` is the job's; the explanation knows it by number.
std::string encode_explanation(const JobName& job, const Explanation& explanation);
std::string encode_queue_counts(const std::vector<QueueStatus>& queues);
/// {"environment":[{"name","value"}]}
Result<std::vector<EnvironmentVariable>> decode_queue_environment(std::string_view body);
/// {"maxRunning", "jobNames": {name: maxRunning}}: what is absent stays; 0 lifts a limit.
Result<QueueUpdate> decode_queue_limits(std::string_view body);
Result<QueueUpdate> decode_queue_order(std::string_view body);

/// Which Dray this is.
struct BuildShape {
  std::string version;
  std::string commit;  ///< Empty when it was built from no repository.
};
std::string encode_version(const BuildShape& build);
/// An error as all of AWS's clients read it: {"__type", "message"}.
std::string encode_error(std::string_view type, std::string_view reason);
/// Written for /livez and /readyz.
std::string encode_health(std::string_view status);

}  // namespace dray::wire
