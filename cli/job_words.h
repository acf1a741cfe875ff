#pragma once
#include <string>

#include "api/wire/client_views.h"
#include "cli/table.h"

/// How jobs and amounts are put into cells.
namespace dray::cli {

Cell state_cell(JobState state);
/// "3 running, 5 ok, 1 failed of 10"; empty for a job without children.
std::string children_text(const wire::JobView& job);
/// From its start to its end, or to now; empty before it started. An array counts from its
/// creation: it has no start of its own (AWS).
std::string run_time_text(const wire::JobView& job, WallTime now);
std::string time_text(const std::optional<WallTime>& at);
/// "2" or "0.5".
std::string vcpus_text(std::int64_t milli_vcpus);
/// "3 vCPUs, 512 MiB"; "-" when all is zero.
std::string amounts_text(const Resources& amounts);
WallTime wall_now();

}  // namespace dray::cli
