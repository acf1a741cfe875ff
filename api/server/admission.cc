#include "api/server/admission.h"

#include <chrono>

#include "api/server/http_errors.h"
#include "api/server/other_services.h"
#include "api/server/target.h"
#include "api/wire/dray_access.h"

namespace dray::server {
namespace {

/// The system's, as it is: what rows are dated by never goes back, and a clock that once was wrong
/// would keep everybody out.
WallTime wall_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

auth::RequestParts parts_of(const HttpRequest& request) {
  auth::RequestParts parts{request.method, request.target, {}, request.body};
  parts.headers.reserve(request.lines.size());
  for (const HeaderLine& line : request.lines) {
    parts.headers.emplace_back(line.name, line.value);
  }
  return parts;
}

bool is_query_protocol(const HttpRequest& request) {
  return split_target(request.target).path == "/" && request.header("x-amz-target").empty();
}

/// What the request must be signed for: a signature for one service opens no other.
bool is_for_service(const HttpRequest& request, const std::string& service) {
  if (split_target(request.target).path != "/") {
    return service == "batch";
  }
  return service == (is_query_protocol(request) ? "sts" : "logs");
}

struct FaultWords {
  std::string_view json;
  std::string_view query;
};

FaultWords words_of(auth::Fault fault) {
  switch (fault) {
    case auth::Fault::Missing:
      return {"MissingAuthenticationTokenException", "MissingAuthenticationToken"};
    case auth::Fault::Incomplete:
      return {"IncompleteSignatureException", "IncompleteSignature"};
    case auth::Fault::Unknown:
      return {"UnrecognizedClientException", "InvalidClientTokenId"};
    case auth::Fault::Invalid:
      return {"InvalidSignatureException", "SignatureDoesNotMatch"};
  }
  return {"AccessDeniedException", "AccessDenied"};
}

HttpResponse refusal_in_words(const HttpRequest& request, const FaultWords& words,
                              const std::string& reason) {
  HttpResponse response = refusal_response(403, words.json, reason);
  if (request.method == "POST" && is_query_protocol(request)) {
    response.content_type = "text/xml";
    response.body = wire::encode_query_error(words.query, reason, request.request_id);
  }
  return response;
}

}  // namespace

Admitted SignedAdmission::admit(const HttpRequest& request) {
  const WallTime now = wall_now();
  Admitted admitted;
  if (request.headers.contains("cookie") && !request.headers.contains("authorization")) {
    admitted.key = sessions_.find(request, now);
    admitted.by_session = admitted.key != nullptr;
    if (admitted.by_session) {
      return admitted;
    }
  }
  const std::shared_ptr<const auth::KeySet> keys = backend_.keys();
  const auth::FindSecret find = [&](std::string_view id) -> const std::string* {
    const auto found = keys->find(id);
    return found == keys->end() ? nullptr : &found->second->secret;
  };
  const auth::AuthResult<auth::Signer> signer = verifier_.verify(parts_of(request), find, now);
  if (!signer) {
    admitted.refusal = signer.error();
    return admitted;
  }
  if (!is_for_service(request, signer->scope.service)) {
    admitted.refusal = {
        auth::Fault::Invalid,
        "Credential should be scoped to correct service, not '" + signer->scope.service + "'."};
    return admitted;
  }
  admitted.key = keys->find(signer->key_id)->second;
  backend_.note_key_used(*admitted.key);
  return admitted;
}

bool SignedAdmission::is_still_in(const HttpRequest& request) {
  const bool is_by_signature = request.headers.contains("authorization");
  return request.caller && backend_.keys()->contains(request.caller->key_id) &&
         (is_by_signature || sessions_.find(request, wall_now()) != nullptr);
}

std::optional<HttpResponse> SignedAdmission::answer_session(const HttpRequest& request) {
  if (split_target(request.target).path != "/dray/v1/session") {
    return std::nullopt;
  }
  if (request.method == "POST") {
    return sessions_.sign_in(request, wall_now());
  }
  return request.method == "DELETE" ? std::optional(sessions_.sign_out(request, wall_now()))
                                    : std::nullopt;
}

HttpResponse refusal_of(const HttpRequest& request, const auth::AuthError& error) {
  if (std::optional<HttpResponse> other = refuse_other_service(request)) {
    return std::move(*other);  // No key helps there: rather say so.
  }
  return refusal_in_words(request, words_of(error.fault), error.reason);
}

HttpResponse forbidden(const HttpRequest& request, const std::string& reason) {
  return refusal_in_words(request, {"AccessDeniedException", "AccessDenied"}, reason);
}

}  // namespace dray::server
