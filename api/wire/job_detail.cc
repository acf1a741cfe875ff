#include "api/wire/job_detail.h"

#include "api/wire/job_pod.h"
#include "api/wire/json_writer.h"
#include "api/wire/paging.h"
#include "api/wire/request_members.h"
#include "model/names.h"

namespace dray::wire {
namespace {

void write_moment(JsonWriter& out, std::string_view name, const std::optional<WallTime>& moment) {
  if (moment) {
    out.number(name, moment->epoch_ms);
  }
}

/// What an array parent or a child says about itself; nothing for a single job, because the
/// presence of the member is the type of the job for some clients.
void write_array(JsonWriter& out, const Job& job, std::int32_t child,
                 const std::optional<StateCounts>& counts, WallTime counts_at) {
  if (job.spec->is_multi_node()) {
    return;
  }
  if (child != kNoChild) {
    out.name("arrayProperties").begin_object().number("index", child).end_object();
    return;
  }
  if (!job.spec->is_array()) {
    return;
  }
  out.name("arrayProperties").begin_object();
  out.name("statusSummary").begin_object();
  const StateCounts by_state = counts.value_or(StateCounts{});
  for (std::size_t i = 0; i < kJobStates; ++i) {
    out.number(name_of(static_cast<JobState>(i)), by_state[i]);
  }
  out.end_object();
  out.number("statusSummaryLastUpdatedAt", counts_at.epoch_ms);
  out.number("size", job.spec->array_size);
  out.end_object();
}

/// What the job runs; of a multi-node job as a whole, its main node.
const ContainerSpec& container_of(const JobDetail& detail) {
  return detail.job.spec->container_of(detail.child);
}

/// What `container` of an attempt and of the job have in common.
void write_attempt_container(JsonWriter& out, const ArnScope& scope, const JobDetail& detail,
                             const Attempt& attempt) {
  write_attempt_place(out, scope, attempt);
  write_attempt_outcome(out, detail, attempt);
}

/// What the attempt was given: more than the job's request after others that had too little.
std::int64_t memory_of(const JobDetail& detail, const Attempt& attempt) {
  const JobSpec& spec = *detail.job.spec;
  std::int64_t memory_mib = spec.container.request.memory_mib;
  for (const Attempt& before : detail.attempts) {
    if (before.key.number < attempt.key.number) {
      memory_mib = memory_after(spec, memory_mib, before);
    }
  }
  return memory_mib;
}

/// Dray's own, unknown to AWS's clients: what was measured, and where it ran (D12).
void write_dray_attempt(JsonWriter& out, const JobDetail& detail, const Attempt& attempt) {
  out.begin_object();
  out.number("attempt", attempt.key.number);
  out.text("agent", agent_name(detail, attempt.agent));
  out.text("state", name_of(attempt.state));
  if (detail.job.spec->retry.memory_growth) {
    out.number("memoryMiB", memory_of(detail, attempt));
  }
  if (attempt.end) {
    out.text("outcome", name_of(attempt.end->outcome));
    out.number("cpuMs", attempt.end->usage.cpu_ms);
    out.number("memoryPeakKiB", attempt.end->usage.memory_peak_kib);
    if (is_pod(detail)) {  // AWS has a place for each container's only.
      out.number("exitCode", attempt.end->exit_code);
      out.text_if_any("reason", attempt.end->reason);
    }
  }
  out.end_object();
}

/// What Dray knows of a job beside AWS: whether it is held, its priority, the limits of an array;
/// every attempt, the ended ones first and in the order of `attempts`, then the live one.
void write_dray(JsonWriter& out, const JobDetail& detail) {
  const Job& job = detail.job;
  out.name("dray").begin_object();
  if (is_held(job, detail.child)) {
    out.flag("isHeld", true);
  } else if (detail.child == kNoChild) {
    out.text_if_any("heldChildren", to_text(job.held_children));
  }
  if (job.priority || priority_of(job) > 0) {
    out.number("priority", priority_of(job));
  }
  if (job.limits.running_max > 0) {
    out.number("maxRunning", job.limits.running_max);
  }
  if (job.limits.failed_max > 0) {
    out.number("maxFailures", job.limits.failed_max);
  }
  out.name("attempts").begin_list();
  for (const bool ended : {true, false}) {
    for (const Attempt& attempt : detail.attempts) {
      if ((attempt.state == AttemptState::Ended) == ended) {
        write_dray_attempt(out, detail, attempt);
      }
    }
  }
  out.end_list().end_object();
}

void write_attempts(JsonWriter& out, const ArnScope& scope, const JobDetail& detail) {
  out.name("attempts").begin_list();
  for (const Attempt& attempt : detail.attempts) {
    if (attempt.state != AttemptState::Ended) {
      continue;
    }
    out.begin_object().name("container").begin_object();
    if (!is_pod(detail)) {
      write_attempt_container(out, scope, detail, attempt);
      out.empty_list("networkInterfaces");
    }
    out.end_object();
    write_moment(out, "startedAt", attempt.started_at);
    write_moment(out, "stoppedAt", attempt.stopped_at);
    if (attempt.end) {
      out.text("statusReason", attempt.end->status_reason);
    }
    write_attempt_task(out, scope, detail, attempt);
    out.name("dray");
    write_dray_attempt(out, detail, attempt);
    out.end_object();
  }
  out.end_list();
}

void write_container_members(JsonWriter& out, const ContainerSpec& container) {
  out.text("image", container.image);
  out.texts("command", container.command);
  write_variables(out, "environment", container.environment);
  write_resources(out, container);
  out.members_of(container.as_given,
                 {"image", "command", "environment", "resourceRequirements", "vcpus", "memory",
                  "networkInterfaces"},
                 {"volumes", "mountPoints", "ulimits", "secrets"});
}

/// AWS: not of a multi-node job as a whole.
void write_container(JsonWriter& out, const ArnScope& scope, const JobDetail& detail) {
  if (detail.job.spec->is_multi_node() && detail.child == kNoChild) {
    return;
  }
  out.name("container").begin_object();
  if (is_pod(detail)) {
    out.end_object();  // AWS: look in ecsProperties.
    return;
  }
  write_container_members(out, container_of(detail));
  if (const Attempt* attempt = latest_attempt(detail)) {
    write_attempt_container(out, scope, detail, *attempt);
  }
  out.empty_list("networkInterfaces").end_object();
}

/// nodeProperties of the job as a whole, as its nodes run; nodeDetails of a node.
void write_nodes(JsonWriter& out, const ArnScope& scope, const JobDetail& detail) {
  const JobSpec& spec = *detail.job.spec;
  if (!spec.is_multi_node()) {
    return;
  }
  if (detail.child != kNoChild) {
    out.name("nodeDetails").begin_object().number("nodeIndex", detail.child);
    out.flag("isMainNode", detail.child == spec.main_node).end_object();
    return;
  }
  out.name("nodeProperties").begin_object();
  out.number("numNodes", spec.node_count()).number("mainNode", spec.main_node);
  out.name("nodeRangeProperties").begin_list();
  for (const NodeRange& range : spec.nodes) {
    out.begin_object();
    out.text("targetNodes", std::to_string(range.first) + ':' + std::to_string(range.last));
    out.name("container").begin_object();
    write_container_members(out, range.container);
    out.end_object();
    write_consumables(out, scope, range.consumables);
    out.end_object();
  }
  out.end_list().end_object();
}

void write_dependencies(JsonWriter& out, const std::vector<Dependency>& dependencies) {
  out.name("dependsOn").begin_list();
  for (const Dependency& dependency : dependencies) {
    out.begin_object();
    if (dependency.type != DependencyType::Sequential) {
      out.text("jobId", job_id(dependency.job, dependency.child));
    }
    out.text_if_any("type", name_of(dependency.type));
    out.end_object();
  }
  out.end_list();
}

void write_status(JsonWriter& out, const Job& job) {
  out.text("status", name_of(job.state));
  if (!job.status_reason.empty() || job.state == JobState::Failed) {
    out.text("statusReason", job.status_reason);  // Clients read it on every FAILED job.
  }
  out.number("createdAt", job.created_at.epoch_ms);
  write_moment(out, "startedAt", job.started_at);
  write_moment(out, "stoppedAt", job.stopped_at);
}

void write_job(JsonWriter& out, const ArnScope& scope, const JobDetail& detail) {
  const Job& job = detail.job;
  const JobSpec& spec = *job.spec;
  out.begin_object();
  out.text("jobArn", job_arn(scope, name_of_job(job, detail.child)));
  out.text("jobName", spec.name);
  out.text("jobId", job_id(name_of_job(job, detail.child)));
  out.text("jobQueue", queue_arn(scope, spec.queue));
  out.text("jobDefinition", definition_arn(scope, spec.definition, spec.definition_revision));
  write_status(out, job);
  out.text_if_any("shareIdentifier", spec.share_identifier);
  if (spec.scheduling_priority != 0 || !spec.share_identifier.empty()) {
    out.number("schedulingPriority", spec.scheduling_priority);
  }
  write_attempts(out, scope, detail);
  write_retry(out, spec.retry);
  write_dependencies(out, spec.depends_on);
  out.text_map("parameters", spec.parameters);
  write_container(out, scope, detail);
  write_job_properties(out, scope, detail);
  write_nodes(out, scope, detail);
  write_array(out, job, detail.child, detail.counts, detail.counts_at);
  write_timeout(out, spec.timeout);
  write_consumables(out, scope, spec.consumables);
  out.text_map("tags", spec.tags);
  out.flag("propagateTags", spec.propagate_tags);
  out.texts("platformCapabilities", spec.platform_capabilities);
  write_eks_attempts(out, detail);
  out.flag("isCancelled", job.is_cancelled);
  out.flag("isTerminated", job.is_terminated);
  write_dray(out, detail);
  out.end_object();
}

void write_node_summary(JsonWriter& out, const JobSpec& spec, std::int32_t node) {
  if (!spec.is_multi_node()) {
    return;
  }
  out.name("nodeProperties").begin_object();
  if (node != kNoChild) {
    out.flag("isMainNode", node == spec.main_node).number("nodeIndex", node);
  }
  out.number("numNodes", spec.node_count()).end_object();
}

void write_summary(JsonWriter& out, const ArnScope& scope, const JobSummary& summary) {
  const Job& job = summary.job;
  out.begin_object();
  out.text("jobArn", job_arn(scope, name_of_job(job, summary.child)));
  out.text("jobId", job_id(name_of_job(job, summary.child)));
  out.text("jobName", job.spec->name);
  out.text("jobDefinition",
           definition_arn(scope, job.spec->definition, job.spec->definition_revision));
  write_status(out, job);
  if (summary.exit_code || !summary.reason.empty()) {
    out.name("container").begin_object();
    if (summary.exit_code) {
      out.number("exitCode", *summary.exit_code);
    }
    out.text_if_any("reason", std::string_view(summary.reason).substr(0, kShownReasonMax));
    out.end_object();
  }
  write_array(out, job, summary.child, summary.counts, summary.counts_at);
  write_node_summary(out, *job.spec, summary.child);
  out.text_if_any("shareIdentifier", job.spec->share_identifier);
  if (job.is_cancelled) {
    out.flag("isCancelled", true);
  }
  if (job.is_terminated) {
    out.flag("isTerminated", true);
  }
  out.end_object();
}

}  // namespace

std::string encode_job_details(const ArnScope& scope, const std::vector<JobDetail>& jobs) {
  JsonWriter out;
  out.begin_object().name("jobs").begin_list();
  for (const JobDetail& detail : jobs) {
    write_job(out, scope, detail);
  }
  out.end_list().end_object();
  return out.take();
}

std::string encode_job_summaries(const ArnScope& scope, const PageOf<JobSummary>& page) {
  JsonWriter out;
  out.begin_object().name("jobSummaryList").begin_list();
  for (const JobSummary& summary : page.items) {
    write_summary(out, scope, summary);
  }
  out.end_list();
  write_next_token(out, page.next);
  out.end_object();
  return out.take();
}

}  // namespace dray::wire
