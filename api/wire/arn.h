#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/agent.h"
#include "model/catalogue.h"
#include "model/error.h"
#include "model/ids.h"
#include "model/queries.h"
#include "model/resource_name.h"

namespace dray::wire {

/// Where names live: what an ARN says before the name. The region is the one the caller signed for
/// (clients use several); the account has 12 digits.
struct ArnScope {
  std::string region = "us-east-1";
  std::string account = "000000000000";
  /// "aws", or "aws-cn" and kin for the regions that have their own.
  [[nodiscard]] std::string_view partition() const;
};

std::string job_arn(const ArnScope& scope, const Uuid& uuid, std::int32_t child);
std::string job_arn(const ArnScope& scope, const JobName& job);
std::string queue_arn(const ArnScope& scope, std::string_view name);
std::string environment_arn(const ArnScope& scope, std::string_view name);
std::string definition_arn(const ArnScope& scope, std::string_view name, std::int32_t revision);
/// AWS: "arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/32 hex digits". Dray has one cluster.
std::string task_arn(const ArnScope& scope, const AttemptKey& attempt);
std::string container_instance_arn(const ArnScope& scope, AgentId agent);
std::string cluster_arn(const ArnScope& scope);
std::string log_group_arn(const ArnScope& scope, std::string_view group);
/// The name in a log group's name or ARN, which may end in ":*".
std::string log_group_name(std::string_view name_or_arn);

/// "uuid", or "uuid:child".
std::string job_id(const Uuid& uuid, std::int32_t child);
/// Also "uuid#node".
std::string job_id(const JobName& job);
/// A job id, or a job's ARN. Nothing for anything else; that is no error (AWS leaves out what it
/// does not know).
std::optional<JobName> parse_job_name(std::string_view text);

/// The name in a name or an ARN of that kind. Not checked against the pattern of names: what has
/// no such name does not exist.
std::string queue_name(std::string_view name_or_arn);
std::string environment_name(std::string_view name_or_arn);

struct DefinitionName {
  std::string name;
  std::int32_t revision = 0;  ///< 0: none was given.
};
/// "name", "name:revision", or an ARN with or without a revision. Nothing when the revision is no
/// number.
std::optional<DefinitionName> parse_definition_name(std::string_view text);

/// The name in a name or an ARN of one of the catalogue's kinds; "QUEUE/NAME" for a quota share.
std::string entry_name(ResourceKind kind, std::string_view name_or_arn);
/// As entry_name, of ARNs only: policies and quota shares have no other names (AWS).
std::optional<std::string> parse_entry_arn(ResourceKind kind, std::string_view arn);
std::string entry_arn(const ArnScope& scope, const EntryKey& key);

/// What a tag call's ARN names.
std::optional<ResourceName> parse_resource_arn(std::string_view arn);

/// AWS: 1-128 of [A-Za-z0-9_-]; Dray wants the first to be a letter or digit, as its clients do.
bool is_valid_name(std::string_view name);

/// The container's name in the log stream of a job that has only one.
inline constexpr std::string_view kOnlyContainer = "default";
/// The log stream of an attempt: the first 200 characters of the definition's name, or of the
/// prefix that it sets, the container's name, and the task id (AWS user guide, job_states).
std::string log_stream_name(std::string_view prefix, std::string_view container,
                            const AttemptKey& attempt);
std::string log_stream_name(std::string_view prefix, const AttemptKey& attempt);
/// Whose a log stream is by its name.
struct LogStreamSource {
  AttemptKey attempt;
  std::string container;
  bool operator==(const LogStreamSource&) const = default;
};
/// Nothing when the name is no attempt's.
std::optional<LogStreamSource> parse_log_stream_name(std::string_view name);

}  // namespace dray::wire
