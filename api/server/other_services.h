#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/server/http_message.h"
#include "api/wire/arn.h"

/// What clients send here that is not AWS Batch nor CloudWatch Logs: with AWS_ENDPOINT_URL they
/// send every service to this port.
namespace dray::server {

/// Part `index` of "AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...", from 0.
/// Empty when there is none.
std::string_view signed_part(std::string_view authorization, int index);

/// STS's GetCallerIdentity, which many clients begin with. Nothing for other requests.
std::optional<HttpResponse> answer_sts(const HttpRequest& request, const wire::ArnScope& scope);

/// A refusal that clients of a service that is not here understand: in XML where they read XML.
/// Nothing for requests of ours.
std::optional<HttpResponse> refuse_other_service(const HttpRequest& request);

}  // namespace dray::server
