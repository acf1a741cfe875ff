#include "api/wire/dray_shapes.h"

#include <chrono>

#include "api/wire/dray_members.h"
#include "api/wire/json_reader.h"
#include "api/wire/json_writer.h"
#include "api/wire/request_members.h"
#include "model/names.h"

namespace dray::wire {
namespace {

void write_amounts(JsonWriter& out, std::string_view name, const Resources& amounts) {
  out.name(name).begin_object();
  out.json("vcpus", decimal_of(amounts.milli_vcpus));
  out.number("memoryMiB", amounts.memory_mib);
  out.number("gpus", amounts.gpus);
  out.end_object();
}

std::string_view name_of(WaitCode code) {
  switch (code) {
    case WaitCode::NotWaiting:
      return "NOT_WAITING";
    case WaitCode::WaitsForDependencies:
      return "WAITS_FOR_DEPENDENCIES";
    case WaitCode::WaitsForChildren:
      return "WAITS_FOR_CHILDREN";
    case WaitCode::NoEnvironment:
      return "NO_ENVIRONMENT";
    case WaitCode::NoAgent:
      return "NO_AGENT";
    case WaitCode::TooBig:
      return "TOO_BIG";
    case WaitCode::ConsumablesInUse:
      return "CONSUMABLES_IN_USE";
    case WaitCode::EnvironmentCap:
      return "ENVIRONMENT_CAP";
    case WaitCode::AgentsSilent:
      return "AGENTS_SILENT";
    case WaitCode::AgentsBusy:
      return "AGENTS_BUSY";
    case WaitCode::Reserved:
      return "RESERVED";
    case WaitCode::HeldForShares:
      return "HELD_FOR_SHARES";
    case WaitCode::BehindOthers:
      return "BEHIND_OTHERS";
    case WaitCode::GivenAhead:
      return "GIVEN_AHEAD";
    case WaitCode::Starting:
      return "STARTING";
    case WaitCode::ArrayLimit:
      return "ARRAY_LIMIT";
    case WaitCode::QueueLimit:
      return "QUEUE_LIMIT";
    case WaitCode::Held:
      return "HELD";
  }
  return "";
}

std::string_view name_of(AgentVerdict::Word word) {
  switch (word) {
    case AgentVerdict::Word::Fits:
      return "FITS";
    case AgentVerdict::Word::Busy:
      return "BUSY";
    case AgentVerdict::Word::TooSmall:
      return "TOO_SMALL";
    case AgentVerdict::Word::Silent:
      return "SILENT";
    case AgentVerdict::Word::Draining:
      return "DRAINING";
    case AgentVerdict::Word::Capped:
      return "CAPPED";
    case AgentVerdict::Word::Reserved:
      return "RESERVED";
  }
  return "";
}

}  // namespace

std::string encode_agents(const ArnScope& scope, const std::vector<AgentShape>& agents) {
  JsonWriter out;
  out.begin_object().name("agents").begin_list();
  for (const AgentShape& shape : agents) {
    out.begin_object();
    out.text("name", shape.agent.name);
    out.text("environment", shape.agent.environment);
    out.text("state", shape.state);
    out.flag("isDraining", shape.agent.is_draining);
    write_amounts(out, "capacity", shape.agent.capacity);
    write_amounts(out, "reserved", shape.reserved);
    out.number("attemptsLive", shape.attempts_live);
    out.number("attemptsAhead", shape.attempts_ahead);
    if (shape.silent_for) {
      using std::chrono::milliseconds;
      out.number("silentForMs",
                 std::chrono::duration_cast<milliseconds>(*shape.silent_for).count());
    }
    out.text("containerInstanceArn", container_instance_arn(scope, shape.agent.id));
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

std::string encode_explanation(const JobName& job, const Explanation& explanation) {
  JsonWriter out;
  out.begin_object();
  out.text("jobId", job_id(job));
  out.text("code", name_of(explanation.code));
  out.text("sentence", explanation.sentence);
  out.text_if_any("statusReason", explanation.status_reason);
  out.name("agents").begin_list();
  for (const AgentVerdict& verdict : explanation.agents) {
    out.begin_object();
    out.text("agent", verdict.agent);
    out.text("environment", verdict.environment);
    out.text("verdict", name_of(verdict.word));
    write_amounts(out, "capacity", verdict.capacity);
    write_amounts(out, "free", verdict.free);
    write_amounts(out, "shortOf", verdict.short_of);
    out.end_object();
  }
  out.end_list().name("blockers").begin_list();
  for (const Uuid& blocker : explanation.blockers) {
    out.text(to_string(blocker));
  }
  out.end_list().name("wouldStartIf").begin_list();
  for (const std::string& sentence : explanation.would_start_if) {
    out.text(sentence);
  }
  out.end_list();
  out.number("position", static_cast<std::int64_t>(explanation.position));
  out.end_object();
  return out.take();
}

namespace {

/// Only what is limited.
void write_limits(JsonWriter& out, const RunLimits& limits) {
  if (limits.running_max > 0) {
    out.number("maxRunning", limits.running_max);
  }
  if (limits.by_name.empty()) {
    return;
  }
  out.name("jobNames").begin_object();
  for (const auto& [name, running_max] : limits.by_name) {
    out.number(name, running_max);
  }
  out.end_object();
}

}  // namespace

std::string encode_queue_counts(const std::vector<QueueStatus>& queues) {
  JsonWriter out;
  out.begin_object().name("queues").begin_list();
  for (const QueueStatus& status : queues) {
    out.begin_object();
    out.text("name", status.queue.name);
    out.text("state", status.queue.is_enabled ? "ENABLED" : "DISABLED");
    out.number("priority", status.queue.priority);
    out.texts("environments", status.queue.environments);
    write_variables(out, "environment", status.queue.job_environment);
    if (status.queue.scheduling_policy.empty()) {
      out.text("order", name_of(status.queue.order));
    }
    write_limits(out, status.queue.limits);
    write_counts(out, status.counts);
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

Result<std::vector<EnvironmentVariable>> decode_queue_environment(std::string_view body) {
  return decode<std::vector<EnvironmentVariable>>(nullptr, body, [](const JsonObject& request) {
    if (!request.has("environment")) {
      request.refuse_it("Member environment is required");
    }
    return read_variables(request, "environment");
  });
}

Result<QueueUpdate> decode_queue_limits(std::string_view body) {
  return decode<QueueUpdate>(nullptr, body, [](const JsonObject& request) {
    QueueUpdate update;
    update.running_max = request.integer("maxRunning");
    if (update.running_max.value_or(0) < 0) {
      request.refuse_it("maxRunning must not be negative");
    }
    if (const auto names = request.object("jobNames")) {
      for (const std::string& name : names->names()) {
        const std::int32_t running_max = names->integer(name).value_or(-1);
        if (running_max < 0 || !is_valid_name(name)) {
          names->refuse_it("jobNames must give names of jobs a number that is not negative");
        }
        update.running_max_by_name[name] = running_max;
      }
    }
    if (!update.running_max && update.running_max_by_name.empty()) {
      request.refuse_it("Member maxRunning or jobNames is required");
    }
    return update;
  });
}

Result<QueueUpdate> decode_queue_order(std::string_view body) {
  return decode<QueueUpdate>(nullptr, body, [](const JsonObject& request) {
    QueueUpdate update;
    update.order = parse_dispatch_order(request.text("order"));
    if (!update.order) {
      request.refuse_it("order must be backfill or fifo-strict");
    }
    return update;
  });
}

std::string encode_version(const BuildShape& build) {
  JsonWriter out;
  out.begin_object().text("name", "dray").text("version", build.version);
  out.text_if_any("commit", build.commit);
  out.end_object();
  return out.take();
}

std::string encode_error(std::string_view type, std::string_view reason) {
  JsonWriter out;
  out.begin_object().text("__type", type).text("message", reason).end_object();
  return out.take();
}

std::string encode_health(std::string_view status) {
  JsonWriter out;
  out.begin_object().text("status", status).end_object();
  return out.take();
}

}  // namespace dray::wire
