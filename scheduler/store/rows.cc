#include "scheduler/store/rows.h"

#include <memory>
#include <optional>

#include <sqlite3.h>

#include "model/bytes.h"
#include "model/catalogue_bytes.h"
#include "model/names.h"
#include "model/pod_bytes.h"
#include "model/spec_bytes.h"

namespace dray::store {
namespace {

[[noreturn]] void broken(std::string what) {
  throw SqlError{SQLITE_CORRUPT, std::move(what) + " cannot be read"};
}

/// What `read` makes of all of `bytes`.
template <class Read>
auto decode(std::string_view bytes, const char* what, Read read) {
  ByteReader in(bytes);
  auto value = read(in);
  if (!in.is_ok() || !in.is_at_end()) {
    broken(what);
  }
  return value;
}

template <class Write>
std::string encode(Write write) {
  ByteWriter out;
  write(out);
  return out.take();
}

std::vector<std::string> read_words(ByteReader& in) {
  std::vector<std::string> words;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    words.push_back(in.string());
  }
  return words;
}

std::map<std::string, std::int32_t> read_limits(ByteReader& in) {
  std::map<std::string, std::int32_t> limits;
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    std::string name = in.string();
    limits[std::move(name)] = static_cast<std::int32_t>(in.zigzag());
  }
  return limits;
}

/// The enumerator from the first to `last` whose name is `name`.
template <class Enum>
Enum read_name(std::string_view name, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (name_of(static_cast<Enum>(i)) == name) {
      return static_cast<Enum>(i);
    }
  }
  broken("the word " + std::string(name));
}

std::optional<WallTime> optional_time(const Statement& row, int column) {
  const auto value = row.optional_integer(column);
  return value ? std::optional(WallTime{*value}) : std::nullopt;
}

void append_number(std::string& bytes, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

std::uint64_t take_number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace

std::string uuid_bytes(const Uuid& uuid) {
  std::string bytes;
  append_number(bytes, uuid.high);
  append_number(bytes, uuid.low);
  return bytes;
}

Uuid read_uuid(std::string_view bytes) {
  if (bytes.size() != 16) {
    broken("a uuid");
  }
  return {take_number(bytes), take_number(bytes.substr(8))};
}

std::string limits_bytes(const std::map<std::string, std::int32_t>& limits) {
  return encode([&](ByteWriter& out) {
    out.varint(limits.size());
    for (const auto& [name, running_max] : limits) {
      out.string(name);
      out.zigzag(running_max);
    }
  });
}

std::string words_bytes(const std::vector<std::string>& words) {
  return encode([&](ByteWriter& out) {
    out.varint(words.size());
    for (const std::string& word : words) {
      out.string(word);
    }
  });
}

std::string variables_bytes(const std::vector<EnvironmentVariable>& variables) {
  return encode([&](ByteWriter& out) { write_variables(out, variables); });
}

std::string strings_bytes(const std::map<std::string, std::string>& strings) {
  return encode([&](ByteWriter& out) { write_strings(out, strings); });
}

std::string container_bytes(const JobDefinition& definition) {
  return encode([&](ByteWriter& out) { write_definition_container(out, definition); });
}

std::string consumables_bytes(const std::vector<ConsumableNeed>& consumables) {
  return encode([&](ByteWriter& out) { write_consumables(out, consumables); });
}

std::string retry_bytes(const RetryStrategy& retry) {
  return encode([&](ByteWriter& out) { write_definition_retry(out, retry); });
}

std::string container_ends_bytes(const std::vector<ContainerEnd>& ends) {
  return encode([&](ByteWriter& out) { write_container_ends(out, ends); });
}

std::string entry_bytes(const CatalogueEntry& entry) {
  return encode([&](ByteWriter& out) { write_entry(out, entry); });
}

std::string spec_bytes(const JobSpec& spec) {
  return encode([&](ByteWriter& out) { write_job_spec(out, spec); });
}

JobSpec read_spec(std::string_view bytes) {
  return decode(bytes, "a job's spec", read_job_spec);
}

ComputeEnvironment read_environment(const Statement& row) {
  ComputeEnvironment environment;
  environment.name = row.text(0);
  environment.is_managed = row.integer(1) != 0;
  environment.is_enabled = row.integer(2) != 0;
  if (const auto unmanaged_vcpus = row.optional_integer(7)) {
    environment.unmanaged_vcpus = static_cast<std::int32_t>(*unmanaged_vcpus);
  }
  if (const auto vcpus_max = row.optional_integer(3)) {
    environment.vcpus_max = static_cast<std::int32_t>(*vcpus_max);
  }
  environment.uuid = row.text(4);
  environment.tags = decode(row.blob(5), "tags", read_strings);
  environment.as_given = row.text(6);
  return environment;
}

JobQueue read_queue(const Statement& row) {
  JobQueue queue;
  queue.name = row.text(0);
  queue.is_enabled = row.integer(1) != 0;
  queue.priority = static_cast<std::int32_t>(row.integer(2));
  queue.environments = decode(row.blob(3), "a queue's environments", read_words);
  queue.job_environment = decode(row.blob(4), "a queue's variables", read_variables);
  queue.tags = decode(row.blob(5), "tags", read_strings);
  queue.as_given = row.text(6);
  queue.scheduling_policy = row.text(7);
  queue.service_environments = decode(row.blob(8), "a queue's service environments", read_words);
  auto limits = parse_time_limits(row.text(9));
  if (!limits) {
    broken("a queue's time limits");
  }
  queue.time_limits = std::move(*limits);
  queue.limits.running_max = static_cast<std::int32_t>(row.integer(10));
  queue.limits.by_name = decode(row.blob(11), "a queue's limits", read_limits);
  const auto order = parse_dispatch_order(row.text(12));
  if (!order) {
    broken("a queue's order");
  }
  queue.order = *order;
  return queue;
}

CatalogueEntry read_entry(const Statement& row) {
  CatalogueEntry entry;
  entry.key = {read_name(row.text(0), ResourceKind::QuotaShare), std::string(row.text(1))};
  entry.created_at = {row.integer(2)};
  return decode(row.blob(3), "an entry of the catalogue", [&entry](ByteReader& in) {
    dray::read_entry(in, entry);
    return std::move(entry);
  });
}

JobDefinition read_definition(const Statement& row) {
  JobDefinition definition =
      decode(row.blob(3), "a definition's container", read_definition_container);
  definition.name = row.text(0);
  definition.revision = static_cast<std::int32_t>(row.integer(1));
  definition.status = read_name(row.text(2), DefinitionStatus::Inactive);
  definition.parameters = decode(row.blob(4), "parameters", read_strings);
  definition.retry = decode(row.blob(5), "a retry strategy", read_definition_retry);
  definition.retry_given = row.integer(6) != 0;
  if (const auto timeout = row.optional_integer(7)) {
    definition.timeout = Duration(*timeout);
  }
  definition.tags = decode(row.blob(8), "tags", read_strings);
  definition.propagate_tags = row.integer(9) != 0;
  if (const auto priority = static_cast<std::int32_t>(row.integer(10)); priority != kNoPriority) {
    definition.scheduling_priority = priority;
  }
  definition.platform_capabilities = decode(row.blob(11), "platform capabilities", read_words);
  definition.as_given = row.text(12);
  definition.consumables = decode(row.blob(13), "consumables", read_consumables);
  return definition;
}

ShareUsed read_share(const Statement& row) {
  return {.share = {std::string(row.text(0)), std::string(row.text(1))},
          .use = {row.integer(2), row.integer(3), row.integer(4)},
          .at = WallTime{row.integer(5)}};
}

AccessKey read_access_key(const Statement& row) {
  AccessKey key;
  key.id = row.text(0);
  key.user = row.text(1);
  key.role = read_name(row.text(2), Role::Admin);
  key.queues = row.text(3);
  key.sealed_secret = row.blob(4);
  key.is_active = row.integer(5) != 0;
  key.created_at = WallTime{row.integer(6)};
  key.last_used_at = optional_time(row, 7);
  return key;
}

Agent read_agent(const Statement& row) {
  Agent agent;
  agent.id.value = row.number(0);
  agent.name = row.text(1);
  agent.environment = row.text(2);
  agent.capacity = {row.integer(3), row.integer(4), row.integer(5)};
  agent.boot_id = row.text(6);
  agent.folder = row.text(7);
  agent.incarnation = row.number(8);
  agent.hello_sequence = row.number(9);
  agent.session.value = row.number(10);
  agent.is_draining = row.integer(11) != 0;
  return agent;
}

Job read_job(const Statement& row) {
  Job job;
  job.id.value = row.number(0);
  job.uuid = read_uuid(row.blob(1));
  job.state = read_name(row.text(2), JobState::Failed);
  job.created_at.epoch_ms = row.integer(3);
  job.started_at = optional_time(row, 4);
  job.stopped_at = optional_time(row, 5);
  job.attempts_made = static_cast<AttemptNumber>(row.integer(6));
  job.status_reason = row.text(7);
  job.is_cancelled = row.integer(8) != 0;
  job.is_terminated = row.integer(9) != 0;
  job.spec = std::make_shared<const JobSpec>(read_spec(row.blob(10)));
  job.limits = {static_cast<std::int32_t>(row.integer(19)),
                static_cast<std::int32_t>(row.integer(20)),
                static_cast<std::uint32_t>(row.integer(21))};
  job.is_held = row.integer(22) != 0;
  job.reopened_after.value = row.number(23);
  if (const auto priority = row.optional_integer(24)) {
    job.priority = static_cast<std::int32_t>(*priority);
  }
  if (const std::string_view held = row.text(25); !held.empty()) {
    auto runs = parse_child_runs(held);
    if (!runs) {
      broken("the held children of an array");
    }
    job.held_children = std::move(*runs);
  }
  return job;
}

StateCounts read_counts(const Statement& row) {
  StateCounts counts{};
  for (std::size_t i = 0; i < kJobStates; ++i) {
    counts[i] = static_cast<std::uint32_t>(row.integer(11 + static_cast<int>(i)));
  }
  return counts;
}

WallTime read_counted_at(const Statement& row) {
  return {row.integer(18)};
}

Attempt read_attempt(const Statement& row) {
  Attempt attempt;
  attempt.key = {{JobId{row.number(0)}, static_cast<std::int32_t>(row.integer(1))},
                 static_cast<AttemptNumber>(row.integer(2))};
  const Uuid token = read_uuid(row.blob(3));
  attempt.token = {token.high, token.low};
  attempt.agent.value = row.number(4);
  attempt.state = read_name(row.text(5), AttemptState::Ended);
  attempt.ordered_at.epoch_ms = row.integer(6);
  attempt.started_at = optional_time(row, 7);
  attempt.stopped_at = optional_time(row, 8);
  if (!row.is_null(9)) {
    AttemptEnd& end = attempt.end.emplace();
    end.outcome = read_name(row.text(9), Outcome::Stopped);
    if (const auto exit_code = row.optional_integer(10)) {
      end.exit_code = static_cast<std::int32_t>(*exit_code);
    }
    end.reason = row.text(11);
    end.status_reason = row.text(12);
    end.usage = {row.integer(13), row.integer(14)};
    if (!row.is_null(19)) {
      end.containers = decode(row.blob(19), "the ends of containers", read_container_ends);
    }
  }
  attempt.stop_requested = row.integer(15) != 0;
  attempt.stop_reason = row.text(16);
  attempt.is_final = row.integer(17) == 1;
  attempt.is_rerun = row.integer(17) == 2;
  attempt.is_held = row.integer(18) != 0;
  return attempt;
}

ChildrenEnded read_children_ended(const Statement& row) {
  ChildrenEnded ended;
  ended.job.value = row.number(0);
  ended.first = static_cast<std::int32_t>(row.integer(1));
  ended.last = static_cast<std::int32_t>(row.integer(2));
  ended.state = read_name(row.text(3), JobState::Failed);
  ended.status_reason = row.text(4);
  ended.at.epoch_ms = row.integer(5);
  ended.is_cancelled = row.integer(6) != 0;
  ended.is_terminated = row.integer(7) != 0;
  return ended;
}

std::string select(std::string_view columns, std::string_view rest) {
  return "SELECT " + std::string(columns) + " " + std::string(rest);
}

}  // namespace dray::store
