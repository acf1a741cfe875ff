#include "scheduler/core/fingerprint.h"

#include "model/bytes.h"
#include "model/catalogue_bytes.h"
#include "model/names.h"
#include "model/spec_bytes.h"

namespace dray {
namespace {

/// Lines of words; only ever compared and looked at.
class Text {
 public:
  Text& operator<<(std::string_view word) {
    text_ += word;
    text_ += ' ';
    return *this;
  }
  Text& operator<<(std::int64_t number) { return *this << std::to_string(number); }
  Text& operator<<(const Resources& it) {
    return *this << it.milli_vcpus << it.memory_mib << it.gpus;
  }
  Text& operator<<(const std::optional<WallTime>& at) {
    return at ? *this << at->epoch_ms : *this << "-";
  }
  Text& number(std::uint64_t value) { return *this << std::to_string(value); }
  /// FNV-1a: enough to see a difference.
  Text& hash(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3ULL;
    }
    return number(hash);
  }
  void end() { text_ += '\n'; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void tell_settings(const State& state, Text& out) {
  for (const auto& [name, it] : state.environments()) {
    out << "environment" << name << (it.is_managed ? "managed" : "unmanaged")
        << (it.is_enabled ? "enabled" : "disabled") << it.vcpus_max.value_or(-1)
        << it.unmanaged_vcpus.value_or(-1) << it.uuid << it.as_given;
    out.end();
  }
  for (const auto& [name, it] : state.queues()) {
    ByteWriter variables;
    write_variables(variables, it.job_environment);
    out << "queue" << name << (it.is_enabled ? "enabled" : "disabled") << it.priority
        << it.as_given;
    for (const std::string& environment : it.environments) {
      out << environment;
    }
    for (const std::string& environment : it.service_environments) {
      out << environment;
    }
    out << "policy" << it.scheduling_policy << "limits" << time_limits_text(it.time_limits)
        << it.limits.running_max << name_of(it.order);
    for (const auto& [job, running_max] : it.limits.by_name) {
      out << job << running_max;
    }
    out.hash(variables.bytes()).end();
  }
  for (const auto& [key, it] : state.catalogue()) {
    ByteWriter bytes;
    write_entry(bytes, it);
    out << name_of(key.kind) << key.name << it.created_at.epoch_ms;
    out.hash(bytes.bytes()).end();
  }
  for (const auto& [name, revisions] : state.definitions()) {
    for (const auto& [revision, it] : revisions) {
      ByteWriter bytes;
      write_definition_container(bytes, it);
      write_strings(bytes, it.parameters);
      write_consumables(bytes, it.consumables);
      write_definition_retry(bytes, it.retry);
      out << "definition" << name << revision << name_of(it.status);
      out.hash(bytes.bytes()).end();
    }
  }
}

void tell_agents(const State& state, Text& out) {
  for (const auto& [id, entry] : state.agents()) {
    const Agent& it = entry.agent;
    out << "agent";
    out.number(id.value) << it.name << it.environment << it.capacity << it.boot_id << it.folder;
    out.number(it.incarnation).number(it.hello_sequence).number(it.session.value);
    out << (it.is_draining ? "draining" : "open") << "reserved" << entry.reserved;
    out.end();
  }
  out << "session";
  out.number(state.last_session().value) << "job";
  out.number(state.last_job().value).end();
}

void tell_waiting(const RequestClass& request_class, JobId job, Text& out) {
  const auto runs = request_class.waiting.find(job);
  if (runs != request_class.waiting.end()) {
    out << "waiting";
    for (const auto& [first, last] : runs->second.runs()) {
      out << first << last;
    }
    out.end();
  }
}

void tell_job(const State& state, const JobEntry& entry, Text& out) {
  const Job& job = entry.job;
  ByteWriter spec;
  write_job_spec(spec, *job.spec);
  out << "job";
  out.number(job.id.value) << to_string(job.uuid) << name_of(job.state) << job.created_at.epoch_ms
                           << job.started_at << job.stopped_at << job.attempts_made
                           << job.status_reason << (job.is_cancelled ? "cancelled" : "-")
                           << (job.is_terminated ? "terminated" : "-") << job.limits.running_max
                           << job.limits.failed_max << job.limits.failed_before
                           << (job.is_held ? "held" : "-") << to_text(job.held_children)
                           << job.priority.value_or(-1);
  out.number(job.reopened_after.value);
  out.hash(spec.bytes()) << "unmet" << entry.unmet << "dependents";
  for (const auto& [child, id, place] : entry.dependents) {
    out << child;
    out.number(id.value).number(place);
  }
  out.end();
  if (entry.array) {
    std::string children;
    for (std::int32_t child = 0; child < entry.array->size(); ++child) {
      children += static_cast<char>('0' + static_cast<int>(entry.array->state(child)));
      children += static_cast<char>('a' + entry.array->attempts(child));
      if (!is_terminal(entry.array->state(child)) && entry.array->attempts_before(child) > 0) {
        children += '(' + std::to_string(entry.array->attempts_before(child)) + ')';
      }
    }
    out << "children" << children;
    out.end();
  }
  out << "active" << entry.active << "kept back";
  for (const auto& [first, last] : entry.kept_back.runs()) {
    out << first << last;
  }
  out.end();
  tell_waiting(state.class_of(entry), job.id, out);
  for (const auto& [child, grown] : entry.grown) {
    out << "grown" << child << grown.memory_mib
        << (entry.grown_in_line.has(child) ? "waiting" : "-");
    out.end();
  }
}

void tell_attempt(const Attempt& it, Text& out) {
  out << "attempt";
  out.number(it.key.job.job.value) << it.key.job.child << it.key.number;
  out.number(it.token.high).number(it.token.low).number(it.agent.value);
  out << name_of(it.state) << it.ordered_at.epoch_ms << it.started_at
      << (it.stop_requested ? "stop" : "-") << it.stop_reason << (it.is_held ? "held" : "-");
  out.end();
}

}  // namespace

std::string fingerprint(const State& state) {
  Text out;
  tell_settings(state, out);
  tell_agents(state, out);
  for (const auto& [id, entry] : state.jobs()) {
    if (!is_terminal(entry.job.state)) {
      tell_job(state, entry, out);
    }
  }
  for (const auto& [key, it] : state.shares()) {
    out << "share" << key.queue << key.identifier << it.at << it.held << it.jobs;
    out << it.use.vcpus << it.use.memory << it.use.gpus;
    out.end();
  }
  for (const auto& [key, live] : state.attempts()) {
    tell_attempt(live.attempt, out);
  }
  return out.take();
}

}  // namespace dray
