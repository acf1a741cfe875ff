#include "api/wire/batch_submit.h"

#include <algorithm>

#include "api/wire/eks_properties.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/node_properties.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"
#include "model/names.h"

namespace dray::wire {
namespace {

void read_array(const JsonObject& request, Submission& submission) {
  const std::optional<JsonObject> array = request.object("arrayProperties");
  if (!array || !array->has("size")) {
    return;
  }
  submission.array_size = array->integer("size").value_or(0);
  if (submission.array_size < 2 || submission.array_size > kArraySizeMax) {
    array->refuse_it("The size of an array job must be between 2 and 1000000");
  }
  submission.limits.running_max = array->integer("maxRunning").value_or(0);
  submission.limits.failed_max = array->integer("maxFailures").value_or(0);
}

DependencyType read_dependency_type(const JsonObject& given) {
  const std::string text = given.text("type");
  for (const DependencyType type :
       {DependencyType::Whole, DependencyType::NToN, DependencyType::Sequential,
        DependencyType::AfterAny, DependencyType::AfterNotOk}) {
    if (text == name_of(type)) {
      return type;
    }
  }
  given.refuse_it("The type of a dependency must be N_TO_N, SEQUENTIAL, AFTER_ANY or AFTER_NOT_OK");
  return DependencyType::Whole;
}

Dependency read_dependency(const JsonObject& given) {
  Dependency dependency{.type = read_dependency_type(given)};
  const std::string job = given.text("jobId");
  if (dependency.type == DependencyType::Sequential) {
    if (!job.empty()) {
      given.refuse_it("A SEQUENTIAL dependency has no jobId");
    }
    return dependency;
  }
  if (job.empty()) {
    given.refuse_it("A dependency needs a jobId");
    return dependency;
  }
  const std::optional<JobName> name = parse_job_name(job);
  if (!name || name->is_node) {
    given.refuse_it("Job " + job + " does not exist");
    return dependency;
  }
  dependency.job = name->uuid;
  dependency.child = name->child;
  if (dependency.type == DependencyType::NToN && dependency.child != kNoChild) {
    given.refuse_it("An N_TO_N dependency names an array job, not one of its children");
  }
  return dependency;
}

void read_dependencies(const JsonObject& request, Submission& submission) {
  for (const JsonObject& given : request.objects("dependsOn")) {
    submission.depends_on.push_back(read_dependency(given));
    if (!is_on_job(submission.depends_on.back().type) && submission.array_size == 0) {
      given.refuse_it("Dependencies of type N_TO_N and SEQUENTIAL are for array jobs only");
    }
  }
  if (submission.depends_on.size() > kDependenciesMax) {
    request.refuse_it("Job cannot have more than 10000 dependencies");
  }
}

/// False when they say nothing: many clients send containerOverrides with every job.
bool read_container_overrides(const JsonObject& overrides, Submission& submission) {
  std::vector<std::string> command = overrides.texts("command");
  if (!command.empty()) {
    submission.command = std::move(command);
  }
  submission.environment = read_variables(overrides, "environment");
  const AskedResources asked = read_requirements(overrides);
  submission.milli_vcpus = asked.milli_vcpus;
  submission.memory_mib = asked.memory_mib;
  submission.gpus = asked.gpus;
  const AskedResources legacy = read_legacy_resources(overrides);
  submission.legacy_milli_vcpus = legacy.milli_vcpus;
  submission.legacy_memory_mib = legacy.memory_mib;
  if (!overrides.text("instanceType").empty()) {
    overrides.refuse_it("instanceType can be overridden only for multi-node parallel jobs");
  }
  return submission.command || !submission.environment.empty() || submission.milli_vcpus ||
         submission.memory_mib || submission.gpus || legacy.milli_vcpus || legacy.memory_mib;
}

std::optional<std::vector<std::string>> words_if_any(const JsonObject& given,
                                                     std::string_view member) {
  std::vector<std::string> words = given.texts(member);
  return words.empty() ? std::nullopt : std::optional(std::move(words));
}

void add_override(const JsonObject& given, ContainerOverride one, Submission& submission) {
  const auto is_same = [&one](const ContainerOverride& old) {
    return old.name == one.name && old.is_init == one.is_init;
  };
  if (std::any_of(submission.containers.begin(), submission.containers.end(), is_same)) {
    given.refuse_it("The container name " + one.name + " is used twice");
  }
  submission.containers.push_back(std::move(one));
}

/// Of a container of a task or of a node.
ContainerOverride read_named_override(const JsonObject& given) {
  ContainerOverride one{.name = given.text("name")};
  one.command = words_if_any(given, "command");
  one.environment = read_variables(given, "environment");
  const AskedResources asked = read_requirements(given);
  one.milli_vcpus = asked.milli_vcpus;
  one.memory_mib = asked.memory_mib;
  one.gpus = asked.gpus;
  return one;
}

void read_ecs_override(const JsonObject& overrides, Submission& submission) {
  const std::vector<JsonObject> tasks = overrides.objects("taskProperties");
  if (tasks.size() != 1) {
    overrides.refuse_it("ecsPropertiesOverride must have exactly one element in taskProperties");
    return;
  }
  for (const JsonObject& given : tasks[0].objects("containers")) {
    add_override(given, read_named_override(given), submission);
  }
}

void read_eks_override(const JsonObject& overrides, Submission& submission) {
  const auto pod = overrides.object("podProperties");
  if (!pod) {
    return;
  }
  if (!pod->is_empty("metadata")) {
    submission.as_given = R"({"eksMetadata":)" + pod->json("metadata") + "}";
  }
  for (const bool is_init : {true, false}) {
    for (const JsonObject& given : pod->objects(is_init ? "initContainers" : "containers")) {
      ContainerOverride one{
          .name = given.text("name"), .is_init = is_init, .image = given.text("image")};
      one.command = words_if_any(given, "command");
      one.arguments = words_if_any(given, "args");
      for (const JsonObject& variable : given.objects("env")) {
        one.environment.push_back({variable.required_text("name"), variable.text("value")});
      }
      const EksResources asked = read_eks_resources(given);
      one.milli_vcpus = asked.milli_vcpus;
      one.memory_mib = asked.memory_mib;
      one.gpus = asked.gpus;
      add_override(given, std::move(one), submission);
    }
  }
}

/// At most one member with overrides; the core knows whether the definition is of its kind.
void read_overrides(const JsonObject& request, Submission& submission) {
  std::vector<DefinitionKind> given;
  if (const auto overrides = request.object("containerOverrides");
      overrides && read_container_overrides(*overrides, submission)) {
    given.push_back(DefinitionKind::Container);
  }
  if (!request.is_empty("ecsPropertiesOverride")) {
    given.push_back(DefinitionKind::Ecs);
    if (const auto overrides = request.object("ecsPropertiesOverride")) {
      read_ecs_override(*overrides, submission);
    }
  }
  if (!request.is_empty("eksPropertiesOverride")) {
    given.push_back(DefinitionKind::Eks);
    if (const auto overrides = request.object("eksPropertiesOverride")) {
      read_eks_override(*overrides, submission);
    }
  }
  if (!request.is_empty("nodeOverrides")) {
    given.push_back(DefinitionKind::MultiNode);
    if (const auto overrides = request.object("nodeOverrides")) {
      read_node_overrides(*overrides, submission, read_named_override);
    }
  }
  if (given.size() > 1) {
    request.refuse_it(
        "Only one of containerOverrides, ecsPropertiesOverride, eksPropertiesOverride and "
        "nodeOverrides can be given");
  } else if (!given.empty()) {
    submission.overridden = given.front();
  }
}

void read_definition(const JsonObject& request, Submission& submission) {
  const std::string given = request.required_text("jobDefinition");
  const std::optional<DefinitionName> name = parse_definition_name(given);
  if (!name) {
    request.refuse_it("Job definition " + given + " does not exist");
    return;
  }
  submission.definition = name->name;
  submission.revision = name->revision;
}

void read_scheduling(const JsonObject& request, Submission& submission) {
  submission.scheduling_priority = request.integer("schedulingPriorityOverride");
  const std::int32_t priority = submission.scheduling_priority.value_or(0);
  if (priority < 0 || priority > 9999) {
    request.refuse_it("schedulingPriorityOverride must be between 0 and 9999");
  }
  submission.share_identifier = request.text("shareIdentifier");
}

}  // namespace

Result<Submission> decode_submit_job(std::string_view body) {
  return decode_request<Submission>("SubmitJob", body, [](const JsonObject& request) {
    Submission submission;
    submission.name = request.required_text("jobName");
    if (!submission.name.empty() && !is_valid_name(submission.name)) {
      request.refuse_it("Job name should match valid pattern");
    }
    submission.queue = queue_name(request.required_text("jobQueue"));
    read_definition(request, submission);
    read_array(request, submission);
    submission.is_held = request.flag("held").value_or(false);
    read_dependencies(request, submission);
    submission.parameters = request.text_map("parameters");
    read_overrides(request, submission);
    submission.consumables = read_consumables(request, "consumableResourcePropertiesOverride");
    submission.retry = read_retry(request);
    submission.timeout = read_timeout(request);
    submission.tags = read_tags(request);
    submission.propagate_tags = request.flag("propagateTags");
    read_scheduling(request, submission);
    return submission;
  });
}

std::string encode_submitted(const ArnScope& scope, const Uuid& uuid, std::string_view name) {
  JsonWriter out;
  out.begin_object();
  out.text("jobArn", job_arn(scope, uuid, kNoChild));
  out.text("jobName", name);
  out.text("jobId", job_id(uuid, kNoChild));
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
