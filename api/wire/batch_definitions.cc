#include "api/wire/batch_definitions.h"

#include "api/wire/definition_properties.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"
#include "model/names.h"

namespace dray::wire {
namespace {

std::vector<std::string> read_platforms(const JsonObject& request) {
  std::vector<std::string> platforms = request.texts("platformCapabilities");
  for (const std::string& platform : platforms) {
    if (platform != "EC2" && platform != "FARGATE" && platform != "MANAGED_INSTANCES") {
      request.refuse_it("platformCapabilities must be EC2, FARGATE or MANAGED_INSTANCES");
    }
  }
  return platforms;
}

void write_definition(JsonWriter& out, const ArnScope& scope, const JobDefinition& definition) {
  out.begin_object();
  out.text("jobDefinitionName", definition.name);
  out.text("jobDefinitionArn", definition_arn(scope, definition.name, definition.revision));
  out.number("revision", definition.revision);
  out.text("status", name_of(definition.status));
  out.text("type", definition.kind == DefinitionKind::MultiNode ? "multinode" : "container");
  if (definition.scheduling_priority) {
    out.number("schedulingPriority", *definition.scheduling_priority);
  }
  out.text_map("parameters", definition.parameters);
  if (definition.retry_given) {
    write_retry(out, definition.retry);
  }
  write_definition_properties(out, definition);
  write_consumables(out, scope, definition.consumables);
  write_timeout(out, definition.timeout);
  out.text_map("tags", definition.tags);
  out.flag("propagateTags", definition.propagate_tags);
  if (!definition.platform_capabilities.empty()) {
    out.texts("platformCapabilities", definition.platform_capabilities);
  }
  out.text("containerOrchestrationType", definition.kind == DefinitionKind::Eks ? "EKS" : "ECS");
  out.end_object();
}

}  // namespace

Result<JobDefinition> decode_register_definition(std::string_view body) {
  return decode_request<JobDefinition>(
      "RegisterJobDefinition", body, [](const JsonObject& request) {
        JobDefinition definition;
        definition.name = read_new_name(request, "jobDefinitionName");
        read_definition_properties(request, definition);
        definition.consumables = read_consumables(request, "consumableResourceProperties")
                                     .value_or(std::vector<ConsumableNeed>());
        definition.parameters = request.text_map("parameters");
        if (std::optional<RetryStrategy> retry = read_retry(request)) {
          definition.retry = std::move(*retry);
          definition.retry_given = true;
        }
        definition.timeout = read_timeout(request);
        definition.tags = read_tags(request);
        definition.propagate_tags = request.flag("propagateTags").value_or(false);
        definition.scheduling_priority = request.integer("schedulingPriority");
        const std::int32_t priority = definition.scheduling_priority.value_or(0);
        if (priority < 0 || priority > 9999) {
          request.refuse_it("schedulingPriority must be between 0 and 9999");
        }
        definition.platform_capabilities = read_platforms(request);
        return definition;
      });
}

Result<DefinitionName> decode_deregister_definition(std::string_view body) {
  return decode_request<DefinitionName>(
      "DeregisterJobDefinition", body, [](const JsonObject& request) {
        const std::string given = request.required_text("jobDefinition");
        const std::optional<DefinitionName> name = parse_definition_name(given);
        if (!name || name->revision == 0) {
          request.refuse_it("jobDefinition must be name:revision or an ARN with a revision");
        }
        return name.value_or(DefinitionName());
      });
}

Result<DefinitionsAsked> decode_describe_definitions(std::string_view body) {
  return decode_request<DefinitionsAsked>(
      "DescribeJobDefinitions", body, [](const JsonObject& request) {
        DefinitionsAsked asked;
        const std::vector<std::string> names = request.texts("jobDefinitions");
        if (names.size() > 100) {
          request.refuse_it("At most 100 job definitions can be described at once");
        }
        for (const std::string& given : names) {
          const std::optional<DefinitionName> name = parse_definition_name(given);
          if (name && name->revision > 0) {
            asked.query.exactly.emplace_back(name->name, name->revision);
          }
        }
        asked.is_none = !names.empty() && asked.query.exactly.empty();
        if (const auto name = parse_definition_name(request.text("jobDefinitionName"))) {
          asked.query.name = name->name;
        }
        const std::string status = request.text("status");
        if (status == "ACTIVE") {
          asked.query.status = DefinitionStatus::Active;
        } else if (status == "INACTIVE") {
          asked.query.status = DefinitionStatus::Inactive;
        } else if (!status.empty()) {
          request.refuse_it("status must be ACTIVE or INACTIVE");
        }
        if (!names.empty() && (!asked.query.name.empty() || !status.empty())) {
          request.refuse_it(
              "jobDefinitions cannot be set together with jobDefinitionName or status");
        }
        asked.page = read_page(request, 100);
        return asked;
      });
}

std::string encode_registered(const ArnScope& scope, std::string_view name, std::int32_t revision) {
  JsonWriter out;
  out.begin_object();
  out.text("jobDefinitionName", name);
  out.text("jobDefinitionArn", definition_arn(scope, name, revision));
  out.number("revision", revision);
  out.end_object();
  return out.take();
}

std::string encode_definitions(const ArnScope& scope, const PageOf<JobDefinition>& page) {
  JsonWriter out;
  out.begin_object().name("jobDefinitions").begin_list();
  for (const JobDefinition& definition : page.items) {
    write_definition(out, scope, definition);
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
