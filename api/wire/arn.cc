#include "api/wire/arn.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "model/names.h"

namespace dray::wire {
namespace {

constexpr std::string_view kCluster = "dray";
constexpr std::string_view kQuotaShare = "/quota-share/";

std::string arn(const ArnScope& scope, std::string_view service, std::string_view rest) {
  std::string result = "arn:";
  result += scope.partition();
  result += ':';
  result += service;
  result += ':' + scope.region + ':' + scope.account + ':';
  result += rest;
  return result;
}

std::string with_kind(std::string_view kind, std::string_view name) {
  std::string result(kind);
  result += '/';
  result += name;
  return result;
}

/// Takes "arn:partition:batch:region:account:kind/" off; nothing when `text` is no such ARN.
std::optional<std::string_view> strip_arn(std::string_view text, std::string_view kind) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return std::nullopt;
    }
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const bool is_batch = parts[0] == "arn" && parts[1].starts_with("aws") && parts[2] == "batch";
  if (!is_batch || !text.starts_with(kind) || text.substr(kind.size(), 1) != "/") {
    return std::nullopt;
  }
  return text.substr(kind.size() + 1);
}

std::optional<std::int32_t> parse_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc() && end == text.data() + text.size() &&
                         !text.empty() && text[0] != '-' && (text[0] != '0' || text.size() == 1);
  return is_number ? std::optional(value) : std::nullopt;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string_view ArnScope::partition() const {
  if (region.starts_with("cn-")) {
    return "aws-cn";
  }
  return region.starts_with("us-gov-") ? "aws-us-gov" : "aws";
}

std::string job_arn(const ArnScope& scope, const Uuid& uuid, std::int32_t child) {
  return arn(scope, "batch", with_kind("job", job_id(uuid, child)));
}

std::string job_arn(const ArnScope& scope, const JobName& job) {
  return arn(scope, "batch", with_kind("job", job_id(job)));
}

std::string queue_arn(const ArnScope& scope, std::string_view name) {
  return arn(scope, "batch", with_kind("job-queue", name));
}

std::string environment_arn(const ArnScope& scope, std::string_view name) {
  return arn(scope, "batch", with_kind("compute-environment", name));
}

std::string definition_arn(const ArnScope& scope, std::string_view name, std::int32_t revision) {
  return arn(scope, "batch", with_kind("job-definition", name) + ':' + std::to_string(revision));
}

std::string task_arn(const ArnScope& scope, const AttemptKey& attempt) {
  return arn(scope, "ecs", with_kind("task", with_kind(kCluster, task_id(attempt))));
}

std::string container_instance_arn(const ArnScope& scope, AgentId agent) {
  std::array<char, 33> hex{};
  std::snprintf(hex.data(), hex.size(), "%032llx", static_cast<unsigned long long>(agent.value));
  return arn(scope, "ecs", with_kind("container-instance", with_kind(kCluster, hex.data())));
}

std::string cluster_arn(const ArnScope& scope) {
  return arn(scope, "ecs", with_kind("cluster", kCluster));
}

std::string log_group_arn(const ArnScope& scope, std::string_view group) {
  return arn(scope, "logs", "log-group:" + std::string(group));
}

std::string job_id(const Uuid& uuid, std::int32_t child) {
  std::string id = to_string(uuid);
  return child == kNoChild ? id : id + ':' + std::to_string(child);
}

std::string job_id(const JobName& job) {
  return job.is_node ? to_string(job.uuid) + '#' + std::to_string(job.child)
                     : job_id(job.uuid, job.child);
}

std::optional<JobName> parse_job_name(std::string_view text) {
  text = strip_arn(text, "job").value_or(text);
  JobName name;
  const std::size_t colon = text.find_first_of(":#");
  if (colon != std::string_view::npos) {
    const std::optional<std::int32_t> child = parse_number(text.substr(colon + 1));
    if (!child) {
      return std::nullopt;
    }
    name.child = *child;
    name.is_node = text[colon] == '#';
  }
  const std::optional<Uuid> uuid = parse_uuid(text.substr(0, colon));
  if (!uuid) {
    return std::nullopt;
  }
  name.uuid = *uuid;
  return name;
}

std::string queue_name(std::string_view name_or_arn) {
  return std::string(strip_arn(name_or_arn, "job-queue").value_or(name_or_arn));
}

std::string environment_name(std::string_view name_or_arn) {
  return std::string(strip_arn(name_or_arn, "compute-environment").value_or(name_or_arn));
}

std::optional<DefinitionName> parse_definition_name(std::string_view text) {
  text = strip_arn(text, "job-definition").value_or(text);
  const std::size_t colon = text.find(':');
  DefinitionName result{std::string(text.substr(0, colon)), 0};
  if (colon == std::string_view::npos) {
    return result;
  }
  const std::optional<std::int32_t> revision = parse_number(text.substr(colon + 1));
  if (!revision || *revision < 1) {
    return std::nullopt;
  }
  result.revision = *revision;
  return result;
}

std::string entry_arn(const ArnScope& scope, const EntryKey& key) {
  if (key.kind != ResourceKind::QuotaShare) {
    return arn(scope, "batch", with_kind(name_of(key.kind), key.name));
  }
  const std::size_t slash = key.name.find('/');
  return queue_arn(scope, key.name.substr(0, slash)) + std::string(kQuotaShare) +
         key.name.substr(slash + 1);
}

std::optional<std::string> parse_entry_arn(ResourceKind kind, std::string_view arn_text) {
  if (kind != ResourceKind::QuotaShare) {
    const auto name = strip_arn(arn_text, name_of(kind));
    return name ? std::optional(std::string(*name)) : std::nullopt;
  }
  const auto share = strip_arn(arn_text, name_of(ResourceKind::Queue));
  const std::size_t at = share ? share->find(kQuotaShare) : std::string_view::npos;
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return with_kind(share->substr(0, at), share->substr(at + kQuotaShare.size()));
}

std::string entry_name(ResourceKind kind, std::string_view name_or_arn) {
  return parse_entry_arn(kind, name_or_arn).value_or(std::string(name_or_arn));
}

std::optional<ResourceName> parse_resource_arn(std::string_view arn_text) {
  if (strip_arn(arn_text, "job-definition")) {
    const std::optional<DefinitionName> definition = parse_definition_name(arn_text);
    if (!definition || definition->revision == 0) {
      return std::nullopt;
    }
    return ResourceName{ResourceKind::Definition, definition->name, definition->revision, {}};
  }
  if (strip_arn(arn_text, "job")) {
    const std::optional<JobName> job = parse_job_name(arn_text);
    if (!job) {
      return std::nullopt;
    }
    return ResourceName{ResourceKind::Job, "", 0, *job};
  }
  // Quota shares before queues, whose ARNs theirs begin with.
  for (const ResourceKind kind :
       {ResourceKind::QuotaShare, ResourceKind::Queue, ResourceKind::Environment,
        ResourceKind::SchedulingPolicy, ResourceKind::ConsumableResource,
        ResourceKind::ServiceEnvironment}) {
    if (std::optional<std::string> name = parse_entry_arn(kind, arn_text)) {
      return ResourceName{kind, std::move(*name), 0, {}};
    }
  }
  return std::nullopt;
}

bool is_valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && is_letter_or_digit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
}

std::string log_stream_name(std::string_view prefix, std::string_view container,
                            const AttemptKey& attempt) {
  return std::string(prefix.substr(0, 200)) + "/" + std::string(container) + "/" + task_id(attempt);
}

std::string log_stream_name(std::string_view prefix, const AttemptKey& attempt) {
  return log_stream_name(prefix, kOnlyContainer, attempt);
}

std::string log_group_name(std::string_view name_or_arn) {
  constexpr std::string_view kMark = ":log-group:";
  const std::size_t at = name_or_arn.find(kMark);
  if (at == std::string_view::npos) {
    return std::string(name_or_arn);
  }
  name_or_arn.remove_prefix(at + kMark.size());
  if (name_or_arn.ends_with(":*")) {
    name_or_arn.remove_suffix(2);
  }
  return std::string(name_or_arn);
}

std::optional<LogStreamSource> parse_log_stream_name(std::string_view name) {
  const std::size_t last = name.rfind('/');
  const std::size_t before =
      last == std::string_view::npos || last == 0 ? last : name.rfind('/', last - 1);
  if (last == std::string_view::npos || before == std::string_view::npos) {
    return std::nullopt;
  }
  const std::optional<AttemptKey> attempt = parse_task_id(name.substr(last + 1));
  std::string container(name.substr(before + 1, last - before - 1));
  if (!attempt || container.empty()) {
    return std::nullopt;
  }
  return LogStreamSource{*attempt, std::move(container)};
}

}  // namespace dray::wire
