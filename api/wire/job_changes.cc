#include "api/wire/job_changes.h"

#include "api/wire/json_reader.h"
#include "api/wire/request_members.h"

namespace dray::wire {

Result<JobUpdate> decode_job_limits(std::string_view body) {
  return decode<JobUpdate>(nullptr, body, [](const JsonObject& request) {
    JobUpdate update;
    update.running_max = request.integer("maxRunning");
    update.failed_max = request.integer("maxFailures");
    if (!update.running_max && !update.failed_max) {
      request.refuse_it("Member maxRunning or maxFailures is required");
    }
    return update;
  });
}

}  // namespace dray::wire
