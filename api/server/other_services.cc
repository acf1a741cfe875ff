#include "api/server/other_services.h"

#include <algorithm>
#include <array>

#include "api/server/http_errors.h"
#include "api/wire/dray_access.h"
#include "api/wire/sts.h"

namespace dray::server {
namespace {

constexpr std::array<std::string_view, 3> kOurServices{"batch", "logs", "sts"};
constexpr std::string_view kHint =
    "This is Dray: AWS Batch, CloudWatch Logs and STS's GetCallerIdentity. Point the endpoint of "
    "every other service elsewhere, for example AWS_ENDPOINT_URL_S3.";

/// A call of AWS's Query protocol: a form, and no header that names the operation.
bool is_query_call(const HttpRequest& request) {
  return request.method == "POST" && request.target == "/" &&
         request.header("x-amz-target").empty() &&
         request.body.find("Action=") != std::string::npos;
}

bool is_identity_call(const HttpRequest& request) {
  return is_query_call(request) &&
         request.body.find("Action=GetCallerIdentity") != std::string::npos;
}

HttpResponse xml_refusal(std::string body, std::string_view code) {
  HttpResponse response;
  response.status = 400;
  response.content_type = "text/xml";
  response.headers.emplace_back("x-amzn-errortype", code);
  response.body = std::move(body);
  return response;
}

}  // namespace

std::string_view signed_part(std::string_view authorization, int index) {
  constexpr std::string_view kMark = "Credential=";
  const std::size_t at = authorization.find(kMark);
  if (at == std::string_view::npos) {
    return {};
  }
  std::string_view scope = authorization.substr(at + kMark.size());
  scope = scope.substr(0, scope.find_first_of(", "));
  for (int part = 0; part < index; ++part) {
    const std::size_t slash = scope.find('/');
    if (slash == std::string_view::npos) {
      return {};
    }
    scope.remove_prefix(slash + 1);
  }
  return scope.substr(0, scope.find('/'));
}

std::optional<HttpResponse> answer_sts(const HttpRequest& request, const wire::ArnScope& scope) {
  if (!is_identity_call(request)) {
    return std::nullopt;
  }
  HttpResponse response;
  response.content_type = "text/xml";
  response.body = wire::encode_caller_identity(wire::caller_identity(scope, request.caller),
                                               request.request_id);
  return response;
}

std::optional<HttpResponse> refuse_other_service(const HttpRequest& request) {
  constexpr int kServicePart = 3;
  const std::string authorization = request.header("authorization");
  const std::string_view service = signed_part(authorization, kServicePart);
  const bool is_ours = service.empty() || std::find(kOurServices.begin(), kOurServices.end(),
                                                    service) != kOurServices.end();
  if (is_identity_call(request)) {
    return std::nullopt;
  }
  if (is_query_call(request)) {
    return xml_refusal(wire::encode_query_error("InvalidAction", kHint, request.request_id),
                       "InvalidAction");
  }
  if (is_ours || request.target.starts_with("/dray/")) {
    return std::nullopt;
  }
  if (service == "s3" || service == "s3express") {
    return xml_refusal(wire::encode_s3_error("NotImplemented", kHint), "NotImplemented");
  }
  return refusal_response(400, "UnknownOperationException", kHint);
}

}  // namespace dray::server
