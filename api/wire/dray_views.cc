#include "api/wire/dray_views.h"

#include <algorithm>

#include "api/wire/dray_members.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "model/child_runs.h"
#include "model/names.h"

namespace dray::wire {
namespace {

void write_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  if (at) {
    out.number(name, at->epoch_ms);
  }
}

void write_amounts(JsonWriter& out, const Resources& amounts) {
  out.json("vcpus", decimal_of(amounts.milli_vcpus));
  out.number("memoryMiB", amounts.memory_mib);
  out.number("gpus", amounts.gpus);
}

void write_queues(JsonWriter& out, const std::vector<QueueStatus>& queues) {
  out.name("queues").begin_list();
  for (const QueueStatus& status : queues) {
    out.begin_object();
    out.text("name", status.queue.name);
    out.text("state", status.queue.is_enabled ? "ENABLED" : "DISABLED");
    out.number("priority", status.queue.priority);
    out.texts("environments", status.queue.environments);
    write_counts(out, status.counts);
    write_time(out, "oldestRunnableAt", status.oldest_runnable_at);
    out.end_object();
  }
  out.end_list();
}

void write_agents(JsonWriter& out, const std::vector<AgentShape>& agents) {
  out.name("agents").begin_object();
  for (const std::string_view state : {"ready", "silent", "draining", "disconnected"}) {
    out.number(state, std::count_if(agents.begin(), agents.end(), [state](const AgentShape& agent) {
                 return agent.state == state;
               }));
  }
  Resources capacity;
  Resources reserved;
  for (const AgentShape& agent : agents) {
    // What is not connected can be given nothing: it is no room.
    if (agent.state != "disconnected") {
      capacity += agent.agent.capacity;
      reserved += agent.reserved;
    }
  }
  out.name("capacity").begin_object();
  write_amounts(out, capacity);
  out.end_object().name("reserved").begin_object();
  write_amounts(out, reserved);
  out.end_object().end_object();
}

void write_steps(JsonWriter& out, std::string_view name, const std::vector<std::uint32_t>& steps) {
  out.name(name).begin_list();
  for (const std::uint32_t count : steps) {
    out.number(count);
  }
  out.end_list();
}

void write_throughput(JsonWriter& out, const Throughput& throughput) {
  out.name("throughput").begin_object();
  out.number("stepSeconds", throughput.step_seconds);
  out.number("from", throughput.from.epoch_ms);
  write_steps(out, "succeeded", throughput.succeeded);
  write_steps(out, "failed", throughput.failed);
  out.end_object();
}

void write_failures(JsonWriter& out, const std::vector<FailureView>& failures) {
  out.name("failures").begin_list();
  for (const FailureView& failure : failures) {
    out.begin_object();
    out.text("jobId", job_id(failure.job));
    out.text("name", failure.name);
    out.text("queue", failure.queue);
    out.text_if_any("statusReason", failure.status_reason);
    out.text_if_any("reason", failure.reason);
    out.number("exitCode", failure.exit_code);
    write_time(out, "stoppedAt", failure.stopped_at);
    if (failure.attempt > 0) {
      out.number("attempt", failure.attempt);
    }
    out.end_object();
  }
  out.end_list();
}

void write_found_job(JsonWriter& out, const JobSummary& summary) {
  const Job& job = summary.job;
  out.begin_object();
  out.text("jobId", job_id(job.uuid, summary.child));
  out.text("name", job.spec->name);
  out.text("queue", job.spec->queue);
  out.text("definition",
           job.spec->definition + ':' + std::to_string(job.spec->definition_revision));
  out.text("state", name_of(job.state));
  out.number("createdAt", job.created_at.epoch_ms);
  write_time(out, "startedAt", job.started_at);
  write_time(out, "stoppedAt", job.stopped_at);
  out.text_if_any("statusReason", job.status_reason);
  out.text_if_any("reason", summary.reason);
  out.number("exitCode", summary.exit_code);
  if (summary.counts) {
    out.name("array").begin_object();
    out.number("size", job.spec->array_size);
    write_counts(out, *summary.counts);
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string encode_overview(const OverviewShape& overview) {
  JsonWriter out;
  out.begin_object();
  out.number("now", overview.now.epoch_ms);
  out.text("version", overview.version);
  out.number("startedAt", overview.started_at.epoch_ms);
  write_queues(out, overview.queues);
  write_agents(out, overview.agents);
  write_throughput(out, overview.throughput);
  write_failures(out, overview.failures);
  out.end_object();
  return out.take();
}

std::string encode_found_jobs(const PageOf<JobSummary>& page) {
  JsonWriter out;
  out.begin_object().name("jobs").begin_list();
  for (const JobSummary& summary : page.items) {
    write_found_job(out, summary);
  }
  out.end_list();
  if (!page.next.empty()) {
    out.text("nextToken", encode_token(page.next));
  }
  out.end_object();
  return out.take();
}

Result<std::vector<JobState>> parse_job_states(std::string_view text) {
  std::vector<JobState> states;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::optional<JobState> state = parse_job_state(text.substr(0, end));
    if (!state) {
      return refuse(ErrorCode::BadRequest, "There is no job state '" +
                                               std::string(text.substr(0, end)) +
                                               "': give names such as RUNNING,FAILED");
    }
    if (std::find(states.begin(), states.end(), *state) == states.end()) {
      states.push_back(*state);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return states;
}

char letter_of(JobState state) {
  switch (state) {
    case JobState::Submitted:
      return 'S';
    case JobState::Pending:
      return 'P';
    case JobState::Runnable:
      return 'R';
    case JobState::Starting:
      return 'T';
    case JobState::Running:
      return 'U';
    case JobState::Succeeded:
      return 'O';
    case JobState::Failed:
      return 'F';
  }
  return '?';
}

std::string encode_children(const ChildrenView& children) {
  std::string letters;
  letters.reserve(children.states.size());
  for (const JobState state : children.states) {
    letters += letter_of(state);
  }
  JsonWriter out;
  out.begin_object();
  out.text("jobId", job_id(children.uuid, kNoChild));
  out.number("size", static_cast<std::int64_t>(children.states.size()));
  out.text("states", letters);
  out.name("retried").begin_list();
  for (const auto& [index, attempts] : children.retried) {
    out.begin_list().number(index).number(attempts).end_list();
  }
  out.end_list().number("retriedCount", children.retried_count);
  out.name("causes").begin_list();
  for (const FailureCause& cause : children.causes) {
    out.begin_object();
    out.number("exitCode", cause.exit_code);
    out.text("reason", cause.reason);
    out.text("statusReason", cause.status_reason);
    out.number("count", cause.count);
    out.text("indexes", to_text(cause.runs));
    out.number("example", cause.example());
    out.end_object();
  }
  out.end_list().number("causesLeftOut", children.causes_left_out);
  out.end_object();
  return out.take();
}

std::string encode_news(const std::vector<Uuid>& jobs, const std::vector<std::string>& queues,
                        bool has_agents, bool is_all) {
  JsonWriter out;
  out.begin_object().name("jobs").begin_list();
  for (const Uuid& uuid : jobs) {
    out.text(to_string(uuid));
  }
  out.end_list();
  out.texts("queues", queues);
  out.flag("agents", has_agents);
  out.flag("overview", true);
  out.flag("all", is_all);
  out.end_object();
  return out.take();
}

std::string encode_agent_attempts(const std::vector<AgentAttempt>& attempts) {
  JsonWriter out;
  out.begin_object().name("attempts").begin_list();
  for (const AgentAttempt& attempt : attempts) {
    out.begin_object();
    out.text("jobId", job_id(attempt.job));
    out.text("name", attempt.name);
    out.text("queue", attempt.queue);
    out.number("attempt", attempt.key.number);
    out.text("state", name_of(attempt.state));
    write_time(out, "startedAt", attempt.started_at);
    write_amounts(out, attempt.request);
    out.end_object();
  }
  out.end_list().end_object();
  return out.take();
}

}  // namespace dray::wire
