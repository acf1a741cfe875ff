#pragma once
#include <string_view>

#include "api/server/http_message.h"

namespace dray::server {

/// What a request asks for, as metrics name it: one of a fixed list ("submitjob", "overview",
/// "logs.GetLogEvents", "page"), so that no client can make new ones up; "unknown" for the rest.
/// Points into the program or into the request.
std::string_view operation_name(const HttpRequest& request);

}  // namespace dray::server
