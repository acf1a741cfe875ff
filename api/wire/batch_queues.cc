#include "api/wire/batch_queues.h"

#include <algorithm>
#include <chrono>
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

/// The two kinds of environments that a queue can have.
struct OrderWords {
  std::string_view list;
  std::string_view member;
  ResourceKind kind;
};
constexpr OrderWords kComputeOrder{"computeEnvironmentOrder", "computeEnvironment",
                                   ResourceKind::Environment};
constexpr OrderWords kServiceOrder{"serviceEnvironmentOrder", "serviceEnvironment",
                                   ResourceKind::ServiceEnvironment};

/// Names in ascending `order`. AWS: 1 to 3 of them.
std::optional<std::vector<std::string>> read_order(const JsonObject& request,
                                                   const OrderWords& words) {
  // Some clients send an empty list for the kind that is not meant.
  if (!request.has(words.list) || (&words == &kServiceOrder && request.is_empty(words.list))) {
    return std::nullopt;
  }
  std::vector<std::pair<std::int32_t, std::string>> ordered;
  for (const JsonObject& entry : request.objects(words.list)) {
    ordered.emplace_back(entry.integer("order").value_or(0),
                         entry_name(words.kind, entry.required_text(words.member)));
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& left, const auto& right) { return left.first < right.first; });
  std::vector<std::string> names;
  for (auto& [order, name] : ordered) {
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      request.refuse_it(std::string(words.list) + " names " + name + " twice");
    }
    names.push_back(std::move(name));
  }
  if (names.empty() || names.size() > kEnvironmentsMax) {
    request.refuse_it(std::string(words.list) + " must have 1 to 3 entries");
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

/// AWS: after 600 to 86,400 seconds. Dray takes shorter times, too; the core knows whether it may.
/// Reasons that no waiting job ever has are kept and shown.
std::optional<std::vector<TimeLimit>> read_time_limits(const JsonObject& request) {
  if (!request.has("jobStateTimeLimitActions")) {
    return std::nullopt;
  }
  std::vector<TimeLimit> limits;
  for (const JsonObject& action : request.objects("jobStateTimeLimitActions")) {
    const std::int32_t seconds = action.integer("maxTimeSeconds").value_or(0);
    if (seconds < 1 || seconds > 86'400) {
      action.refuse_it("maxTimeSeconds must be between 1 and 86400");
    }
    if (const auto reason = parse_limit_code(action.required_text("reason"))) {
      limits.push_back({*reason, std::chrono::seconds(seconds)});
    }
  }
  return limits;
}

std::string queue_as_given(const JsonObject& request) {
  return request.json_only({"computeEnvironmentOrder", "serviceEnvironmentOrder", "jobQueueType",
                            "jobStateTimeLimitActions"});
}

/// A policy has no other name than its ARN (AWS).
std::optional<std::string> read_policy(const JsonObject& request) {
  const std::optional<std::string> arn = request.maybe_text("schedulingPolicyArn");
  if (!arn || arn->empty()) {
    return arn;
  }
  std::optional<std::string> name = parse_entry_arn(ResourceKind::SchedulingPolicy, *arn);
  if (!name) {
    request.refuse_it("schedulingPolicyArn is not the ARN of a scheduling policy");
  }
  return name;
}

/// AWS: a queue has one kind of environments.
void read_environments(const JsonObject& request, JobQueue& queue) {
  const auto compute = read_order(request, kComputeOrder);
  const auto service = read_order(request, kServiceOrder);
  if (compute.has_value() == service.has_value()) {
    request.refuse_it(compute
                          ? "computeEnvironmentOrder and serviceEnvironmentOrder cannot both be set"
                          : "Member computeEnvironmentOrder is required");
    return;
  }
  queue.environments = compute.value_or(std::vector<std::string>());
  queue.service_environments = service.value_or(std::vector<std::string>());
}

/// The numbers that the entries were given with; clients compare them.
std::map<std::string, std::int32_t> given_orders(const JsonObject& kept, const OrderWords& words) {
  std::map<std::string, std::int32_t> orders;
  for (const JsonObject& entry : kept.objects(words.list)) {
    orders[entry_name(words.kind, entry.text(words.member))] = entry.integer("order").value_or(0);
  }
  return orders;
}

void write_order(JsonWriter& out, const ArnScope& scope, const JsonObject& kept,
                 const OrderWords& words, const std::vector<std::string>& names) {
  const std::map<std::string, std::int32_t> orders = given_orders(kept, words);
  out.name(words.list).begin_list();
  std::int32_t place = 0;
  for (const std::string& name : names) {
    ++place;
    const auto given = orders.find(name);
    out.begin_object();
    out.number("order", given == orders.end() ? place : given->second);
    out.text(words.member, entry_arn(scope, {words.kind, name}));
    out.end_object();
  }
  out.end_list();
}

/// AWS derives it when it is not given.
std::string queue_type(const JsonObject& kept, const JobQueue& queue,
                       const std::vector<ComputeEnvironment>& environments) {
  const std::string type = kept.text("jobQueueType");
  if (!type.empty()) {
    return type;
  }
  if (!queue.service_environments.empty()) {
    return "SAGEMAKER_TRAINING";
  }
  for (const ComputeEnvironment& environment : environments) {
    if (!queue.environments.empty() && environment.name == queue.environments.front()) {
      return queue_type_of(environment);
    }
  }
  return "ECS";
}

void write_queue(JsonWriter& out, const ArnScope& scope, const JobQueue& queue,
                 const std::vector<ComputeEnvironment>& environments) {
  out.begin_object();
  out.text("jobQueueName", queue.name);
  out.text("jobQueueArn", queue_arn(scope, queue.name));
  out.text("state", queue.is_enabled ? "ENABLED" : "DISABLED");
  out.text("status", "VALID");
  out.text("statusReason", "JobQueue Healthy");
  out.number("priority", queue.priority);
  if (!queue.scheduling_policy.empty()) {
    out.text("schedulingPolicyArn",
             entry_arn(scope, {ResourceKind::SchedulingPolicy, queue.scheduling_policy}));
  }
  if (Result<JsonDocument> document = JsonDocument::parse(queue.as_given)) {
    const JsonObject kept = document->root();
    write_order(out, scope, kept, kComputeOrder, queue.environments);
    write_order(out, scope, kept, kServiceOrder, queue.service_environments);
    out.text("jobQueueType", queue_type(kept, queue, environments));
    out.json("jobStateTimeLimitActions", kept.has("jobStateTimeLimitActions")
                                             ? kept.json("jobStateTimeLimitActions")
                                             : std::string("[]"));
  }
  out.text_map("tags", queue.tags);
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
    read_environments(request, queue);
    queue.scheduling_policy = read_policy(request).value_or("");
    queue.tags = read_tags(request);
    queue.time_limits = read_time_limits(request).value_or(std::vector<TimeLimit>());
    queue.as_given = queue_as_given(request);
    return queue;
  });
}

Result<std::string> decode_queue_name(std::string_view operation, std::string_view body) {
  return decode_request<std::string>(operation, body, [](const JsonObject& request) {
    return queue_name(request.required_text("jobQueue"));
  });
}

Result<QueueUpdate> decode_update_queue(std::string_view body, const JobQueue& current) {
  return decode_request<QueueUpdate>("UpdateJobQueue", body, [&current](const JsonObject& request) {
    QueueUpdate update;
    update.name = current.name;
    update.is_enabled = read_state(request);
    update.priority = read_priority(request);
    update.environments = read_order(request, kComputeOrder);
    update.service_environments = read_order(request, kServiceOrder);
    update.scheduling_policy = read_policy(request);
    update.time_limits = read_time_limits(request);
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

std::string encode_queues(const ArnScope& scope, const PageOf<QueueStatus>& page,
                          const std::vector<ComputeEnvironment>& environments) {
  JsonWriter out;
  out.begin_object().name("jobQueues").begin_list();
  for (const QueueStatus& status : page.items) {
    write_queue(out, scope, status.queue, environments);
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
