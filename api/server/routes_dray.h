#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/backend.h"
#include "api/server/http_message.h"
#include "api/server/routes.h"
#include "api/wire/dray_shapes.h"
#include "model/error.h"

/// What the files of Dray's own paths share.
namespace dray::server {

/// JSON, or the error in Dray's dialect.
HttpResponse json_response(Result<std::string> answer);
std::vector<wire::AgentShape> shapes_of(const std::vector<api::AgentStatus>& agents);

/// POST of /dray/v1/jobs/`rest`; nothing when there is no such path.
std::optional<HttpResponse> answer_job_changes(const Call& call, std::string_view method,
                                               std::string_view rest);

/// `what` is "log", "log/tail" or "log/raw": what an attempt of the job wrote.
HttpResponse answer_log(const Call& call, const JobName& job, std::string_view what,
                        std::string_view query);

}  // namespace dray::server
