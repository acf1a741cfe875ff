#include "api/wire/batch_queues.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "api/wire/tags.h"

namespace dray::wire {
namespace {

constexpr std::size_t kEnvironmentsMax = 3;

/// Names in ascending `order`. AWS: 1 to 3 of them.
std::optional<std::vector<std::string>> read_environments(const JsonObject& request) {
  if (!request.has("computeEnvironmentOrder")) {
    return std::nullopt;
  }
  std::vector<std::pair<std::int32_t, std::string>> ordered;
  for (const JsonObject& entry : request.objects("computeEnvironmentOrder")) {
    ordered.emplace_back(entry.integer("order").value_or(0),
                         environment_name(entry.required_text("computeEnvironment")));
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::vector<std::string> names;
  for (auto& [order, name] : ordered) {
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      request.refuse_it("computeEnvironmentOrder names " + name + " twice");
    }
    names.push_back(std::move(name));
  }
  if (names.empty() || names.size() > kEnvironmentsMax) {
    request.refuse_it("computeEnvironmentOrder must have 1 to 3 entries");
  }
  return names;
}

std::optional<std::int32_t> read_priority(const JsonObject& request) {
  const std::optional<std::int32_t> priority = request.integer("priority");
  if (priority.value_or(0) < 0) {
    request.refuse_it("priority must not be negative");
  }
  return priority;
}

std::string queue_as_given(const JsonObject& request) {
  refuse_unsupported(
      request, {"schedulingPolicyArn", "serviceEnvironmentOrder", "jobStateTimeLimitActions"});
  return request.json_only({"computeEnvironmentOrder", "jobQueueType"});
}

/// The numbers that the entries were given with; clients compare them.
std::map<std::string, std::int32_t> given_orders(const JobQueue& queue) {
  std::map<std::string, std::int32_t> orders;
  if (Result<JsonDocument> kept = JsonDocument::parse(queue.as_given)) {
    for (const JsonObject& entry : kept->root().objects("computeEnvironmentOrder")) {
      orders[environment_name(entry.text("computeEnvironment"))] =
          entry.integer("order").value_or(0);
    }
  }
  return orders;
}

void write_environments(JsonWriter& out, const ArnScope& scope, const JobQueue& queue) {
  const std::map<std::string, std::int32_t> orders = given_orders(queue);
  out.name("computeEnvironmentOrder").begin_list();
  std::int32_t place = 0;
  for (const std::string& environment : queue.environments) {
    ++place;
    const auto given = orders.find(environment);
    out.begin_object();
    out.number("order", given == orders.end() ? place : given->second);
    out.text("computeEnvironment", environment_arn(scope, environment));
    out.end_object();
  }
  out.end_list();
}

void write_queue(JsonWriter& out, const ArnScope& scope, const JobQueue& queue) {
  out.begin_object();
  out.text("jobQueueName", queue.name);
  out.text("jobQueueArn", queue_arn(scope, queue.name));
  out.text("state", queue.is_enabled ? "ENABLED" : "DISABLED");
  out.text("status", "VALID");
  out.text("statusReason", "JobQueue Healthy");
  out.number("priority", queue.priority);
  write_environments(out, scope, queue);
  out.empty_list("serviceEnvironmentOrder");
  Result<JsonDocument> kept = JsonDocument::parse(queue.as_given);
  const std::string type = kept ? kept->root().text("jobQueueType") : std::string();
  out.text("jobQueueType", type.empty() ? "ECS" : type);
  out.text_map("tags", queue.tags);
  out.empty_list("jobStateTimeLimitActions");
  out.end_object();
}

}  // namespace

Result<JobQueue> decode_create_queue(std::string_view body) {
  return decode_request<JobQueue>("CreateJobQueue", body, [](const JsonObject& request) {
    JobQueue queue;
    queue.name = read_new_name(request, "jobQueueName");
    queue.is_enabled = read_state(request).value_or(true);
    const std::optional<std::int32_t> priority = read_priority(request);
    if (!priority) {
      request.refuse_it("Member priority is required");
    }
    queue.priority = priority.value_or(0);
    const auto environments = read_environments(request);
    if (!environments) {
      request.refuse_it("Member computeEnvironmentOrder is required");
    }
    queue.environments = environments.value_or(std::vector<std::string>());
    queue.tags = read_tags(request);
    queue.as_given = queue_as_given(request);
    return queue;
  });
}

Result<std::string> decode_queue_name(std::string_view body) {
  return decode_request<std::string>("DeleteJobQueue", body, [](const JsonObject& request) {
    return queue_name(request.required_text("jobQueue"));
  });
}

Result<QueueUpdate> decode_update_queue(std::string_view body, const JobQueue& current) {
  return decode_request<QueueUpdate>("UpdateJobQueue", body, [&current](const JsonObject& request) {
    QueueUpdate update;
    update.name = current.name;
    update.is_enabled = read_state(request);
    update.priority = read_priority(request);
    update.environments = read_environments(request);
    update.as_given = merge_objects(current.as_given, queue_as_given(request));
    return update;
  });
}

Result<NamesAsked> decode_describe_queues(std::string_view body) {
  return decode_request<NamesAsked>("DescribeJobQueues", body, [](const JsonObject& request) {
    NamesAsked asked;
    for (const std::string& name : read_names(request, "jobQueues")) {
      asked.names.push_back(queue_name(name));
    }
    asked.page = read_page(request, 100);
    return asked;
  });
}

std::string encode_queue_names(const ArnScope& scope, std::string_view name) {
  JsonWriter out;
  out.begin_object();
  out.text("jobQueueName", name).text("jobQueueArn", queue_arn(scope, name));
  out.end_object();
  return out.take();
}

std::string encode_queues(const ArnScope& scope, const PageOf<QueueStatus>& page) {
  JsonWriter out;
  out.begin_object().name("jobQueues").begin_list();
  for (const QueueStatus& status : page.items) {
    write_queue(out, scope, status.queue);
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
