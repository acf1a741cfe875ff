#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/access.h"
#include "model/agent.h"
#include "model/attempt.h"
#include "model/catalogue.h"
#include "model/compute_environment.h"
#include "model/ids.h"
#include "model/job.h"
#include "model/job_definition.h"
#include "model/job_queue.h"
#include "scheduler/core/decision.h"
#include "scheduler/store/database.h"

/// Rows <-> values: the lists of columns, and who reads them. A row that cannot be read is
/// SqlError{SQLITE_CORRUPT}.
namespace dray::store {

/// 16 bytes, most significant first, so that rows sort as the texts do.
std::string uuid_bytes(const Uuid& uuid);
Uuid read_uuid(std::string_view bytes);

std::string words_bytes(const std::vector<std::string>& words);
std::string limits_bytes(const std::map<std::string, std::int32_t>& limits);
std::string variables_bytes(const std::vector<EnvironmentVariable>& variables);
std::string strings_bytes(const std::map<std::string, std::string>& strings);
std::string container_bytes(const JobDefinition& definition);
std::string consumables_bytes(const std::vector<ConsumableNeed>& consumables);
std::string retry_bytes(const RetryStrategy& retry);
std::string entry_bytes(const CatalogueEntry& entry);
std::string spec_bytes(const JobSpec& spec);
JobSpec read_spec(std::string_view bytes);

inline constexpr std::string_view kEnvironmentColumns =
    "name, is_managed, is_enabled, vcpus_max, uuid, tags, as_given, unmanaged_vcpus";
ComputeEnvironment read_environment(const Statement& row);

inline constexpr std::string_view kQueueColumns =
    "name, is_enabled, priority, environments, job_environment, tags, as_given, scheduling_policy, "
    "service_environments, time_limits, running_max, running_max_by_name, dispatch_order";
JobQueue read_queue(const Statement& row);

inline constexpr std::string_view kDefinitionColumns =
    "name, revision, status, container, parameters, retry, retry_given, timeout_us, tags, "
    "propagate_tags, scheduling_priority, platform_capabilities, as_given, consumables";
/// Of a definition without one.
inline constexpr std::int32_t kNoPriority = -1;
JobDefinition read_definition(const Statement& row);

inline constexpr std::string_view kCatalogueColumns = "kind, name, created_at, bytes";
CatalogueEntry read_entry(const Statement& row);

inline constexpr std::string_view kAgentColumns =
    "id, name, environment, milli_vcpus, memory_mib, gpus, boot_id, folder, incarnation, "
    "hello_sequence, session, is_draining";
Agent read_agent(const Statement& row);

inline constexpr std::string_view kAccessKeyColumns =
    "id, user, role, queues, sealed_secret, is_active, created_at, last_used_at";
AccessKey read_access_key(const Statement& row);
inline constexpr std::string_view kShareColumns = "queue, share, vcpus, memory, gpus, at";
/// Of age zero: how long ago that was, the loader does not know.
ShareUsed read_share(const Statement& row);

/// How long a repeated submit is known.
inline constexpr std::int64_t kInvocationKeptMs = 24LL * 60 * 60 * 1000;

/// Of `job AS j JOIN spec AS s ON s.job = j.id`; the spec comes with the job.
inline constexpr std::string_view kJobColumns =
    "j.id, j.uuid, j.state, j.created_at, j.started_at, j.stopped_at, j.attempts_made, "
    "j.status_reason, j.is_cancelled, j.is_terminated, s.bytes, j.submitted, j.pending, "
    "j.runnable, j.starting, j.running, j.succeeded, j.failed, j.counted_at, j.running_max, "
    "j.failed_max, j.failed_before, j.is_held, j.reopened_after, j.priority, "
    "j.held_children";
Job read_job(const Statement& row);
/// Of the same row.
StateCounts read_counts(const Statement& row);
WallTime read_counted_at(const Statement& row);

inline constexpr std::string_view kAttemptColumns =
    "job, child, number, token, agent, state, ordered_at, started_at, stopped_at, outcome, "
    "exit_code, reason, status_reason, cpu_ms, memory_peak_kib, stop_requested, stop_reason, "
    "is_final, is_held, containers";
/// Of kAttemptColumns.
std::string container_ends_bytes(const std::vector<ContainerEnd>& ends);
Attempt read_attempt(const Statement& row);

inline constexpr std::string_view kChildrenEndedColumns =
    "job, first, last, state, status_reason, at, is_cancelled, is_terminated";
ChildrenEnded read_children_ended(const Statement& row);

/// "SELECT `columns` `rest`"; the pieces are constants of this room.
std::string select(std::string_view columns, std::string_view rest);

}  // namespace dray::store
