#include "api/wire/job_pod.h"

#include <algorithm>
#include <map>

#include "api/wire/json_reader.h"
#include "api/wire/log_target.h"
#include "api/wire/request_members.h"
#include "model/names.h"

namespace dray::wire {
namespace {

/// The log stream exists for attempts that began (AWS: from RUNNING on).
bool has_log(const Attempt& attempt) {
  return attempt.started_at.has_value();
}

/// How the container of this place ended; nothing while that is not known.
const ContainerEnd* end_of_container(const Attempt* attempt, std::size_t at) {
  return attempt != nullptr && attempt->end && at < attempt->end->containers.size()
             ? &attempt->end->containers[at]
             : nullptr;
}

void write_container_end(JsonWriter& out, const ContainerEnd* end) {
  if (end != nullptr && end->exit_code) {
    out.number("exitCode", *end->exit_code);
  }
  if (end != nullptr) {
    out.text_if_any("reason", std::string_view(end->reason).substr(0, kShownReasonMax));
  }
}

/// How a container of a pod ended, and where its log is.
void write_pod_outcome(JsonWriter& out, const JobDetail& detail, const Attempt& attempt,
                       std::size_t at) {
  const ContainerEnd* end = end_of_container(&attempt, at);
  write_container_end(out, end);
  if (has_log(attempt) && (end == nullptr || end->has_begun)) {
    const PodContainer& one = detail.job.spec->pod[at];
    out.text("logStreamName", log_stream_name(log_target(one.container.as_given),
                                              detail.job.spec->definition, one.name, attempt.key));
  }
}

/// The one task of a job with ecsProperties, as it was run.
void write_ecs_task(JsonWriter& out, const ArnScope& scope, const JobDetail& detail,
                    const JsonObject& task) {
  const JobSpec& spec = *detail.job.spec;
  const Attempt* attempt = latest_attempt(detail);
  out.begin_object().members_of(task.json(), {"containers"});
  out.name("containers").begin_list();
  std::size_t at = 0;
  for (const JsonObject& given : task.objects("containers")) {
    const bool is_of_pod = at < spec.pod.size();
    const ContainerSpec& container = is_of_pod ? spec.pod[at].container : spec.container;
    out.begin_object();
    out.members_of(given.json(), {"command", "environment", "resourceRequirements"});
    out.texts("command", container.command);
    write_variables(out, "environment", container.environment);
    write_resources(out, container);
    if (attempt != nullptr && is_of_pod) {
      write_pod_outcome(out, detail, *attempt, at);
    } else if (attempt != nullptr) {
      write_attempt_outcome(out, detail, *attempt);
    }
    out.end_object();
    ++at;
  }
  out.end_list();
  if (attempt != nullptr) {
    write_attempt_place(out, scope, *attempt);
  }
  out.end_object();
}

std::string pod_name(const Attempt& attempt) {
  return "aws-batch." + task_id(attempt.key);
}

/// Places in the pod of its initContainers, or of the others.
std::vector<std::size_t> places_of(const Pod& pod, bool is_init) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < pod.size(); ++at) {
    if ((pod[at].role == ContainerRole::Init) == is_init) {
      places.push_back(at);
    }
  }
  return places;
}

/// What overrides and parameters made of a container, in Kubernetes' members.
void write_eks_container(JsonWriter& out, const PodContainer& one, const JsonObject& given) {
  out.members_of(given.json(), {"name", "image", "command", "args", "env", "resources"});
  out.text("name", one.name);
  out.text("image", one.container.image);
  const auto& words = one.container.command;
  const auto border = words.begin() + one.entry_words;
  out.texts("command", {words.begin(), border});
  out.texts("args", {border, words.end()});
  write_variables(out, "env", one.container.environment);
  const Resources& request = one.container.request;
  std::map<std::string, std::string> limits{{"cpu", decimal_of(request.milli_vcpus)},
                                            {"memory", std::to_string(request.memory_mib) + "Mi"}};
  if (request.gpus > 0) {
    limits["nvidia.com/gpu"] = std::to_string(request.gpus);
  }
  out.name("resources").begin_object().text_map("limits", limits).end_object();
}

void write_eks_list(JsonWriter& out, const JobDetail& detail, const JsonObject& pod, bool is_init) {
  const char* member = is_init ? "initContainers" : "containers";
  const std::vector<JsonObject> given = pod.objects(member);
  const std::vector<std::size_t> places = places_of(detail.job.spec->pod, is_init);
  out.name(member).begin_list();
  for (std::size_t at = 0; at < std::min(given.size(), places.size()); ++at) {
    out.begin_object();
    write_eks_container(out, detail.job.spec->pod[places[at]], given[at]);
    write_container_end(out, end_of_container(latest_attempt(detail), places[at]));
    out.end_object();
  }
  out.end_list();
}

/// The definition's and those of the override, which win one by one.
void write_eks_metadata(JsonWriter& out, const JsonObject& pod, const JsonObject& job) {
  const auto under = pod.object("metadata");
  const auto over = job.object("eksMetadata");
  if (!under && !over) {
    return;
  }
  out.name("metadata").begin_object();
  out.members_of(merge_objects(under ? under->json() : "", over ? over->json() : ""),
                 {"labels", "annotations"});
  for (const char* map : {"labels", "annotations"}) {
    auto merged = over ? over->text_map(map) : std::map<std::string, std::string>();
    if (under) {
      merged.merge(under->text_map(map));
    }
    if (!merged.empty()) {
      out.text_map(map, merged);
    }
  }
  out.end_object();
}

void write_eks_properties(JsonWriter& out, const JobDetail& detail, const JsonObject& job) {
  const auto properties = job.object("eksProperties");
  const auto pod = properties ? properties->object("podProperties") : std::nullopt;
  if (!pod) {
    return;
  }
  out.name("eksProperties").begin_object().name("podProperties").begin_object();
  out.members_of(pod->json(), {"containers", "initContainers", "metadata"});
  write_eks_metadata(out, *pod, job);
  write_eks_list(out, detail, *pod, false);
  write_eks_list(out, detail, *pod, true);
  if (const Attempt* attempt = latest_attempt(detail)) {
    out.text("podName", pod_name(*attempt));
    out.text("nodeName", agent_name(detail, attempt->agent));
  }
  out.end_object().end_object();
}

void write_eks_attempt(JsonWriter& out, const JobDetail& detail, const Attempt& attempt) {
  const Pod& pod = detail.job.spec->pod;
  out.begin_object();
  for (const bool is_init : {false, true}) {
    out.name(is_init ? "initContainers" : "containers").begin_list();
    for (const std::size_t at : places_of(pod, is_init)) {
      out.begin_object().text("name", pod[at].name);
      write_container_end(out, end_of_container(&attempt, at));
      out.end_object();
    }
    out.end_list();
  }
  out.text("podName", pod_name(attempt));
  out.text("nodeName", agent_name(detail, attempt.agent));
  if (attempt.started_at) {
    out.number("startedAt", attempt.started_at->epoch_ms);
  }
  if (attempt.stopped_at) {
    out.number("stoppedAt", attempt.stopped_at->epoch_ms);
  }
  if (attempt.end) {
    out.text("statusReason", attempt.end->status_reason);
  }
  out.end_object();
}

/// `as_given` is one member of the definition, as it was written down.
bool has_member(const JobDetail& detail, std::string_view member) {
  const std::string& as_given = detail.job.spec->definition_as_given;
  return as_given.starts_with("{\"" + std::string(member) + "\":");
}

bool has_eks(const JobDetail& detail) {
  return is_pod(detail) && has_member(detail, "eksProperties");
}

/// Of the only container of ecsProperties.
std::string only_name(const JobDetail& detail) {
  Result<JsonDocument> kept = JsonDocument::parse(detail.job.spec->definition_as_given);
  const auto ecs = kept ? kept->root().object("ecsProperties") : std::nullopt;
  const auto tasks = ecs ? ecs->objects("taskProperties") : std::vector<JsonObject>();
  const auto containers =
      tasks.size() == 1 ? tasks[0].objects("containers") : std::vector<JsonObject>();
  return containers.size() == 1 ? containers[0].text("name") : "";
}

}  // namespace

std::string_view agent_name(const JobDetail& detail, AgentId agent) {
  const auto found = detail.agents.find(agent);
  return found == detail.agents.end() ? std::string_view() : std::string_view(found->second);
}

void write_attempt_outcome(JsonWriter& out, const JobDetail& detail, const Attempt& attempt) {
  if (attempt.end) {
    if (attempt.end->exit_code) {
      out.number("exitCode", *attempt.end->exit_code);
    }
    out.text_if_any("reason", std::string_view(attempt.end->reason).substr(0, kShownReasonMax));
  }
  if (has_log(attempt)) {
    const LogTarget target = log_target(detail.job.spec->container.as_given);
    out.text("logStreamName", log_stream_name(target, detail.job.spec->definition, attempt.key));
  }
}

void write_attempt_place(JsonWriter& out, const ArnScope& scope, const Attempt& attempt) {
  out.text("containerInstanceArn", container_instance_arn(scope, attempt.agent));
  out.text("taskArn", task_arn(scope, attempt.key));
}

const Attempt* latest_attempt(const JobDetail& detail) {
  for (auto attempt = detail.attempts.rbegin(); attempt != detail.attempts.rend(); ++attempt) {
    if (attempt->state != AttemptState::Ahead) {
      return &*attempt;
    }
  }
  return nullptr;
}

void write_job_properties(JsonWriter& out, const ArnScope& scope, const JobDetail& detail) {
  const JobSpec& spec = *detail.job.spec;
  if (spec.as_given.empty() && spec.definition_as_given.empty()) {
    return;
  }
  const std::string merged = merge_objects(spec.definition_as_given, spec.as_given);
  out.members_of(merged, {"ecsProperties", "eksProperties", "eksMetadata"});
  Result<JsonDocument> kept = JsonDocument::parse(merged);
  if (!kept) {
    return;
  }
  if (const auto ecs = kept->root().object("ecsProperties")) {
    out.name("ecsProperties").begin_object().name("taskProperties").begin_list();
    for (const JsonObject& task : ecs->objects("taskProperties")) {
      write_ecs_task(out, scope, detail, task);
    }
    out.end_list().end_object();
  }
  write_eks_properties(out, detail, kept->root());
}

void write_attempt_task(JsonWriter& out, const ArnScope& scope, const JobDetail& detail,
                        const Attempt& attempt) {
  out.name("taskProperties").begin_list();
  if (has_member(detail, "ecsProperties")) {
    const Pod& pod = detail.job.spec->pod;
    out.begin_object();
    write_attempt_place(out, scope, attempt);
    out.name("containers").begin_list();
    for (std::size_t at = 0; at < std::max<std::size_t>(1, pod.size()); ++at) {
      out.begin_object();
      if (pod.empty()) {
        out.text_if_any("name", only_name(detail));
        write_attempt_outcome(out, detail, attempt);
      } else {
        out.text("name", pod[at].name);
        write_pod_outcome(out, detail, attempt, at);
      }
      out.empty_list("networkInterfaces").end_object();
    }
    out.end_list().end_object();
  }
  out.end_list();
}

void write_eks_attempts(JsonWriter& out, const JobDetail& detail) {
  out.name("eksAttempts").begin_list();
  for (const Attempt& attempt : detail.attempts) {
    if (has_eks(detail) && attempt.state == AttemptState::Ended) {
      write_eks_attempt(out, detail, attempt);
    }
  }
  out.end_list();
}

}  // namespace dray::wire
