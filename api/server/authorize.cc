#include "api/server/authorize.h"

#include <algorithm>
#include <array>

#include "api/server/operation_names.h"
#include "api/server/target.h"
#include "api/wire/arn.h"

namespace dray::server {
namespace {

enum class Reach : std::uint8_t { Own, All };

struct Rule {
  std::string_view begins;  ///< The operation's name begins so: the first that fits counts.
  Role least;
  Reach reach;
  bool is_change;
};

/// AWS Batch's operations, by what their names begin with: so that a new one has a rule, and never
/// too mild a one.
constexpr std::array kBatchRules{
    Rule{"describe", Role::Viewer, Reach::Own, false},
    Rule{"list", Role::Viewer, Reach::Own, false},
    Rule{"get", Role::Viewer, Reach::Own, false},
    Rule{"submit", Role::Submitter, Reach::Own, true},
    Rule{"cancel", Role::Submitter, Reach::Own, true},
    Rule{"terminate", Role::Submitter, Reach::Own, true},
    Rule{"registerjobdefinition", Role::Submitter, Reach::Own, true},
    Rule{"deregisterjobdefinition", Role::Submitter, Reach::All, true},
    Rule{"createjobqueue", Role::Operator, Reach::Own, true},
    Rule{"updatejobqueue", Role::Operator, Reach::Own, true},
    Rule{"deletejobqueue", Role::Operator, Reach::Own, true},
    Rule{"", Role::Operator, Reach::All, true},
};
/// CloudWatch Logs'.
constexpr std::array kLogsRules{
    Rule{"Get", Role::Viewer, Reach::Own, false},
    Rule{"Filter", Role::Viewer, Reach::Own, false},
    Rule{"Describe", Role::Viewer, Reach::Own, false},
    Rule{"List", Role::Viewer, Reach::Own, false},
    Rule{"CreateLog", Role::Submitter, Reach::All, true},
    Rule{"PutLogEvents", Role::Submitter, Reach::All, true},
    Rule{"", Role::Operator, Reach::All, true},
};
/// Dray's own, by whole names.
constexpr std::array kOwnReads{
    Rule{"keys", Role::Admin, Reach::All, false},
    Rule{"audit", Role::Admin, Reach::All, false},
    Rule{"metrics", Role::Viewer, Reach::All, false},
    Rule{"openapi.json", Role::Viewer, Reach::Own, false},
    Rule{"overview", Role::Viewer, Reach::Own, false},
    Rule{"jobs", Role::Viewer, Reach::Own, false},
    Rule{"children", Role::Viewer, Reach::Own, false},
    Rule{"explain", Role::Viewer, Reach::Own, false},
    Rule{"history", Role::Viewer, Reach::Own, false},
    Rule{"log", Role::Viewer, Reach::Own, false},
    Rule{"log/tail", Role::Viewer, Reach::Own, false},
    Rule{"log/raw", Role::Viewer, Reach::Own, false},
    Rule{"agents", Role::Viewer, Reach::Own, false},
    Rule{"attempts", Role::Viewer, Reach::Own, false},
    Rule{"queues", Role::Viewer, Reach::Own, false},
    Rule{"snapshot", Role::Viewer, Reach::Own, false},
    Rule{"usage", Role::Viewer, Reach::Own, false},
    Rule{"events", Role::Viewer, Reach::Own, false},
    Rule{"session", Role::Viewer, Reach::Own, false},
};
constexpr std::array kOwnChanges{
    Rule{"hold", Role::Submitter, Reach::Own, true},
    Rule{"limits", Role::Submitter, Reach::Own, true},
    Rule{"priority", Role::Submitter, Reach::Own, true},
    Rule{"release", Role::Submitter, Reach::Own, true},
    Rule{"rerun", Role::Submitter, Reach::Own, true},
    Rule{"concurrency", Role::Operator, Reach::Own, true},
    Rule{"order", Role::Operator, Reach::Own, true},
    Rule{"drain", Role::Operator, Reach::All, true},
    Rule{"undrain", Role::Operator, Reach::All, true},
    Rule{"environment", Role::Operator, Reach::Own, true},
    Rule{"keys", Role::Admin, Reach::All, true},
    Rule{"key", Role::Admin, Reach::All, true},
    Rule{"enable", Role::Admin, Reach::All, true},
    Rule{"disable", Role::Admin, Reach::All, true},
};
/// Asked without a key: whether it lives, what it is, the page, and signing in and out.
constexpr std::array<std::string_view, 5> kOpenReads{"livez", "readyz", "version", "page", "asset"};

Need need_by(const Rule& rule, std::string action) {
  return {std::move(action), false, rule.least, rule.reach == Reach::All, rule.is_change};
}

template <class Rules>
std::optional<Need> by_beginning(const Rules& rules, std::string_view service,
                                 std::string_view name) {
  for (const Rule& rule : rules) {
    if (name.starts_with(rule.begins)) {
      return need_by(rule, std::string(service) + std::string(name));
    }
  }
  return std::nullopt;
}

template <class Rules>
std::optional<Need> by_name(const Rules& rules, std::string_view name) {
  for (const Rule& rule : rules) {
    if (name == rule.begins) {
      return need_by(rule, "dray:" + std::string(name));
    }
  }
  return std::nullopt;
}

Need open_to_all(std::string_view name) {
  return {"dray:" + std::string(name), true, Role::Viewer, false, false};
}

constexpr std::string_view kTagsPath = "/v1/tags/";

/// Jobs and definitions are tagged by those who make them, everything else by operators; keys for
/// some queues tag those queues and their jobs.
Need need_of_tags(std::string_view path, std::string_view method) {
  if (method == "GET" || method == "HEAD") {
    return {"batch:listtagsforresource", false, Role::Viewer, false, false};
  }
  // Read as the route reads it: what an ARN says elsewhere must not count.
  const std::optional<std::string> decoded = percent_decode(path);
  const std::optional<ResourceName> resource =
      decoded ? wire::parse_resource_arn(std::string_view(*decoded).substr(kTagsPath.size()))
              : std::nullopt;
  const auto is_of = [&resource](ResourceKind kind) { return resource && resource->kind == kind; };
  const bool is_job = is_of(ResourceKind::Job);
  const bool is_submitters = is_job || is_of(ResourceKind::Definition);
  return {method == "DELETE" ? "batch:untagresource" : "batch:tagresource", false,
          is_submitters ? Role::Submitter : Role::Operator, !is_job && !is_of(ResourceKind::Queue),
          true};
}

}  // namespace

std::optional<Need> need_of(const HttpRequest& request) {
  constexpr std::string_view kBatchPath = "/v1/";
  constexpr std::string_view kLogsTarget = "Logs_20140328.";
  const std::string_view path = split_target(request.target).path;
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  const std::string_view name = operation_name(request);
  if (path == "/" && request.method == "POST") {
    const std::string target = request.header("x-amz-target");
    if (target.empty()) {
      return Need{"sts:GetCallerIdentity", false, Role::Viewer, false, false};
    }
    if (!target.starts_with(kLogsTarget)) {
      return Need{"unknown", false, Role::Viewer, false, false};
    }
    return by_beginning(kLogsRules, "logs:", std::string_view(target).substr(kLogsTarget.size()));
  }
  if (name == "tags") {
    return need_of_tags(path, request.method);
  }
  if (path.starts_with(kBatchPath)) {
    return by_beginning(kBatchRules, "batch:", path.substr(kBatchPath.size()));
  }
  if (name == "session" && !is_read) {
    return open_to_all(name);
  }
  if (is_read && std::find(kOpenReads.begin(), kOpenReads.end(), name) != kOpenReads.end()) {
    return open_to_all(name);
  }
  return is_read ? by_name(kOwnReads, name) : by_name(kOwnChanges, name);
}

Result<void> authorize(const Caller& caller, const Need& need, std::string_view user) {
  const std::string begin =
      "User: " + std::string(user) + " is not authorized to perform: " + need.action;
  if (caller.role < need.least) {
    return refuse(ErrorCode::NotAllowed, begin + " because the key's role is " +
                                             std::string(name_of(caller.role)) + " and " +
                                             std::string(name_of(need.least)) + " is needed");
  }
  if (need.needs_all_queues && !is_for_all_queues(caller.queues)) {
    return refuse(ErrorCode::NotAllowed,
                  begin + " because the key is for the queues " + caller.queues + " only");
  }
  return {};
}

}  // namespace dray::server
