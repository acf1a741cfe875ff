#pragma once
#include <functional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "model/catalogue_bytes.h"
#include "model/names.h"
#include "model/spec_bytes.h"
#include "scheduler/core/decision.h"

/// Changes as text with every field in it: to compare them, and to read them when a test fails.
namespace dray {

class ChangeText {
 public:
  std::string operator()(const EnvironmentPut& it) {
    const ComputeEnvironment& e = it.environment;
    say("environment", e.name, e.is_managed, e.is_enabled, e.vcpus_max.value_or(-1),
        e.unmanaged_vcpus.value_or(-1), e.uuid, e.as_given);
    return say_tags(e.tags);
  }
  std::string operator()(const EnvironmentGone& it) { return say("environment gone", it.name); }
  std::string operator()(const QueuePut& it) {
    say("queue", it.queue.name, it.queue.is_enabled, it.queue.priority, it.queue.as_given);
    for (const std::string& name : it.queue.environments) {
      say(name);
    }
    for (const EnvironmentVariable& variable : it.queue.job_environment) {
      say(variable.name, variable.value);
    }
    for (const std::string& name : it.queue.service_environments) {
      say(name);
    }
    say(it.queue.scheduling_policy, time_limits_text(it.queue.time_limits),
        it.queue.limits.running_max, static_cast<int>(it.queue.order));
    for (const auto& [name, running_max] : it.queue.limits.by_name) {
      say(name, running_max);
    }
    return say_tags(it.queue.tags);
  }
  std::string operator()(const QueueGone& it) { return say("queue gone", it.name); }
  std::string operator()(const DefinitionPut& it) {
    const JobDefinition& d = it.definition;
    ByteWriter bytes;
    write_definition_container(bytes, d);
    write_retry(bytes, d.retry);
    write_strings(bytes, d.parameters);
    write_consumables(bytes, d.consumables);
    say("definition", d.name, d.revision, name_of(d.status),
        std::hash<std::string>()(bytes.bytes()), d.retry_given,
        d.timeout.value_or(Duration(-1)).count(), d.propagate_tags,
        d.scheduling_priority.value_or(-1), d.as_given);
    for (const std::string& capability : d.platform_capabilities) {
      say(capability);
    }
    return say_tags(d.tags);
  }
  std::string operator()(const AccessKeyPut& it) {
    const AccessKey& k = it.key;
    return say("key", k.id, k.user, name_of(k.role), k.queues, k.sealed_secret, k.is_active,
               k.created_at.epoch_ms, k.last_used_at.value_or(WallTime{-1}).epoch_ms);
  }
  std::string operator()(const AccessKeyGone& it) { return say("key gone", it.id); }
  std::string operator()(const InvocationKept& it) {
    return say("invocation", to_string(it.invocation.key), to_string(it.invocation.body),
               it.job.value, to_string(it.uuid), it.name, it.at.epoch_ms);
  }
  std::string operator()(const EntryPut& it) {
    ByteWriter bytes;
    write_entry(bytes, it.entry);
    return say("entry", name_of(it.entry.key.kind), it.entry.key.name, it.entry.created_at.epoch_ms,
               std::hash<std::string>()(bytes.bytes()));
  }
  std::string operator()(const EntryGone& it) {
    return say("entry gone", name_of(it.key.kind), it.key.name);
  }
  std::string operator()(const ShareUsed& it) {
    return say("share used", it.share.queue, it.share.identifier, it.use.vcpus, it.use.memory,
               it.use.gpus, it.at.epoch_ms);
  }
  std::string operator()(const ShareForgotten& it) {
    return say("share forgotten", it.share.queue, it.share.identifier);
  }
  std::string operator()(const JobTagged& it) {
    say("tagged", to_string(it.job));
    for (const std::string& key : it.change.removed) {
      say("removed", key);
    }
    return say_tags(it.change.added);
  }
  std::string operator()(const JobNoted& it) {
    const JobNote& n = it.note;
    return say("noted", n.job.job.value, n.job.child, name_of(n.kind), n.at.epoch_ms, n.reason,
               n.said_by);
  }
  std::string operator()(const JobForgotten& it) {
    return say("forgotten", it.what.job.value, static_cast<int>(it.what.step),
               it.what.before_child);
  }
  std::string operator()(const JobAdded& it) { return say_job("job added", it.job); }
  std::string operator()(const JobReopened& it) { return say_job("job reopened", it.job); }
  std::string operator()(const ChildrenRerun& it) {
    return say("children rerun", it.job.value, it.first, it.last);
  }
  std::string operator()(const JobMoved& it) { return say_job("job moved", it.job); }
  std::string operator()(const ChildrenEnded& it) {
    return say("children ended", it.job.value, it.first, it.last, name_of(it.state),
               it.status_reason, it.at.epoch_ms, it.is_cancelled, it.is_terminated);
  }
  std::string operator()(const ArrayCounted& it) {
    say("array counted", it.job.value, it.at.epoch_ms);
    for (const std::uint32_t count : it.counts) {
      say(count);
    }
    return text_.str();
  }
  std::string operator()(const AttemptPut& it) {
    const Attempt& a = it.attempt;
    say("attempt", a.key.job.job.value, a.key.job.child, a.key.number, a.token.high, a.token.low,
        a.agent.value, name_of(a.state), a.ordered_at.epoch_ms, ms(a.started_at), ms(a.stopped_at),
        a.stop_requested, a.stop_reason, a.is_final, a.is_rerun);
    if (a.end) {
      say(name_of(a.end->outcome), a.end->exit_code.value_or(-1), a.end->reason,
          a.end->status_reason, a.end->usage.cpu_ms, a.end->usage.memory_peak_kib);
    }
    return text_.str();
  }
  std::string operator()(const AttemptGone& it) {
    return say("attempt gone", it.key.job.job.value, it.key.job.child, it.key.number);
  }
  std::string operator()(const AgentPut& it) {
    const Agent& a = it.agent;
    return say("agent", a.id.value, a.name, a.environment, to_string(a.capacity), a.boot_id,
               a.folder, a.incarnation, a.hello_sequence, a.session.value, a.is_draining);
  }
  std::string operator()(const SessionGranted& it) { return say("session", it.session.value); }
  std::string operator()(const JobRetired& it) { return say("retired", it.job.value); }

 private:
  template <class... Words>
  std::string say(const Words&... words) {
    ((text_ << words << '|'), ...);
    return text_.str();
  }
  std::string say_tags(const Tags& tags) {
    for (const auto& [name, value] : tags) {
      say(name, value);
    }
    return text_.str();
  }
  std::string say_job(const char* what, const Job& job) {
    say(what, job.id.value, to_string(job.uuid), name_of(job.state), job.created_at.epoch_ms,
        ms(job.started_at), ms(job.stopped_at), job.attempts_made, job.status_reason,
        job.is_cancelled, job.is_terminated, job.limits.running_max, job.limits.failed_max,
        job.limits.failed_before, job.is_held, to_text(job.held_children), job.reopened_after.value,
        job.priority.value_or(-1));
    if (job.spec) {
      ByteWriter bytes;
      write_job_spec(bytes, *job.spec);
      say(job.spec->name, std::hash<std::string>()(bytes.bytes()));
    }
    return text_.str();
  }
  static std::int64_t ms(const std::optional<WallTime>& time) { return time ? time->epoch_ms : -1; }

  std::ostringstream text_;
};

inline std::string text_of(const Change& change) {
  return std::visit(ChangeText(), change);
}

inline std::vector<std::string> texts_of(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& change : changes) {
    texts.push_back(text_of(change));
  }
  return texts;
}

}  // namespace dray
