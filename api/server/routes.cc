#include "api/server/routes.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>

#include "api/auth/digests.h"
#include "api/server/chance.h"
#include "api/server/http_errors.h"
#include "api/server/other_services.h"
#include "api/server/scoped_backend.h"
#include "api/server/target.h"
#include "api/wire/dray_shapes.h"

namespace dray::server {
namespace {

constexpr std::string_view kBatchPrefix = "/v1/";
constexpr std::string_view kTagsPrefix = "/v1/tags/";
constexpr std::string_view kLogsPrefix = "Logs_20140328.";

HttpResponse unknown_operation() {
  return refusal_response(404, "UnknownOperationException",
                          "The requested operation does not exist");
}

HttpResponse respond(Dialect dialect, Result<std::string> answer) {
  if (!answer) {
    return error_response(dialect, answer.error());
  }
  HttpResponse response;
  response.body = std::move(*answer);
  return response;
}

bool is_region_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// The region that a request was signed for.
std::optional<std::string> signed_region(std::string_view authorization) {
  constexpr int kRegionPart = 2;
  const std::string_view region = signed_part(authorization, kRegionPart);
  if (region.empty() || region.size() > 32 ||
      !std::all_of(region.begin(), region.end(), is_region_character)) {
    return std::nullopt;
  }
  return std::string(region);
}

Uuid first_half(const auth::Digest& digest) {
  Uuid half;
  for (std::size_t i = 0; i < 8; ++i) {
    half.high = half.high << 8U | digest[i];
    half.low = half.low << 8U | digest[i + 8];
  }
  return half;
}

/// Of the key that signed, so that nobody can answer for another.
std::optional<Invocation> invocation_of(const HttpRequest& request) {
  const std::string id = request.header("amz-sdk-invocation-id");
  if (id.empty() || !request.caller || !request.target.ends_with("/v1/submitjob")) {
    return std::nullopt;
  }
  return Invocation{first_half(auth::sha256(request.caller->key_id + '\n' + id)),
                    first_half(auth::sha256(request.body))};
}

}  // namespace

Routes::Routes(api::Backend& backend, wire::ArnScope scope, wire::BuildShape build,
               std::string web_dir)
    : backend_(backend),
      scope_(std::move(scope)),
      build_(std::move(build)),
      web_(std::move(web_dir)) {}

wire::ArnScope Routes::scope_of(const HttpRequest& request) const {
  wire::ArnScope scope = scope_;
  if (std::optional<std::string> region = signed_region(request.header("authorization"))) {
    scope.region = std::move(*region);
  }
  return scope;
}

HttpResponse Routes::answer(const HttpRequest& request) const {
  HttpResponse response;
  // A download asks on after this returns.
  std::shared_ptr<ScopedBackend> scoped;
  if (request.caller && !is_for_all_queues(request.caller->queues)) {
    scoped = std::make_shared<ScopedBackend>(backend_, request.caller->queues);
  }
  try {
    response = route(request, scoped ? static_cast<api::Backend&>(*scoped) : backend_);
  } catch (const std::exception&) {
    // A room's exception that came this far is a bug; its text is nobody's business.
    response = error_response(Dialect::Batch, Error{ErrorCode::Internal, ""});
  }
  if (scoped && response.more) {
    response.more = [scoped, more = std::move(response.more)] { return more(); };
  }
  response.headers.emplace_back("x-amzn-RequestId", request.request_id.empty()
                                                        ? to_string(fresh_uuid())
                                                        : request.request_id);
  // Browsers take bytes for what they are said to be, and keep only what they are told to.
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  const auto& headers = response.headers;
  if (std::none_of(headers.begin(), headers.end(),
                   [](const auto& header) { return header.first == "Cache-Control"; })) {
    response.headers.emplace_back("Cache-Control", "no-store");
  }
  return response;
}

bool Routes::is_download(const HttpRequest& request) {
  return request.method == "GET" && split_target(request.target).path.ends_with("/log/raw");
}

HttpResponse Routes::route(const HttpRequest& request, api::Backend& backend) const {
  const Target target = split_target(request.target);
  const wire::ArnScope scope = scope_of(request);
  const Call call{backend, scope, request.body, invocation_of(request),
                  request.caller ? std::string_view(request.caller->user) : std::string_view()};
  const bool is_post = request.method == "POST";
  if (std::optional<HttpResponse> identity = answer_sts(request, scope)) {
    return std::move(*identity);
  }
  if (std::optional<HttpResponse> refusal = refuse_other_service(request)) {
    return std::move(*refusal);
  }
  if (is_post && target.path == "/") {
    return route_post_to_root(request, call);
  }
  const std::optional<std::string> path = percent_decode(target.path);
  if (!path) {
    return refusal_response(400, "ClientException", "The path is broken");
  }
  if (std::optional<HttpResponse> page = web_.answer(request, *path)) {
    return std::move(*page);
  }
  if (path->starts_with(kTagsPrefix)) {
    const std::string_view arn = std::string_view(*path).substr(kTagsPrefix.size());
    HttpResponse tags =
        respond(Dialect::Batch, answer_tags(call, request.method, arn, target.query));
    if (tags.body.empty()) {
      tags.status = 204;
    }
    return tags;
  }
  if (path->starts_with(kBatchPrefix)) {
    const std::string_view name = std::string_view(*path).substr(kBatchPrefix.size());
    const Operation operation = is_post ? batch_operation(name) : nullptr;
    if (operation != nullptr) {
      return respond(Dialect::Batch, operation(call));
    }
    return unknown_operation();
  }
  if (std::optional<HttpResponse> answer =
          answer_operations(call, request, *path, target.query, build_, door_facts_)) {
    return std::move(*answer);
  }
  return answer_dray(call, request, *path, target.query, build_);
}

HttpResponse Routes::route_post_to_root(const HttpRequest& request, const Call& call) const {
  const std::string target = request.header("x-amz-target");
  if (target.starts_with(kLogsPrefix)) {
    const Operation operation = logs_operation(std::string_view(target).substr(kLogsPrefix.size()));
    if (operation == nullptr) {
      return refusal_response(400, "UnknownOperationException",
                              "This operation is not supported yet");
    }
    HttpResponse response = respond(Dialect::Logs, operation(call));
    response.content_type = "application/x-amz-json-1.1";
    return response;
  }
  return unknown_operation();
}

}  // namespace dray::server
