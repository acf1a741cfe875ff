#include "api/wire/job_changes.h"

#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
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

Result<JobUpdate> decode_job_priority(std::string_view body) {
  return decode<JobUpdate>(nullptr, body, [](const JsonObject& request) {
    JobUpdate update;
    update.priority = request.integer("priority");
    const std::int32_t priority = update.priority.value_or(-1);
    if (priority < 0 || priority > kPriorityMax) {
      request.refuse_it("Member priority is required and must be between 0 and " +
                        std::to_string(kPriorityMax));
    }
    return update;
  });
}

Result<ChildRuns> decode_rerun(std::string_view body) {
  return decode<ChildRuns>(nullptr, body, [](const JsonObject& request) {
    const std::string text = request.text("children");
    std::optional<ChildRuns> runs = text.empty() ? ChildRuns() : parse_child_runs(text);
    if (!runs) {
      request.refuse_it("Member children must be numbers and ranges, as in 3,7-9");
    }
    return runs.value_or(ChildRuns());
  });
}

Result<ChildRuns> decode_held_children(std::string_view body) {
  return body.empty() ? ChildRuns() : decode_rerun(body);
}

std::string encode_rerun(std::uint32_t children) {
  JsonWriter out;
  out.begin_object().number("children", children).end_object();
  return out.take();
}

}  // namespace dray::wire
