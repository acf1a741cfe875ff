#include <string>
#include <utility>

#include "api/server/http_errors.h"
#include "api/server/routes.h"
#include "api/server/routes_dray.h"
#include "api/server/target.h"
#include "api/wire/arn.h"
#include "api/wire/job_changes.h"

/// What is changed of jobs by Dray's own paths: POST /dray/v1/jobs/ID/WHAT; a priority also by PUT.
namespace dray::server {
namespace {

Result<std::string> update_job(const Call& call, const JobName& job, JobUpdate update) {
  update.said_by = call.user;
  return call.backend.update_job(job.uuid, std::move(update)).map([] { return std::string("{}"); });
}

Result<std::string> limit(const Call& call, const JobName& job) {
  const Result<JobUpdate> update = wire::decode_job_limits(call.body);
  return update ? update_job(call, job, *update) : tl::unexpected(update.error());
}

/// Of a whole job, or of those of its children that the path or the body names.
Result<std::string> hold(const Call& call, const JobName& job, bool is_held) {
  Result<ChildRuns> children = wire::decode_held_children(call.body);
  if (!children) {
    return tl::unexpected(children.error());
  }
  if (job.child != kNoChild && !children->empty()) {
    return refuse(ErrorCode::BadRequest, "Name the children once: in the path or as children");
  }
  if (job.child != kNoChild) {
    children->emplace_back(job.child, job.child);
  }
  return update_job(call, job, {.is_held = is_held, .children = std::move(*children)});
}

Result<std::string> set_priority(const Call& call, const JobName& job) {
  const Result<JobUpdate> update = wire::decode_job_priority(call.body);
  return update ? update_job(call, job, *update) : tl::unexpected(update.error());
}

Result<std::string> rerun(const Call& call, const JobName& job) {
  Result<ChildRuns> children = wire::decode_rerun(call.body);
  if (!children) {
    return tl::unexpected(children.error());
  }
  return call.backend.rerun(job.uuid, std::move(*children)).map(wire::encode_rerun);
}

}  // namespace

std::optional<HttpResponse> answer_job_changes(const Call& call, std::string_view method,
                                               std::string_view rest) {
  const std::optional<JobName> job = wire::parse_job_name(take_part(rest));
  const bool is_known = rest == "limits" || rest == "hold" || rest == "release" || rest == "rerun";
  if (rest == "priority" ? method != "POST" && method != "PUT" : !is_known || method != "POST") {
    return std::nullopt;
  }
  const bool is_hold = rest == "hold" || rest == "release";
  if (!job || job->is_node || (job->child != kNoChild && !is_hold)) {
    return json_response(refuse(ErrorCode::NotFound, "There is no job of this id"));
  }
  if (rest == "limits") {
    return json_response(limit(call, *job));
  }
  if (rest == "priority") {
    return json_response(set_priority(call, *job));
  }
  if (rest == "rerun") {
    return json_response(rerun(call, *job));
  }
  return json_response(hold(call, *job, rest == "hold"));
}

}  // namespace dray::server
