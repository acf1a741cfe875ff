#include <algorithm>
#include <utility>

#include "api/server/digest.h"
#include "api/server/http_errors.h"
#include "api/server/routes.h"
#include "api/server/routes_dray.h"
#include "api/server/target.h"
#include "api/wire/dray_views.h"
#include "api/wire/paging.h"
#include "api/wire/queue_snapshot.h"

/// What the status page reads.
namespace dray::server {
namespace {

constexpr std::uint64_t kJobsAPageMax = 1'000;

Result<std::string> overview(const Call& call, std::string_view version) {
  return call.backend.overview().map([&](const api::OverviewView& view) {
    return wire::encode_overview({view.now, view.started_at, version, view.queues,
                                  shapes_of(view.agents), view.throughput, view.failures});
  });
}

Result<std::string> search_jobs(const Call& call, std::string_view query) {
  JobSearch search;
  search.queue = query_value(query, "queue").value_or("");
  search.name = query_value(query, "name").value_or("");
  Result<std::vector<JobState>> states =
      wire::parse_job_states(query_value(query, "state").value_or(""));
  if (!states) {
    return tl::unexpected(states.error());
  }
  search.states = std::move(*states);
  Result<std::string> after = wire::decode_token(query_value(query, "after").value_or(""));
  if (!after) {
    return tl::unexpected(after.error());
  }
  const auto limit = number_in_query(query, "limit", 100);
  if (!limit || *limit < 1) {
    return refuse(ErrorCode::BadRequest, "limit must be a whole number from 1 on");
  }
  const Page page{static_cast<std::int32_t>(std::min(*limit, kJobsAPageMax)), std::move(*after)};
  return call.backend.search(std::move(search), page).map(wire::encode_found_jobs);
}

/// As the page asks for them again and again, most often nothing is new.
HttpResponse children(const Call& call, const HttpRequest& request, std::string_view id) {
  const std::optional<JobName> job = wire::parse_job_name(id);
  if (!job || job->child != kNoChild) {
    return json_response(refuse(ErrorCode::NotFound, "There is no array job of this id"));
  }
  HttpResponse response =
      json_response(call.backend.children(job->uuid).map(wire::encode_children));
  if (response.status == 200) {
    const std::string tag = '"' + sha256_hex(response.body) + '"';
    response.headers.emplace_back("ETag", tag);
    response.headers.emplace_back("Cache-Control", "no-cache");
    if (request.header("if-none-match").find(tag) != std::string::npos) {
      response.status = 304;
      response.body.clear();
    }
  }
  return response;
}

Result<std::string> agent_attempts(const Call& call, std::string_view name) {
  return call.backend.agent_attempts(std::string(name)).map(wire::encode_agent_attempts);
}

Result<std::string> queue_snapshot(const Call& call, std::string_view given) {
  const std::string name = wire::queue_name(given);
  return call.backend.queue_snapshot(name).map([&name](const QueueSnapshot& snapshot) {
    return wire::encode_dray_snapshot(name, snapshot);
  });
}

}  // namespace

HttpResponse json_response(Result<std::string> answer) {
  if (!answer) {
    return error_response(Dialect::Dray, answer.error());
  }
  HttpResponse response;
  response.body = std::move(*answer);
  return response;
}

std::vector<wire::AgentShape> shapes_of(const std::vector<api::AgentStatus>& agents) {
  std::vector<wire::AgentShape> shapes;
  for (const api::AgentStatus& status : agents) {
    shapes.push_back({status.agent, status.state, status.reserved, status.attempts_live,
                      status.attempts_ahead, status.silent_for});
  }
  return shapes;
}

std::optional<HttpResponse> answer_views(const Call& call, const HttpRequest& request,
                                         std::string_view rest, std::string_view query,
                                         std::string_view version) {
  if (rest == "overview") {
    return json_response(overview(call, version));
  }
  if (rest == "jobs") {
    return json_response(search_jobs(call, query));
  }
  const std::string_view kind = take_part(rest);
  const std::string_view name = take_part(rest);
  if (kind == "jobs" && rest == "children") {
    return children(call, request, name);
  }
  if (kind == "queues" && rest == "snapshot") {
    return json_response(queue_snapshot(call, name));
  }
  if (kind == "agents" && rest == "attempts") {
    return json_response(agent_attempts(call, name));
  }
  return std::nullopt;
}

}  // namespace dray::server
