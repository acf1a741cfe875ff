#pragma once
#include <cstdint>
#include <string_view>

#include "api/server/http_message.h"
#include "model/error.h"

namespace dray::server {

/// Whose words an error is told in.
enum class Dialect : std::uint8_t {
  Batch,  ///< ClientException 400, ServerException 500.
  Logs,   ///< CloudWatch's own names.
  Dray,   ///< Dray's paths: HTTP's statuses, the same body.
};

/// The only table from ErrorCode to a status, AWS's name and a body.
HttpResponse error_response(Dialect dialect, const Error& error);
/// 429 in AWS's words, for whoever asks too often.
HttpResponse throttled_response(std::string_view reason);
/// What is wrong with the request as HTTP, or with its path: an AWS-shaped body with that status.
HttpResponse refusal_response(int status, std::string_view type, std::string_view reason);

}  // namespace dray::server
