#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "api/backend.h"
#include "api/server/http_message.h"
#include "api/server/web_assets.h"
#include "api/wire/arn.h"
#include "api/wire/dray_shapes.h"
#include "model/error.h"

/// From a complete request to its answer: path -> decode -> Backend -> encode. Nothing is decided
/// here.
namespace dray::server {

/// What every operation is given.
struct Call {
  api::Backend& backend;
  const wire::ArnScope& scope;
  std::string_view body;
  std::optional<Invocation> invocation;  ///< When the client has named it.
  std::string_view user = {};            ///< Whom it is from; empty when nobody is known.
};
/// An operation gives the body of its answer, JSON.
using Operation = Result<std::string> (*)(const Call& call);

/// The operation behind "/v1/<name>" of AWS Batch; null when there is none.
Operation batch_operation(std::string_view name);
/// The operation behind "X-Amz-Target: Logs_20140328.<name>"; null when there is none.
Operation logs_operation(std::string_view name);
/// Those of them that make groups, streams and events.
Operation log_groups_operation(std::string_view name);
/// GET, POST and DELETE of /v1/tags/{arn}. The answer to a change is empty.
Result<std::string> answer_tags(const Call& call, std::string_view method, std::string_view arn,
                                std::string_view query);
/// Paths under /dray/v1. `path` is decoded, `query` is not.
HttpResponse answer_dray(const Call& call, const HttpRequest& request, std::string_view path,
                         std::string_view query, const wire::BuildShape& build);
/// GET /livez, /readyz, /version, /openapi.json, /metrics. Nothing for other paths.
std::optional<HttpResponse> answer_operations(const Call& call, const HttpRequest& request,
                                              std::string_view path, std::string_view query,
                                              const wire::BuildShape& build,
                                              const std::function<api::DoorFacts()>& door);

/// GET of /dray/v1/overview, jobs, jobs/ID/children, agents/NAME/attempts: what the status page
/// reads. Nothing for other paths; `rest` is what follows /dray/v1/.
std::optional<HttpResponse> answer_views(const Call& call, const HttpRequest& request,
                                         std::string_view rest, std::string_view query,
                                         std::string_view version);

/// GET, POST and DELETE of /dray/v1/keys, GET of audit and session. Nothing for other paths; `rest`
/// is what follows /dray/v1/.
std::optional<HttpResponse> answer_access(const Call& call, const HttpRequest& request,
                                          std::string_view rest, std::string_view query);

class Routes {
 public:
  /// `backend` must outlive the routes.
  Routes(api::Backend& backend, wire::ArnScope scope, wire::BuildShape build,
         std::string web_dir = {});
  /// How /metrics learns it.
  void ask_gate(std::function<api::DoorFacts()> facts) { door_facts_ = std::move(facts); }
  /// Never throws.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;
  /// Whether the answer may be one of pieces (HttpResponse::more).
  [[nodiscard]] static bool is_download(const HttpRequest& request);

 private:
  [[nodiscard]] HttpResponse route(const HttpRequest& request, api::Backend& backend) const;
  [[nodiscard]] HttpResponse route_post_to_root(const HttpRequest& request, const Call& call) const;
  [[nodiscard]] wire::ArnScope scope_of(const HttpRequest& request) const;

  api::Backend& backend_;
  wire::ArnScope scope_;
  wire::BuildShape build_;
  std::function<api::DoorFacts()> door_facts_ = [] { return api::DoorFacts(); };
  WebAssets web_;
};

}  // namespace dray::server
