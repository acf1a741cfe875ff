#include "api/wire/batch_jobs.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/wire/arn.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "model/names.h"

namespace dray::wire {
namespace {

constexpr std::size_t kReasonMax = 1024;

std::string read_reason(const JsonObject& request) {
  std::string reason = request.required_text("reason");
  // At most four bytes make a character; what is longer than that is too long in any case.
  const auto characters = std::count_if(reason.begin(), reason.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  if (static_cast<std::size_t>(characters) > kReasonMax) {
    request.refuse_it("reason must have at most 1024 characters");
  }
  return reason;
}

WallTime read_moment(const JsonObject& filter, std::string_view value) {
  WallTime moment;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), moment.epoch_ms);
  if (error != std::errc() || end != value.data() + value.size() || moment.epoch_ms < 0) {
    filter.refuse_it("The value of the filter must be a time in milliseconds");
  }
  return moment;
}

/// AWS: one filter at a time; the status is ignored with it, but for SHARE_IDENTIFIER.
void read_filter(const JsonObject& filter, JobQuery& query) {
  const std::string name = filter.required_text("name");
  const std::vector<std::string> values = filter.texts("values");
  if (values.size() != 1) {
    filter.refuse_it("A filter must have one value");
    return;
  }
  if (name == "JOB_NAME") {
    query.name_filter = values[0];
  } else if (name == "JOB_DEFINITION") {
    query.definition_filter = values[0];
    const std::optional<DefinitionName> definition = parse_definition_name(values[0]);
    if (definition && values[0].starts_with("arn:")) {
      query.definition_filter = definition->name;
      if (definition->revision > 0) {
        query.definition_filter += ':' + std::to_string(definition->revision);
      }
    }
  } else if (name == "SHARE_IDENTIFIER") {
    query.share_filter = values[0];
  } else if (name == "BEFORE_CREATED_AT") {
    query.created_before = read_moment(filter, values[0]);
  } else if (name == "AFTER_CREATED_AT") {
    query.created_after = read_moment(filter, values[0]);
  } else {
    filter.refuse_it("The filter " + name + " is not supported");
  }
}

void read_state_filter(const JsonObject& request, JobQuery& query) {
  const std::string status = request.text("jobStatus");
  query.state = status.empty() ? JobState::Running : parse_job_state(status);
  if (!query.state) {
    request.refuse_it("jobStatus is not a status of jobs");
  }
}

/// Exactly one of a queue, an array and a multi-node job; true when one is named that cannot exist.
bool read_target(const JsonObject& request, JobQuery& query) {
  const std::string queue = request.text("jobQueue");
  const std::string array = request.text("arrayJobId");
  const std::string nodes = request.text("multiNodeJobId");
  const bool is_multinode = !nodes.empty();
  if (int(!queue.empty()) + int(!array.empty()) + int(is_multinode) != 1) {
    request.refuse_it("Exactly one of jobQueue, arrayJobId and multiNodeJobId must be given");
  }
  query.queue = queue_name(queue);
  query.is_multi_node = is_multinode;
  if (!queue.empty()) {
    return false;
  }
  const std::optional<JobName> name = parse_job_name(is_multinode ? nodes : array);
  if (!name || name->child != kNoChild) {
    return true;
  }
  query.array = name->uuid;
  return false;
}

}  // namespace

Result<std::vector<JobName>> decode_describe_jobs(std::string_view body) {
  return decode_request<std::vector<JobName>>("DescribeJobs", body, [](const JsonObject& request) {
    std::vector<JobName> jobs;
    const std::vector<std::string> given = request.texts("jobs");
    if (given.size() > 100) {
      request.refuse_it("Maximum number of jobs supported is  100");  // AWS's two spaces.
    }
    for (const std::string& id : given) {
      const std::optional<JobName> name = parse_job_name(id);
      if (name && std::find(jobs.begin(), jobs.end(), *name) == jobs.end()) {
        jobs.push_back(*name);
      }
    }
    return jobs;
  });
}

Result<JobsAsked> decode_list_jobs(std::string_view body) {
  return decode_request<JobsAsked>("ListJobs", body, [](const JsonObject& request) {
    JobsAsked asked;
    asked.is_none = read_target(request, asked.query);
    asked.page = read_page(request, 1000);
    const std::vector<JsonObject> filters = request.objects("filters");
    if (filters.empty() || asked.query.queue.empty()) {
      read_state_filter(request, asked.query);
      return asked;
    }
    if (filters.size() > 1) {
      request.refuse_it("Only one filter can be used at a time");
    }
    read_filter(filters[0], asked.query);
    if (!asked.query.share_filter.empty() && request.has("jobStatus")) {
      read_state_filter(request, asked.query);
    }
    asked.page.results_max = std::min(asked.page.results_max, 100);
    return asked;
  });
}

Result<JobEnding> decode_job_ending(std::string_view body) {
  return decode_request<JobEnding>("TerminateJob", body, [](const JsonObject& request) {
    JobEnding ending;
    ending.job = parse_job_name(request.required_text("jobId"));
    ending.reason = read_reason(request);
    return ending;
  });
}

Result<JobsEnding> decode_jobs_ending(std::string_view body) {
  return decode_request<JobsEnding>("TerminateJobs", body, [](const JsonObject& request) {
    JobsEnding ending;
    ending.jobs = request.texts("jobs");
    if (ending.jobs.empty()) {
      request.refuse_it("Member jobs is required");
    }
    if (ending.jobs.size() > 50) {
      request.refuse_it("Maximum number of jobs supported is 50");
    }
    ending.reason = read_reason(request);
    return ending;
  });
}

std::string encode_jobs_ending(const std::vector<std::string>& successful,
                               const std::vector<EndingRefused>& refused) {
  JsonWriter out;
  out.begin_object().texts("successful", successful).name("errors").begin_list();
  for (const EndingRefused& one : refused) {
    const bool is_callers = one.error.code == ErrorCode::BadRequest ||
                            one.error.code == ErrorCode::NotFound ||
                            one.error.code == ErrorCode::Conflict;
    out.begin_object();
    out.text("job", one.job);
    out.text("code", is_callers ? "ClientException" : "ServerException");
    out.text("message", one.error.reason);
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

}  // namespace dray::wire
