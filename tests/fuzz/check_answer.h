#pragma once
#include <string_view>

#include "api/server/http_message.h"
#include "api/wire/json_guard.h"
#include "model/check.h"

namespace dray::fuzz {

/// What holds of every answer of the routes, whatever was asked.
inline void check_answer(const server::HttpResponse& response) {
  CHECK(response.status >= 200 && response.status < 600);
  CHECK(response.status != 500);  // Nothing that is sent may break a room.
  for (const auto& [name, value] : response.headers) {
    CHECK((name + value).find_first_of("\r\n") == std::string::npos);
  }
  if (response.content_type.find("json") != std::string::npos && !response.body.empty()) {
    CHECK(wire::guard_json(response.body).has_value());
  }
}

}  // namespace dray::fuzz
