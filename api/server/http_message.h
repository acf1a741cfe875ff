#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/access.h"
#include "model/error.h"

namespace dray::server {

/// A header as it came, but for the white space around its value.
struct HeaderLine {
  std::string name;
  std::string value;
};

/// A complete request, as it came: nothing is decoded but the framing of its body.
struct HttpRequest {
  std::string method;
  std::string target;                          ///< Path and query, still percent-encoded.
  std::vector<HeaderLine> lines;               ///< All headers, in order.
  std::map<std::string, std::string> headers;  ///< Names in lower case, repeated ones joined.
  std::string body;
  std::string peer;  ///< The address it came from, by the socket. Empty in tests without one.
  bool keeps_alive = true;
  // What the door has found out.
  std::string request_id;
  std::optional<Caller> caller;  ///< Whom it is from; nobody for what is open to all.

  /// Empty when absent.
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// When set, the body is not `body` but the texts it gives, one after another, until an empty
  /// one. For what is too large to be held (Routes::is_download); it must not outlive the backend.
  std::function<Result<std::string>()> more;
};

}  // namespace dray::server
