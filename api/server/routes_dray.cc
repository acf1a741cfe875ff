#include <algorithm>
#include <charconv>
#include <optional>

#include "api/server/http_errors.h"
#include "api/server/routes.h"
#include "api/server/target.h"
#include "api/wire/dray_shapes.h"

/// Dray's own paths (docs/api.md).
namespace dray::server {
namespace {

constexpr std::uint64_t kLogBytesMax = 8 * 1024 * 1024;

HttpResponse json_response(Result<std::string> answer) {
  if (!answer) {
    return error_response(Dialect::Dray, answer.error());
  }
  HttpResponse response;
  response.body = std::move(*answer);
  return response;
}

HttpResponse unknown_path() {
  return refusal_response(404, "UnknownOperationException", "There is nothing at this path");
}

/// Takes the next part of a path off, without its slash.
std::string_view take_part(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

std::optional<std::uint64_t> number_in_query(std::string_view query, std::string_view name,
                                             std::uint64_t otherwise) {
  const std::optional<std::string> text = query_value(query, name);
  if (!text) {
    return otherwise;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  const bool is_number = error == std::errc() && end == text->data() + text->size();
  return is_number ? std::optional(value) : std::nullopt;
}

Result<std::string> list_agents(const Call& call) {
  return call.backend.agents().map([&](const std::vector<api::AgentStatus>& agents) {
    std::vector<wire::AgentShape> shapes;
    for (const api::AgentStatus& status : agents) {
      shapes.push_back({status.agent, status.state, status.reserved, status.attempts_live,
                        status.attempts_ahead, status.silent_for});
    }
    return wire::encode_agents(call.scope, shapes);
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

/// The attempt asked for; the latest one that is more than a plan when none is.
const Attempt* pick_attempt(const JobDetail& detail, std::uint64_t number) {
  for (auto attempt = detail.attempts.rbegin(); attempt != detail.attempts.rend(); ++attempt) {
    const bool is_wanted =
        number == 0 ? attempt->state != AttemptState::Ahead : attempt->key.number == number;
    if (is_wanted) {
      return &*attempt;
    }
  }
  return nullptr;
}

HttpResponse read_log(const Call& call, const JobName& job, std::string_view query) {
  const auto number = number_in_query(query, "attempt", 0);
  const auto offset = number_in_query(query, "offset", 0);
  const auto bytes = number_in_query(query, "bytes", 1024 * 1024);
  if (!number || !offset || !bytes) {
    return error_response(
        Dialect::Dray, {ErrorCode::BadRequest, "attempt, offset and bytes must be whole numbers"});
  }
  const Result<std::vector<JobDetail>> found = call.backend.describe({job});
  if (!found) {
    return error_response(Dialect::Dray, found.error());
  }
  if (found->empty()) {
    return error_response(Dialect::Dray, {ErrorCode::NotFound, "The job does not exist"});
  }
  const Attempt* attempt = pick_attempt(found->front(), *number);
  if (attempt == nullptr) {
    return error_response(Dialect::Dray, {ErrorCode::NotFound, "The job has no such attempt yet"});
  }
  Result<LogPiece> piece = call.backend.read_log(
      attempt->key, *offset, std::clamp<std::uint64_t>(*bytes, 1, kLogBytesMax));
  if (!piece) {
    return error_response(Dialect::Dray, piece.error());
  }
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.headers = {{"X-Dray-Log-Offset", std::to_string(piece->offset)},
                      {"X-Dray-Log-End", std::to_string(piece->end)},
                      {"X-Dray-Log-Size", std::to_string(piece->size)},
                      {"X-Dray-Log-Complete", piece->is_complete ? "true" : "false"},
                      {"X-Dray-Attempt", std::to_string(attempt->key.number)}};
  response.body = std::move(piece->records);
  return response;
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

HttpResponse answer_jobs(const Call& call, std::string_view rest, std::string_view query) {
  const std::optional<JobName> job = wire::parse_job_name(take_part(rest));
  if (rest != "explain" && rest != "log") {
    return unknown_path();
  }
  if (!job) {
    return error_response(Dialect::Dray, {ErrorCode::NotFound, "The job does not exist"});
  }
  return rest == "explain" ? json_response(explain(call, *job)) : read_log(call, *job, query);
}

HttpResponse answer_own(const Call& call, std::string_view method, std::string_view rest,
                        std::string_view query) {
  const std::string_view kind = take_part(rest);
  const bool is_get = method == "GET" || method == "HEAD";
  if (kind == "jobs" && is_get) {
    return answer_jobs(call, rest, query);
  }
  if (kind == "agents" && is_get && rest.empty()) {
    return json_response(list_agents(call));
  }
  if (kind == "queues" && is_get && rest.empty()) {
    return json_response(call.backend.queues({}).map(wire::encode_queue_counts));
  }
  const std::string name(take_part(rest));
  if (kind == "agents" && method == "POST" && (rest == "drain" || rest == "undrain")) {
    return json_response(
        call.backend.drain_agent(name, rest == "drain").map([] { return std::string("{}"); }));
  }
  if (kind == "queues" && method == "PUT" && rest == "environment") {
    return json_response(set_queue_environment(call, name));
  }
  return unknown_path();
}

}  // namespace

HttpResponse answer_dray(const Call& call, const HttpRequest& request, std::string_view path,
                         std::string_view query, std::string_view version) {
  constexpr std::string_view kPrefix = "/dray/v1/";
  if (path.starts_with(kPrefix)) {
    return answer_own(call, request.method, path.substr(kPrefix.size()), query);
  }
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (is_get && path == "/livez") {
    return json_response(wire::encode_health("ok"));
  }
  if (is_get && path == "/readyz") {
    // Ready means that the scheduler answers questions.
    return json_response(
        call.backend.queues({}).map([](const auto&) { return wire::encode_health("ready"); }));
  }
  if (is_get && path == "/version") {
    return json_response(wire::encode_version(version));
  }
  return unknown_path();
}

}  // namespace dray::server
