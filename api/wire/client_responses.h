#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/client_views.h"

/// Answers as a client reads them. Nothing when the text is not a JSON object of the named shape;
/// never an exception.
namespace dray::wire {

std::optional<std::vector<JobView>> decode_jobs(std::string_view body);  ///< DescribeJobs.
std::optional<JobPageView> decode_job_page(std::string_view body);       ///< ListJobs.
std::optional<SubmittedView> decode_submitted(std::string_view body);
/// The causes of GET /dray/v1/jobs/ID/children, the most frequent first.
std::optional<std::vector<CauseView>> decode_causes(std::string_view body);
/// How many children are run again.
std::optional<std::int64_t> decode_rerun_answer(std::string_view body);
/// DescribeJobDefinitions.
std::optional<std::vector<DefinitionView>> decode_definitions(std::string_view body);
std::optional<DefinitionView> decode_registered(std::string_view body);
std::optional<std::vector<AgentView>> decode_agents(std::string_view body);
std::optional<std::vector<QueueView>> decode_queues(std::string_view body);
std::optional<ExplanationView> decode_explanation(std::string_view body);
std::optional<HistoryView> decode_history(std::string_view body);
std::optional<UsageView> decode_usage(std::string_view body);
/// The version member of GET /version.
std::optional<std::string> decode_version(std::string_view body);
/// What `dray version -o json` says: {"dray", "scheduler"}, null when none answers.
std::string encode_versions(std::string_view program, const std::optional<std::string>& scheduler);
/// How many things stand in the list `member` (DescribeJobQueues, DescribeComputeEnvironments).
std::optional<std::size_t> decode_count(std::string_view body, const char* member);
ErrorView decode_error(std::string_view body);

/// The same JSON over several lines, for people. Text that is not JSON comes back as it is.
std::string indented_json(std::string_view json);
/// Values that are JSON each, as one list over several lines.
std::string indented_json_list(const std::vector<std::string>& values);

}  // namespace dray::wire
