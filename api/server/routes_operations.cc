#include <algorithm>
#include <utility>

#include "api/server/routes.h"
#include "api/server/routes_dray.h"
#include "api/server/target.h"
#include "api/wire/shapes/openapi.h"

/// What operators' tools ask.
namespace dray::server {
namespace {

HttpResponse text_response(std::string text) {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

HttpResponse metrics(const Call& call, const api::DoorFacts& door) {
  Result<std::string> text = call.backend.metrics(door);
  if (!text) {
    return json_response(tl::unexpected(text.error()));
  }
  HttpResponse response = text_response(std::move(*text));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

/// Ready: the database is read, and the scheduler's loop turns and takes things.
HttpResponse readiness(const Call& call, bool is_verbose) {
  const std::vector<api::Check> checks = call.backend.checks();
  const bool is_ready =
      std::all_of(checks.begin(), checks.end(), [](const api::Check& it) { return it.is_ok; });
  std::string lines;
  for (const api::Check& check : checks) {
    lines += (check.is_ok ? "ok " : "FAILED ") + check.name;
    lines += (check.reason.empty() ? "" : ": " + check.reason) + "\n";
  }
  HttpResponse response =
      is_verbose ? text_response(lines + (is_ready ? "ready\n" : "not ready\n"))
                 : json_response(wire::encode_health(is_ready ? "ready" : "not ready"));
  response.status = is_ready ? 200 : 503;
  return response;
}

}  // namespace

std::optional<HttpResponse> answer_operations(const Call& call, const HttpRequest& request,
                                              std::string_view path, std::string_view query,
                                              const wire::BuildShape& build,
                                              const std::function<api::DoorFacts()>& door) {
  if (request.method != "GET" && request.method != "HEAD") {
    return std::nullopt;
  }
  if (path == "/livez") {
    return json_response(wire::encode_health("ok"));
  }
  if (path == "/readyz") {
    return readiness(call, query_value(query, "verbose").has_value());
  }
  if (path == "/version") {
    return json_response(wire::encode_version(build));
  }
  if (path == "/openapi.json") {
    static const std::string described = wire::encode_openapi(build.version);
    return json_response(described);
  }
  if (path == "/metrics") {
    return metrics(call, door());
  }
  return std::nullopt;
}

}  // namespace dray::server
