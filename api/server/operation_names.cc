#include "api/server/operation_names.h"

#include <algorithm>
#include <array>

#include "api/server/routes.h"
#include "api/server/target.h"
#include "api/server/web_assets.h"

namespace dray::server {
namespace {

constexpr std::string_view kUnknown = "unknown";
constexpr std::array<std::string_view, 5> kPlain{"livez", "metrics", "openapi.json", "readyz",
                                                 "version"};
/// Names of what may follow /dray/v1/KIND/NAME/.
constexpr std::array<std::string_view, 21> kParts{
    "attempts", "children", "concurrency", "disable", "drain",    "enable",  "environment",
    "explain",  "history",  "hold",        "limits",  "log",      "log/raw", "log/tail",
    "order",    "priority", "release",     "rerun",   "snapshot", "undrain", "usage"};
constexpr std::array<std::string_view, 8> kKinds{"agents", "audit",    "events", "jobs",
                                                 "keys",   "overview", "queues", "session"};

template <class List>
std::string_view one_of(const List& list, std::string_view word) {
  const auto found = std::find(list.begin(), list.end(), word);
  return found == list.end() ? kUnknown : *found;
}

std::string_view own_name(std::string_view rest) {
  const std::string_view kind = take_part(rest);
  if (rest.empty()) {
    return one_of(kKinds, kind);
  }
  take_part(rest);
  if (kind == "keys" && rest.empty()) {
    return "key";
  }
  return one_of(kParts, rest);
}

std::string_view root_name(const HttpRequest& request) {
  constexpr std::string_view kLogs = "Logs_20140328.";
  const auto target = request.headers.find("x-amz-target");
  if (target == request.headers.end()) {
    return "sts";
  }
  const std::string_view name = target->second;
  return name.starts_with(kLogs) && logs_operation(name.substr(kLogs.size())) != nullptr
             ? name.substr(kLogs.size())
             : kUnknown;
}

}  // namespace

std::string_view operation_name(const HttpRequest& request) {
  constexpr std::string_view kBatch = "/v1/";
  constexpr std::string_view kOwn = "/dray/v1/";
  const std::string_view path = split_target(request.target).path;
  if (path == "/" && request.method == "POST") {
    return root_name(request);
  }
  if (path.starts_with(kOwn)) {
    return own_name(path.substr(kOwn.size()));
  }
  if (path.starts_with(kBatch)) {
    const std::string_view name = path.substr(kBatch.size());
    if (name.starts_with("tags/")) {
      return "tags";
    }
    return batch_operation(name) != nullptr ? name : kUnknown;
  }
  if (path.starts_with("/assets/")) {
    return "asset";
  }
  return is_page_path(path) ? "page"
                            : one_of(kPlain, path.substr(std::min<std::size_t>(1, path.size())));
}

}  // namespace dray::server
