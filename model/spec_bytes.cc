#include "model/spec_bytes.h"

#include "model/pod_bytes.h"

namespace dray {
namespace {

/// With everything.
constexpr std::uint8_t kVersion = 3;
/// Without nodes, pods and memory growth.
constexpr std::uint8_t kVersionOfOne = 2;
/// Without definition_as_given and consumables. Written where those are empty, so that an agent of
/// before reads it.
constexpr std::uint8_t kVersionPlain = 1;

void write_words(ByteWriter& out, const std::vector<std::string>& words) {
  out.varint(words.size());
  for (const std::string& word : words) {
    out.string(word);
  }
}

std::vector<std::string> read_words(ByteReader& in) {
  std::vector<std::string> words;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    words.push_back(in.string());
  }
  return words;
}

void write_dependencies(ByteWriter& out, const std::vector<Dependency>& dependencies) {
  out.varint(dependencies.size());
  for (const Dependency& dependency : dependencies) {
    out.u64(dependency.job.high);
    out.u64(dependency.job.low);
    out.zigzag(dependency.child);
    out.u8(static_cast<std::uint8_t>(dependency.type));
  }
}

std::vector<Dependency> read_dependencies(ByteReader& in) {
  std::vector<Dependency> dependencies;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    Dependency dependency;
    dependency.job.high = in.u64();
    dependency.job.low = in.u64();
    dependency.child = static_cast<std::int32_t>(in.zigzag());
    dependency.type = in.one_of(DependencyType::AfterNotOk);
    dependencies.push_back(dependency);
  }
  return dependencies;
}

}  // namespace

void write_variables(ByteWriter& out, const std::vector<EnvironmentVariable>& variables) {
  out.varint(variables.size());
  for (const EnvironmentVariable& variable : variables) {
    out.string(variable.name);
    out.string(variable.value);
  }
}

std::vector<EnvironmentVariable> read_variables(ByteReader& in) {
  std::vector<EnvironmentVariable> variables;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    EnvironmentVariable variable;
    variable.name = in.string();
    variable.value = in.string();
    variables.push_back(std::move(variable));
  }
  return variables;
}

void write_strings(ByteWriter& out, const std::map<std::string, std::string>& strings) {
  out.varint(strings.size());
  for (const auto& [name, value] : strings) {
    out.string(name);
    out.string(value);
  }
}

std::map<std::string, std::string> read_strings(ByteReader& in) {
  std::map<std::string, std::string> strings;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    std::string name = in.string();
    strings[std::move(name)] = in.string();
  }
  return strings;
}

void write_retry(ByteWriter& out, const RetryStrategy& retry) {
  out.zigzag(retry.attempts);
  out.varint(retry.rules.size());
  for (const EvaluateOnExit& rule : retry.rules) {
    out.u8(rule.retry ? 1 : 0);
    out.string(rule.on_status_reason);
    out.string(rule.on_reason);
    out.string(rule.on_exit_code);
  }
}

RetryStrategy read_retry(ByteReader& in) {
  RetryStrategy retry;
  retry.attempts = static_cast<std::int32_t>(in.zigzag());
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    EvaluateOnExit rule;
    rule.retry = in.u8() != 0;
    rule.on_status_reason = in.string();
    rule.on_reason = in.string();
    rule.on_exit_code = in.string();
    retry.rules.push_back(std::move(rule));
  }
  return retry;
}

namespace {

void write_growth(ByteWriter& out, const MemoryGrowth& growth) {
  out.zigzag(growth.factor_percent);
  out.zigzag(growth.ceiling_mib);
}

MemoryGrowth read_growth(ByteReader& in) {
  MemoryGrowth growth;
  growth.factor_percent = static_cast<std::int32_t>(in.zigzag());
  growth.ceiling_mib = in.zigzag();
  return growth;
}

}  // namespace

void write_definition_retry(ByteWriter& out, const RetryStrategy& retry) {
  write_retry(out, retry);
  if (retry.memory_growth) {
    write_growth(out, *retry.memory_growth);
  }
}

RetryStrategy read_definition_retry(ByteReader& in) {
  RetryStrategy retry = read_retry(in);
  if (in.is_ok() && !in.is_at_end()) {
    retry.memory_growth = read_growth(in);
  }
  return retry;
}

void write_consumables(ByteWriter& out, const std::vector<ConsumableNeed>& consumables) {
  out.varint(consumables.size());
  for (const ConsumableNeed& need : consumables) {
    out.string(need.name);
    out.zigzag(need.quantity);
  }
}

std::vector<ConsumableNeed> read_consumables(ByteReader& in) {
  std::vector<ConsumableNeed> consumables;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    ConsumableNeed need;
    need.name = in.string();
    need.quantity = in.zigzag();
    consumables.push_back(std::move(need));
  }
  return consumables;
}

void write_container(ByteWriter& out, const ContainerSpec& container) {
  out.string(container.image);
  write_words(out, container.command);
  write_variables(out, container.environment);
  out.zigzag(container.request.milli_vcpus);
  out.zigzag(container.request.memory_mib);
  out.zigzag(container.request.gpus);
  out.u8(container.legacy_resources ? 1 : 0);
  out.string(container.user);
  out.string(container.as_given);
}

ContainerSpec read_container(ByteReader& in) {
  ContainerSpec container;
  container.image = in.string();
  container.command = read_words(in);
  container.environment = read_variables(in);
  container.request.milli_vcpus = in.zigzag();
  container.request.memory_mib = in.zigzag();
  container.request.gpus = in.zigzag();
  container.legacy_resources = in.u8() != 0;
  container.user = in.string();
  container.as_given = in.string();
  return container;
}

namespace {

void write_nodes(ByteWriter& out, std::int32_t main_node, const std::vector<NodeRange>& nodes) {
  out.zigzag(main_node);
  out.varint(nodes.size());
  for (const NodeRange& range : nodes) {
    out.zigzag(range.first);
    out.zigzag(range.last);
    write_container(out, range.container);
    write_consumables(out, range.consumables);
  }
}

std::vector<NodeRange> read_nodes(ByteReader& in, std::int32_t& main_node) {
  main_node = static_cast<std::int32_t>(in.zigzag());
  std::vector<NodeRange> nodes;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    NodeRange& range = nodes.emplace_back();
    range.first = static_cast<std::int32_t>(in.zigzag());
    range.last = static_cast<std::int32_t>(in.zigzag());
    range.container = read_container(in);
    range.consumables = read_consumables(in);
  }
  return nodes;
}

}  // namespace

void write_definition_container(ByteWriter& out, const JobDefinition& definition) {
  write_container(out, definition.container);
  if (definition.kind != DefinitionKind::Container) {
    out.u8(static_cast<std::uint8_t>(definition.kind));
    out.string(definition.container_name);
    if (!definition.pod.empty() || definition.kind == DefinitionKind::MultiNode) {
      write_pod(out, definition.pod);
    }
  }
  if (definition.kind == DefinitionKind::MultiNode) {
    out.zigzag(definition.node_count);
    write_nodes(out, definition.main_node, definition.ranges);
  }
}

JobDefinition read_definition_container(ByteReader& in) {
  JobDefinition definition;
  definition.container = read_container(in);
  if (in.is_ok() && !in.is_at_end()) {
    definition.kind = in.one_of(DefinitionKind::MultiNode);
    definition.container_name = in.string();
    if (in.is_ok() && !in.is_at_end()) {
      definition.pod = read_pod(in);
    }
  }
  if (definition.kind == DefinitionKind::MultiNode && in.is_ok() && !in.is_at_end()) {
    definition.node_count = static_cast<std::int32_t>(in.zigzag());
    definition.ranges = read_nodes(in, definition.main_node);
  }
  return definition;
}

void write_job_spec(ByteWriter& out, const JobSpec& spec) {
  const bool is_of_one = spec.nodes.empty() && spec.pod.empty() && !spec.retry.memory_growth;
  const bool is_plain = is_of_one && spec.definition_as_given.empty() && spec.consumables.empty();
  out.u8(is_plain ? kVersionPlain : is_of_one ? kVersionOfOne : kVersion);
  out.string(spec.name);
  out.string(spec.queue);
  out.string(spec.definition);
  out.zigzag(spec.definition_revision);
  write_container(out, spec.container);
  write_strings(out, spec.parameters);
  write_retry(out, spec.retry);
  out.zigzag(spec.timeout ? spec.timeout->count() : -1);
  write_strings(out, spec.tags);
  out.u8(spec.propagate_tags ? 1 : 0);
  write_words(out, spec.platform_capabilities);
  out.zigzag(spec.scheduling_priority);
  out.string(spec.share_identifier);
  write_dependencies(out, spec.depends_on);
  out.zigzag(spec.array_size);
  out.string(spec.as_given);
  if (!is_plain) {
    out.string(spec.definition_as_given);
    write_consumables(out, spec.consumables);
  }
  if (!is_of_one) {
    write_nodes(out, spec.main_node, spec.nodes);
    write_pod(out, spec.pod);
    out.u8(spec.retry.memory_growth ? 1 : 0);
    if (spec.retry.memory_growth) {
      write_growth(out, *spec.retry.memory_growth);
    }
  }
}

JobSpec read_job_spec(ByteReader& in) {
  JobSpec spec;
  const std::uint8_t version = in.u8();
  if (version < kVersionPlain || version > kVersion) {
    in.mark_broken();
  }
  spec.name = in.string();
  spec.queue = in.string();
  spec.definition = in.string();
  spec.definition_revision = static_cast<std::int32_t>(in.zigzag());
  spec.container = read_container(in);
  spec.parameters = read_strings(in);
  spec.retry = read_retry(in);
  const std::int64_t timeout = in.zigzag();
  if (timeout >= 0) {
    spec.timeout = Duration(timeout);
  }
  spec.tags = read_strings(in);
  spec.propagate_tags = in.u8() != 0;
  spec.platform_capabilities = read_words(in);
  spec.scheduling_priority = static_cast<std::int32_t>(in.zigzag());
  spec.share_identifier = in.string();
  spec.depends_on = read_dependencies(in);
  spec.array_size = static_cast<std::int32_t>(in.zigzag());
  spec.as_given = in.string();
  if (version >= kVersionOfOne) {
    spec.definition_as_given = in.string();
    spec.consumables = read_consumables(in);
  }
  if (version >= kVersion) {
    spec.nodes = read_nodes(in, spec.main_node);
    spec.pod = read_pod(in);
    if (in.u8() != 0) {
      spec.retry.memory_growth = read_growth(in);
    }
  }
  return spec;
}

}  // namespace dray
