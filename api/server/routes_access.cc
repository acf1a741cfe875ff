#include <optional>

#include "api/server/http_errors.h"
#include "api/server/routes_dray.h"
#include "api/server/target.h"
#include "api/wire/dray_access.h"

/// Access keys, who one is, and the audit log.
namespace dray::server {
namespace {

constexpr std::uint64_t kAuditLinesMax = 10'000;

Result<std::string> done(const Result<void>& result) {
  if (!result) {
    return tl::unexpected(result.error());
  }
  return std::string("{}");
}

Result<std::string> create_key(const Call& call) {
  Result<wire::KeyAsked> asked = wire::decode_create_key(call.body);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  return call.backend
      .create_access_key(std::move(asked->user), asked->role, std::move(asked->queues))
      .map([](const api::CreatedKey& created) {
        return wire::encode_created_key(created.key, created.secret);
      });
}

Result<std::string> audit(const Call& call, std::string_view query) {
  const auto limit = number_in_query(query, "limit", 100);
  if (!limit || *limit < 1) {
    return refuse(ErrorCode::BadRequest, "limit must be a whole number from 1 on");
  }
  return call.backend.newest_audit(std::min(*limit, kAuditLinesMax)).map(wire::encode_audit_lines);
}

std::optional<HttpResponse> answer_keys(const Call& call, std::string_view method,
                                        std::string_view rest) {
  const std::string id(take_part(rest));
  if (id.empty() && method == "GET") {
    return json_response(call.backend.access_keys().map(wire::encode_keys));
  }
  if (id.empty() && method == "POST") {
    return json_response(create_key(call));
  }
  if (method == "DELETE" && rest.empty()) {
    return json_response(done(call.backend.delete_access_key(id)));
  }
  if (method == "POST" && (rest == "enable" || rest == "disable")) {
    return json_response(done(call.backend.switch_access_key(id, rest == "enable")));
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpResponse> answer_access(const Call& call, const HttpRequest& request,
                                          std::string_view rest, std::string_view query) {
  const std::string_view kind = take_part(rest);
  if (kind == "keys") {
    return answer_keys(call, request.method, rest);
  }
  if (kind == "audit" && request.method == "GET" && rest.empty()) {
    return json_response(audit(call, query));
  }
  if (kind == "session" && request.method == "GET" && rest.empty() && request.caller) {
    return json_response(wire::encode_caller(*request.caller));
  }
  return std::nullopt;
}

}  // namespace dray::server
