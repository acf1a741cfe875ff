#include "api/wire/batch_environments.h"

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"

namespace dray::wire {
namespace {

constexpr std::string_view kDefaultPolicy =
    R"({"terminateJobsOnUpdate":false,"jobExecutionTimeoutMinutes":30})";

/// What is kept for the echo.
std::string environment_as_given(const JsonObject& request) {
  return request.json_only({"unmanagedvCpus", "computeResources", "serviceRole", "updatePolicy",
                            "eksConfiguration", "context", "ecsSettings"});
}

/// The kept members with an update's over them. Of EKS only the access entry can be updated, and an
/// image's refresh is a wish, not a member that is shown.
std::string updated_environment(std::string_view kept_json, const JsonObject& request) {
  Result<JsonDocument> kept = JsonDocument::parse(kept_json);
  if (!kept) {
    return environment_as_given(request);
  }
  const JsonObject under = kept->root();
  JsonWriter parts;
  parts.begin_object();
  if (const auto resources = request.object("computeResources")) {
    parts.name("computeResources").begin_object();
    parts.members_of(merge_objects(under.json("computeResources"), resources->json()),
                     {"updateToLatestImageVersion"});
    parts.end_object();
  }
  if (const auto eks = request.object("eksConfiguration")) {
    if (!under.has("eksConfiguration")) {
      request.refuse_it("The compute environment has no eksConfiguration to update");
    }
    parts.json("eksConfiguration", merge_objects(under.json("eksConfiguration"), eks->json()));
  }
  parts.end_object();
  return merge_objects(merge_objects(kept_json, environment_as_given(request)), parts.take());
}

/// Checks the types of what clients read back, and gives the cap.
std::optional<std::int32_t> read_cap(const JsonObject& resources) {
  for (const std::string_view name : {"minvCpus", "desiredvCpus"}) {
    if (resources.integer(name).value_or(0) < 0) {
      resources.refuse_it(std::string(name) + " must not be negative");
    }
  }
  const std::optional<std::int32_t> cap = resources.integer("maxvCpus");
  if (cap.value_or(0) < 0) {
    resources.refuse_it("maxvCpus must not be negative");
  }
  return cap;
}

/// computeResources as kept, with what AWS adds for EC2 fleets.
void write_compute_resources(JsonWriter& out, const JsonObject& kept,
                             const ComputeEnvironment& environment) {
  const std::optional<JsonObject> resources = kept.object("computeResources");
  if (!resources) {
    return;
  }
  const std::string type = resources->text("type");
  out.name("computeResources").begin_object();
  out.members_of(resources->json(), {"maxvCpus"});
  out.number("maxvCpus", environment.vcpus_max);
  if (type == "EC2" || type == "SPOT") {
    const std::int32_t lowest = resources->integer("minvCpus").value_or(0);
    if (!resources->has("minvCpus")) {
      out.number("minvCpus", lowest);
    }
    if (!resources->has("desiredvCpus")) {
      out.number("desiredvCpus", lowest);
    }
  }
  out.end_object();
}

void write_environment(JsonWriter& out, const ArnScope& scope,
                       const ComputeEnvironment& environment) {
  out.begin_object();
  out.text("computeEnvironmentName", environment.name);
  out.text("computeEnvironmentArn", environment_arn(scope, environment.name));
  out.text("ecsClusterArn", cluster_arn(scope));
  out.text_map("tags", environment.tags);
  out.text("type", environment.is_managed ? "MANAGED" : "UNMANAGED");
  out.text("state", environment.is_enabled ? "ENABLED" : "DISABLED");
  out.text("status", "VALID");
  out.text("statusReason", "ComputeEnvironment Healthy");
  out.text_if_any("uuid", environment.uuid);
  out.text("containerOrchestrationType", queue_type_of(environment) == "EKS" ? "EKS" : "ECS");
  if (Result<JsonDocument> kept = JsonDocument::parse(environment.as_given)) {
    const JsonObject members = kept->root();
    write_compute_resources(out, members, environment);
    out.members_of(environment.as_given, {"computeResources", "updatePolicy"});
    out.json("updatePolicy", members.has("updatePolicy") ? members.json("updatePolicy")
                                                         : std::string(kDefaultPolicy));
  }
  out.end_object();
}

std::optional<std::int32_t> read_unmanaged(const JsonObject& request) {
  const std::optional<std::int32_t> vcpus = request.integer("unmanagedvCpus");
  if (vcpus && *vcpus < 0) {
    request.refuse_it("unmanagedvCpus must not be negative");
  }
  return vcpus;
}

}  // namespace

std::string queue_type_of(const ComputeEnvironment& environment) {
  Result<JsonDocument> kept = JsonDocument::parse(environment.as_given);
  if (!kept) {
    return "ECS";
  }
  const JsonObject members = kept->root();
  if (members.has("eksConfiguration")) {
    return "EKS";
  }
  const std::optional<JsonObject> resources = members.object("computeResources");
  const std::string type = resources ? resources->text("type") : std::string();
  if (type == "FARGATE" || type == "FARGATE_SPOT") {
    return "ECS_FARGATE";
  }
  return type == "ECS_MANAGED_INSTANCES" ? type : "ECS";
}

Result<ComputeEnvironment> decode_create_environment(std::string_view body) {
  return decode_request<ComputeEnvironment>(
      "CreateComputeEnvironment", body, [](const JsonObject& request) {
        ComputeEnvironment environment;
        environment.name = read_new_name(request, "computeEnvironmentName");
        const std::string type = request.required_text("type");
        if (type != "MANAGED" && type != "UNMANAGED") {
          request.refuse_it("type must be MANAGED or UNMANAGED");
        }
        environment.is_managed = type == "MANAGED";
        environment.is_enabled = read_state(request).value_or(true);
        environment.unmanaged_vcpus = read_unmanaged(request);
        if (const auto resources = request.object("computeResources")) {
          (void)resources->text("type");
          environment.vcpus_max = read_cap(*resources);
        }
        if (environment.is_managed && !environment.vcpus_max) {
          request.refuse_it("computeResources with maxvCpus is required for a MANAGED environment");
        }
        environment.tags = read_tags(request);
        environment.as_given = environment_as_given(request);
        return environment;
      });
}

Result<std::string> decode_environment_name(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return environment_name(request.required_text("computeEnvironment"));
  });
}

Result<EnvironmentUpdate> decode_update_environment(std::string_view body,
                                                    const ComputeEnvironment& current) {
  return decode_request<EnvironmentUpdate>(
      "UpdateComputeEnvironment", body, [&current](const JsonObject& request) {
        EnvironmentUpdate update;
        update.name = current.name;
        update.is_enabled = read_state(request);
        update.unmanaged_vcpus = read_unmanaged(request);
        if (const auto resources = request.object("computeResources")) {
          update.vcpus_max = read_cap(*resources);
        }
        update.as_given = updated_environment(current.as_given, request);
        return update;
      });
}

Result<NamesAsked> decode_describe_environments(std::string_view body) {
  return decode_request<NamesAsked>(
      "DescribeComputeEnvironments", body, [](const JsonObject& request) {
        NamesAsked asked;
        for (const std::string& name : read_names(request, "computeEnvironments")) {
          asked.names.push_back(environment_name(name));
        }
        asked.page = read_page(request, 100);
        return asked;
      });
}

std::string encode_environment_names(const ArnScope& scope, std::string_view name) {
  JsonWriter out;
  out.begin_object();
  out.text("computeEnvironmentName", name);
  out.text("computeEnvironmentArn", environment_arn(scope, name));
  out.end_object();
  return out.take();
}

std::string encode_environments(const ArnScope& scope, const PageOf<ComputeEnvironment>& page) {
  JsonWriter out;
  out.begin_object().name("computeEnvironments").begin_list();
  for (const ComputeEnvironment& environment : page.items) {
    write_environment(out, scope, environment);
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
