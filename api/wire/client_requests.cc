#include "api/wire/client_requests.h"

#include <nlohmann/json.hpp>

#include "model/names.h"

namespace dray::wire {
namespace {

using Json = nlohmann::ordered_json;

/// Bytes of the command line need not be UTF-8: what is not is replaced, never thrown over.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void put_text(Json& object, const char* name, const std::string& value) {
  if (!value.empty()) {
    object[name] = value;
  }
}

Json requirements(const std::string& vcpus, const std::string& memory, const std::string& gpus) {
  Json list = Json::array();
  const auto add = [&list](const char* type, const std::string& value) {
    if (!value.empty()) {
      list.push_back({{"type", type}, {"value", value}});
    }
  };
  add("VCPU", vcpus);
  add("MEMORY", memory);
  add("GPU", gpus);
  return list;
}

Json overrides(const SubmitAsk& ask) {
  Json overrides = Json::object();
  if (!ask.command.empty()) {
    overrides["command"] = ask.command;
  }
  for (const auto& [name, value] : ask.environment) {
    overrides["environment"].push_back({{"name", name}, {"value", value}});
  }
  Json needs = requirements(ask.vcpus, ask.memory, ask.gpus);
  if (!needs.empty()) {
    overrides["resourceRequirements"] = std::move(needs);
  }
  return overrides;
}

}  // namespace

std::string encode_submit(const SubmitAsk& ask) {
  Json body = {{"jobName", ask.name}, {"jobQueue", ask.queue}, {"jobDefinition", ask.definition}};
  if (ask.array_size > 0) {
    body["arrayProperties"] = {{"size", ask.array_size}};
    if (ask.running_max > 0) {
      body["arrayProperties"]["maxRunning"] = ask.running_max;
    }
    if (ask.failed_max > 0) {
      body["arrayProperties"]["maxFailures"] = ask.failed_max;
    }
  }
  if (ask.is_held) {
    body["held"] = true;
  }
  for (const SubmitAsk::DependsOn& dependency : ask.depends_on) {
    Json item = Json::object();
    put_text(item, "jobId", dependency.id);
    put_text(item, "type", dependency.type);
    body["dependsOn"].push_back(std::move(item));
  }
  for (const auto& [name, value] : ask.parameters) {
    body["parameters"][name] = value;
  }
  Json container = overrides(ask);
  if (!container.empty()) {
    body["containerOverrides"] = std::move(container);
  }
  if (ask.attempts > 0) {
    body["retryStrategy"]["attempts"] = ask.attempts;
  }
  if (!ask.memory_ceiling.empty()) {
    body["retryStrategy"]["memoryGrowth"] = {{"ceilingMiB", std::stoll(ask.memory_ceiling)}};
  }
  put_text(body, "shareIdentifier", ask.share);
  if (ask.scheduling_priority >= 0) {
    body["schedulingPriorityOverride"] = ask.scheduling_priority;
  }
  if (ask.timeout_s > 0) {
    body["timeout"] = {{"attemptDurationSeconds", ask.timeout_s}};
  }
  return text_of(body);
}

std::string encode_register(const DefinitionAsk& ask) {
  Json container = {{"image", ask.image}};
  if (!ask.command.empty()) {
    container["command"] = ask.command;
  }
  container["resourceRequirements"] = requirements(ask.vcpus, ask.memory, "");
  return text_of({{"jobDefinitionName", ask.name},
                  {"type", "container"},
                  {"containerProperties", std::move(container)}});
}

std::string encode_list(const ListAsk& ask) {
  Json body = Json::object();
  put_text(body, "jobQueue", ask.queue);
  put_text(body, "arrayJobId", ask.array);
  if (ask.state) {
    body["jobStatus"] = std::string(name_of(*ask.state));
  }
  if (!ask.name_filter.empty()) {
    body["filters"].push_back({{"name", "JOB_NAME"}, {"values", {ask.name_filter}}});
  } else if (ask.all_states) {
    body["filters"].push_back({{"name", "AFTER_CREATED_AT"}, {"values", {"1"}}});
  }
  body["maxResults"] = ask.results_max;
  put_text(body, "nextToken", ask.next_token);
  return text_of(body);
}

std::string encode_describe_jobs(const std::vector<std::string>& ids) {
  return text_of({{"jobs", ids}});
}

std::string encode_describe_definitions(const std::string& name) {
  return text_of({{"jobDefinitionName", name}, {"status", "ACTIVE"}});
}

std::string encode_stop(const std::string& id, const std::string& reason) {
  return text_of({{"jobId", id}, {"reason", reason}});
}

std::string encode_limits(std::optional<std::int32_t> running_max,
                          std::optional<std::int32_t> failed_max) {
  Json body = Json::object();
  if (running_max) {
    body["maxRunning"] = *running_max;
  }
  if (failed_max) {
    body["maxFailures"] = *failed_max;
  }
  return text_of(body);
}

std::string encode_queue_order(std::string_view order) {
  return text_of({{"order", std::string(order)}});
}

std::string encode_priority(std::int32_t priority) {
  return text_of({{"priority", priority}});
}

std::string encode_queue_limits(std::optional<std::int32_t> running_max,
                                const std::map<std::string, std::int32_t>& by_name) {
  Json body = Json::object();
  if (running_max) {
    body["maxRunning"] = *running_max;
  }
  for (const auto& [name, most] : by_name) {
    body["jobNames"][name] = most;
  }
  return text_of(body);
}

std::string encode_children(const std::string& children) {
  Json body = Json::object();
  put_text(body, "children", children);
  return text_of(body);
}

std::string encode_describe_queues(const std::string& name) {
  return text_of({{"jobQueues", Json::array({name})}});
}

std::string encode_describe_environments(const std::string& name) {
  return text_of({{"computeEnvironments", Json::array({name})}});
}

std::string encode_create_environment(const std::string& name) {
  return text_of({{"computeEnvironmentName", name}, {"type", "UNMANAGED"}, {"state", "ENABLED"}});
}

std::string encode_create_queue(const std::string& name, const std::string& environment) {
  const Json order = {{"order", 1}, {"computeEnvironment", environment}};
  return text_of({{"jobQueueName", name},
                  {"state", "ENABLED"},
                  {"priority", 1},
                  {"computeEnvironmentOrder", Json::array({order})}});
}

}  // namespace dray::wire
