#include "api/wire/client_responses.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "model/names.h"

namespace dray::wire {
namespace {

using Json = nlohmann::ordered_json;

const Json kNothing;

std::optional<Json> parse_object(std::string_view body) {
  Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) {
    return std::nullopt;
  }
  return json;
}

/// The member, or null when it is missing or `json` is no object.
const Json& member(const Json& json, const char* name) {
  if (!json.is_object()) {
    return kNothing;
  }
  const auto found = json.find(name);
  return found == json.end() ? kNothing : *found;
}

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A text; a number as text.
std::string text(const Json& json, const char* name) {
  const Json& value = member(json, name);
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_number() ? value.dump() : std::string();
}

std::optional<std::int64_t> integer(const Json& json, const char* name) {
  const Json& value = member(json, name);
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_number_float() && std::abs(value.get<double>()) < 9e15) {
    return static_cast<std::int64_t>(value.get<double>());
  }
  return std::nullopt;
}

std::int64_t integer_or_zero(const Json& json, const char* name) {
  return integer(json, name).value_or(0);
}

std::optional<std::int32_t> small(const Json& json, const char* name) {
  const std::optional<std::int64_t> value = integer(json, name);
  if (!value || *value > INT32_MAX || *value < INT32_MIN) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*value);
}

bool flag(const Json& json, const char* name) {
  const Json& value = member(json, name);
  return value.is_boolean() && value.get<bool>();
}

std::optional<WallTime> time(const Json& json, const char* name) {
  const std::optional<std::int64_t> value = integer(json, name);
  return value ? std::optional<WallTime>(WallTime{*value}) : std::nullopt;
}

std::vector<std::string> texts(const Json& json, const char* name) {
  std::vector<std::string> out;
  const Json& list = member(json, name);
  if (list.is_array()) {
    for (const Json& item : list) {
      out.push_back(item.is_string() ? item.get<std::string>() : line_of(item));
    }
  }
  return out;
}

/// "arn:aws:batch:r:a:job-queue/name" -> "name"; anything else as it is.
std::string behind_slash(const std::string& arn) {
  const std::size_t slash = arn.starts_with("arn:") ? arn.find('/') : std::string::npos;
  return slash == std::string::npos ? arn : arn.substr(slash + 1);
}

StateCounts counts_of(const Json& json) {
  StateCounts counts{};
  for (std::size_t i = 0; i < kJobStates; ++i) {
    const std::string name(name_of(static_cast<JobState>(i)));
    counts[i] = static_cast<std::uint32_t>(integer_or_zero(json, name.c_str()));
  }
  return counts;
}

/// vCPUs are a number, perhaps with a fraction; the model counts thousandths.
Resources resources_of(const Json& json) {
  const Json& vcpus = member(json, "vcpus");
  const double number = vcpus.is_number() ? vcpus.get<double>() : 0;
  return {number >= 0 && number < 1e9 ? std::llround(number * 1000) : 0,
          integer_or_zero(json, "memoryMiB"), integer_or_zero(json, "gpus")};
}

std::optional<Usage> usage_of(const Json& own) {
  const std::optional<std::int64_t> cpu = integer(own, "cpuMs");
  const std::optional<std::int64_t> peak = integer(own, "memoryPeakKiB");
  if (!cpu && !peak) {
    return std::nullopt;
  }
  return Usage{cpu.value_or(0), peak.value_or(0)};
}

AttemptView attempt_of(const Json& json) {
  AttemptView attempt;
  attempt.started_at = time(json, "startedAt");
  attempt.stopped_at = time(json, "stoppedAt");
  attempt.status_reason = text(json, "statusReason");
  const Json& container = member(json, "container");
  attempt.exit_code = small(container, "exitCode");
  attempt.reason = text(container, "reason");
  attempt.log_stream = text(container, "logStreamName");
  const Json& own = member(json, "dray");
  attempt.agent = text(own, "agent");
  attempt.outcome = text(own, "outcome");
  attempt.usage = usage_of(own);
  if (!attempt.exit_code && attempt.reason.empty()) {  // Of several containers.
    attempt.exit_code = small(own, "exitCode");
    attempt.reason = text(own, "reason");
  }
  return attempt;
}

void read_container(JobView& job, const Json& container) {
  job.exit_code = small(container, "exitCode");
  job.reason = text(container, "reason");
  job.image = text(container, "image");
  job.command = texts(container, "command");
  job.vcpus = text(container, "vcpus");
  job.memory = text(container, "memory");
  for (const Json& variable : member(container, "environment")) {
    job.environment.emplace_back(text(variable, "name"), text(variable, "value"));
  }
  for (const Json& need : member(container, "resourceRequirements")) {
    const std::string type = text(need, "type");
    std::string& place = type == "VCPU" ? job.vcpus : type == "MEMORY" ? job.memory : job.gpus;
    place = text(need, "value");
  }
}

void read_array(JobView& job, const Json& array) {
  job.array_size = small(array, "size").value_or(0);
  job.child = small(array, "index").value_or(kNoChild);
  if (member(array, "statusSummary").is_object()) {
    job.counts = counts_of(member(array, "statusSummary"));
  }
}

/// Of ecsProperties or eksProperties, when the job runs several.
void read_containers(JobView& job, const Json& json) {
  if (!job.image.empty()) {
    return;
  }
  const Json& pod = member(member(json, "eksProperties"), "podProperties");
  std::vector<const Json*> lists{&member(pod, "initContainers"), &member(pod, "containers")};
  for (const Json& task : member(member(json, "ecsProperties"), "taskProperties")) {
    lists.push_back(&member(task, "containers"));
  }
  for (const Json* list : lists) {
    for (const Json& one : *list) {
      job.containers.push_back(
          {text(one, "name"), text(one, "image"), small(one, "exitCode"), text(one, "reason")});
    }
  }
}

std::string dependency_text(const Json& json) {
  const std::string id = text(json, "jobId");
  const std::string type = text(json, "type");
  if (type == "SEQUENTIAL" && id.empty()) {
    return "own children in order";
  }
  return type.empty() ? id : id + " (" + type + ")";
}

JobView job_of(const Json& json) {
  JobView job;
  job.id = text(json, "jobId");
  job.name = text(json, "jobName");
  job.queue = behind_slash(text(json, "jobQueue"));
  job.definition = behind_slash(text(json, "jobDefinition"));
  job.state = parse_job_state(text(json, "status")).value_or(JobState::Submitted);
  job.status_reason = text(json, "statusReason");
  job.created_at = time(json, "createdAt");
  job.started_at = time(json, "startedAt");
  job.stopped_at = time(json, "stoppedAt");
  read_container(job, member(json, "container"));
  read_containers(job, json);
  read_array(job, member(json, "arrayProperties"));
  for (const Json& dependency : member(json, "dependsOn")) {
    job.depends_on.push_back(dependency_text(dependency));
  }
  job.attempts_allowed = small(member(json, "retryStrategy"), "attempts").value_or(1);
  job.timeout_s = integer(member(json, "timeout"), "attemptDurationSeconds");
  for (const Json& attempt : member(json, "attempts")) {
    job.attempts.push_back(attempt_of(attempt));
  }
  if (is_terminal(job.state) && !job.exit_code && job.reason.empty() && !job.attempts.empty()) {
    job.exit_code = job.attempts.back().exit_code;  // Of several containers.
    job.reason = job.attempts.back().reason;
  }
  job.is_cancelled = flag(json, "isCancelled");
  job.is_terminated = flag(json, "isTerminated");
  const Json& own = member(json, "dray");
  job.agent = text(own, "agent");
  job.is_held = flag(own, "isHeld");
  job.held_children = text(own, "heldChildren");
  job.priority = small(own, "priority");
  job.json = line_of(json);
  return job;
}

/// Reads the list `name` of the answer with `read_one`.
template <class View>
std::optional<std::vector<View>> list_of(std::string_view body, const char* name,
                                         View (*read_one)(const Json&)) {
  const std::optional<Json> json = parse_object(body);
  if (!json || !member(*json, name).is_array()) {
    return std::nullopt;
  }
  std::vector<View> out;
  for (const Json& item : member(*json, name)) {
    out.push_back(read_one(item));
  }
  return out;
}

DefinitionView definition_of(const Json& json) {
  return {text(json, "jobDefinitionName"), small(json, "revision").value_or(0),
          text(member(json, "containerProperties"), "image")};
}

AgentView agent_of(const Json& json) {
  AgentView agent;
  agent.name = text(json, "name");
  agent.environment = text(json, "environment");
  agent.state = text(json, "state");
  agent.capacity = resources_of(member(json, "capacity"));
  agent.reserved = resources_of(member(json, "reserved"));
  agent.attempts_live = static_cast<std::uint32_t>(integer_or_zero(json, "attemptsLive"));
  agent.attempts_ahead = static_cast<std::uint32_t>(integer_or_zero(json, "attemptsAhead"));
  agent.json = line_of(json);
  return agent;
}

QueueView queue_of(const Json& json) {
  QueueView queue;
  queue.name = text(json, "name");
  queue.is_enabled = text(json, "state") != "DISABLED";
  queue.priority = small(json, "priority").value_or(0);
  for (const std::string& environment : texts(json, "environments")) {
    queue.environments.push_back(behind_slash(environment));
  }
  queue.counts = counts_of(member(json, "counts"));
  queue.json = line_of(json);
  return queue;
}

VerdictView verdict_of(const Json& json) {
  return {text(json, "agent"),
          text(json, "environment"),
          text(json, "verdict"),
          resources_of(member(json, "capacity")),
          resources_of(member(json, "free")),
          resources_of(member(json, "shortOf"))};
}

}  // namespace

std::optional<std::vector<JobView>> decode_jobs(std::string_view body) {
  return list_of<JobView>(body, "jobs", job_of);
}

std::optional<JobPageView> decode_job_page(std::string_view body) {
  std::optional<std::vector<JobView>> jobs = list_of<JobView>(body, "jobSummaryList", job_of);
  if (!jobs) {
    return std::nullopt;
  }
  return JobPageView{std::move(*jobs), text(*parse_object(body), "nextToken")};
}

std::optional<std::vector<CauseView>> decode_causes(std::string_view body) {
  return list_of<CauseView>(body, "causes", [](const Json& json) {
    return CauseView{small(json, "exitCode"), text(json, "reason"), text(json, "statusReason"),
                     integer_or_zero(json, "count"), text(json, "indexes")};
  });
}

std::optional<std::int64_t> decode_rerun_answer(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  return json ? integer(*json, "children") : std::nullopt;
}

std::optional<SubmittedView> decode_submitted(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json || text(*json, "jobId").empty()) {
    return std::nullopt;
  }
  return SubmittedView{text(*json, "jobId"), text(*json, "jobName"), line_of(*json)};
}

std::optional<std::vector<DefinitionView>> decode_definitions(std::string_view body) {
  return list_of<DefinitionView>(body, "jobDefinitions", definition_of);
}

std::optional<DefinitionView> decode_registered(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json || !small(*json, "revision")) {
    return std::nullopt;
  }
  return definition_of(*json);
}

std::optional<std::vector<AgentView>> decode_agents(std::string_view body) {
  return list_of<AgentView>(body, "agents", agent_of);
}

std::optional<std::vector<QueueView>> decode_queues(std::string_view body) {
  return list_of<QueueView>(body, "queues", queue_of);
}

std::optional<ExplanationView> decode_explanation(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json) {
    return std::nullopt;
  }
  ExplanationView out;
  out.job_id = text(*json, "jobId");
  out.code = text(*json, "code");
  out.sentence = text(*json, "sentence");
  for (const Json& agent : member(*json, "agents")) {
    out.agents.push_back(verdict_of(agent));
  }
  out.blockers = texts(*json, "blockers");
  out.would_start_if = texts(*json, "wouldStartIf");
  out.position = static_cast<std::uint64_t>(integer_or_zero(*json, "position"));
  out.json = line_of(*json);
  return out;
}

std::optional<HistoryView> decode_history(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json) {
    return std::nullopt;
  }
  HistoryView out;
  out.job_id = text(*json, "jobId");
  for (const Json& entry : member(*json, "history")) {
    HistoryLineView& line = out.lines.emplace_back();
    if (const auto at = integer(entry, "at")) {
      line.at = WallTime{*at};
    }
    line.status = text(entry, "status");
    line.request = text(entry, "request");
    line.by = text(entry, "by");
    line.reason = text(entry, "reason");
    line.attempt = integer(entry, "attempt");
    line.agent = text(entry, "agent");
    line.outcome = text(entry, "outcome");
    line.exit_code = integer(entry, "exitCode");
    line.is_estimate = member(entry, "isEstimate") == true;
  }
  out.json = line_of(*json);
  return out;
}

std::optional<UsageView> decode_usage(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json) {
    return std::nullopt;
  }
  const auto row = [&json](const char* name) {
    const Json& seen = member(*json, name);
    return UsageRowView{text(member(*json, "requested"), name), text(seen, "median"),
                        text(seen, "p95"), text(seen, "max"),
                        text(member(*json, "suggested"), name)};
  };
  UsageView out;
  out.jobs = static_cast<std::uint64_t>(integer_or_zero(*json, "jobs"));
  out.attempts = static_cast<std::uint64_t>(integer_or_zero(*json, "attempts"));
  out.out_of_memory = static_cast<std::uint64_t>(integer_or_zero(*json, "outOfMemory"));
  out.memory_mib = row("memoryMiB");
  out.vcpus = row("vcpus");
  out.json = line_of(*json);
  return out;
}

std::optional<std::string> decode_version(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  return json ? std::optional<std::string>(text(*json, "version")) : std::nullopt;
}

std::string encode_versions(std::string_view program, const std::optional<std::string>& scheduler) {
  Json json{{"dray", program}};
  json["scheduler"] = scheduler ? Json(*scheduler) : Json();
  return line_of(json);
}

std::optional<std::size_t> decode_count(std::string_view body, const char* name) {
  const std::optional<Json> json = parse_object(body);
  if (!json || !member(*json, name).is_array()) {
    return std::nullopt;
  }
  return member(*json, name).size();
}

ErrorView decode_error(std::string_view body) {
  const std::optional<Json> json = parse_object(body);
  if (!json) {
    return {};
  }
  std::string message = text(*json, "message");
  if (message.empty()) {
    message = text(*json, "Message");
  }
  return {text(*json, "__type"), std::move(message)};
}

std::string indented_json(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) {
    return std::string(json);
  }
  return parsed.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string indented_json_list(const std::vector<std::string>& values) {
  std::string joined = "[";
  for (const std::string& value : values) {
    joined += joined.size() > 1 ? "," + value : value;
  }
  return indented_json(joined + "]");
}

}  // namespace dray::wire
