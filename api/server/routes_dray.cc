#include "api/server/routes_dray.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/server/http_errors.h"
#include "api/server/routes.h"
#include "api/server/target.h"
#include "api/wire/dray_history.h"
#include "api/wire/dray_shapes.h"
#include "api/wire/dray_usage.h"

/// Dray's own paths (docs/api.md).
namespace dray::server {
namespace {

HttpResponse unknown_path() {
  return refusal_response(404, "UnknownOperationException", "There is nothing at this path");
}

Result<std::string> list_agents(const Call& call) {
  return call.backend.agents().map([&](const std::vector<api::AgentStatus>& agents) {
    return wire::encode_agents(call.scope, shapes_of(agents));
  });
}

Result<std::string> explain(const Call& call, const JobName& job) {
  const Result<std::vector<Explanation>> found = call.backend.explain({job});
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (found->empty()) {
    return refuse(ErrorCode::NotFound, "The job does not exist");
  }
  return wire::encode_explanation(job, found->front());
}

/// "NAME", or "NAME:REVISION".
Result<std::string> definition_usage(const Call& call, std::string_view name) {
  const std::size_t colon = name.find(':');
  UsageQuery query{.definition = std::string(name.substr(0, colon))};
  if (colon != std::string_view::npos) {
    const std::string_view digits = name.substr(colon + 1);
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), query.revision);
    if (failure != std::errc() || end != digits.data() + digits.size() || query.revision < 1) {
      return refuse(ErrorCode::NotFound, "JobDefinition " + std::string(name) + " does not exist");
    }
  }
  return call.backend.usage(std::move(query)).map(wire::encode_usage);
}

Result<std::string> set_queue_environment(const Call& call, std::string_view name) {
  Result<std::vector<EnvironmentVariable>> variables = wire::decode_queue_environment(call.body);
  if (!variables) {
    return tl::unexpected(variables.error());
  }
  QueueUpdate update;
  update.name = wire::queue_name(name);
  update.job_environment = std::move(*variables);
  return call.backend.update_queue(std::move(update)).map([] { return std::string("{}"); });
}

Result<std::string> update_queue(const Call& call, std::string_view name,
                                 Result<QueueUpdate> update) {
  if (!update) {
    return tl::unexpected(update.error());
  }
  update->name = wire::queue_name(name);
  return call.backend.update_queue(std::move(*update)).map([] { return std::string("{}"); });
}

HttpResponse answer_jobs(const Call& call, std::string_view rest, std::string_view query) {
  const std::optional<JobName> job = wire::parse_job_name(take_part(rest));
  if (rest != "explain" && rest != "history" && rest != "log" && rest != "log/tail" &&
      rest != "log/raw") {
    return unknown_path();
  }
  if (!job) {
    return error_response(Dialect::Dray, {ErrorCode::NotFound, "The job does not exist"});
  }
  if (rest == "explain") {
    return json_response(explain(call, *job));
  }
  if (rest == "history") {
    return json_response(call.backend.history(*job).map(wire::encode_history));
  }
  return answer_log(call, *job, rest, query);
}

HttpResponse answer_own(const Call& call, const HttpRequest& request, std::string_view rest,
                        std::string_view query, std::string_view version) {
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (is_get) {
    if (std::optional<HttpResponse> view = answer_views(call, request, rest, query, version)) {
      return std::move(*view);
    }
  }
  if (std::optional<HttpResponse> access = answer_access(call, request, rest, query)) {
    return std::move(*access);
  }
  const std::string_view kind = take_part(rest);
  if (kind == "jobs" && is_get) {
    return answer_jobs(call, rest, query);
  }
  if (kind == "jobs") {
    return answer_job_changes(call, request.method, rest).value_or(unknown_path());
  }
  if (kind == "agents" && is_get && rest.empty()) {
    return json_response(list_agents(call));
  }
  if (kind == "queues" && is_get && rest.empty()) {
    return json_response(call.backend.queues({}).map(wire::encode_queue_counts));
  }
  const std::string name(take_part(rest));
  if (kind == "job-definitions" && is_get && rest == "usage") {
    return json_response(definition_usage(call, name));
  }
  if (kind == "agents" && request.method == "POST" && (rest == "drain" || rest == "undrain")) {
    return json_response(
        call.backend.drain_agent(name, rest == "drain").map([] { return std::string("{}"); }));
  }
  const bool is_put = request.method == "PUT" || request.method == "POST";
  if (kind == "queues" && is_put && rest == "concurrency") {
    return json_response(update_queue(call, name, wire::decode_queue_limits(call.body)));
  }
  if (kind == "queues" && is_put && rest == "order") {
    return json_response(update_queue(call, name, wire::decode_queue_order(call.body)));
  }
  if (kind == "queues" && request.method == "PUT" && rest == "environment") {
    return json_response(set_queue_environment(call, name));
  }
  return unknown_path();
}

}  // namespace

HttpResponse answer_dray(const Call& call, const HttpRequest& request, std::string_view path,
                         std::string_view query, const wire::BuildShape& build) {
  constexpr std::string_view kPrefix = "/dray/v1/";
  if (path.starts_with(kPrefix)) {
    return answer_own(call, request, path.substr(kPrefix.size()), query, build.version);
  }
  return unknown_path();
}

}  // namespace dray::server
