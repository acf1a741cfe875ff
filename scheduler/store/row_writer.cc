#include "scheduler/store/row_writer.h"

#include <algorithm>
#include <string>
#include <variant>

#include "model/check.h"
#include "model/names.h"
#include "scheduler/store/rows.h"

namespace dray::store {
namespace {

/// "verb INTO table (columns) VALUES (?, ?, ...)"; the pieces are constants of this room.
std::string insert(std::string_view verb, std::string_view table, std::string_view columns) {
  std::string marks = "?";
  for (const char c : columns) {
    if (c == ',') {
      marks += ", ?";
    }
  }
  return std::string(verb) + " INTO " + std::string(table) + " (" + std::string(columns) +
         ") VALUES (" + marks + ")";
}

std::optional<std::int64_t> ms(const std::optional<WallTime>& time) {
  return time ? std::optional(time->epoch_ms) : std::nullopt;
}

std::int64_t dependencies_on_jobs(const JobSpec& spec) {
  return std::count_if(spec.depends_on.begin(), spec.depends_on.end(),
                       [](const Dependency& on) { return on.type != DependencyType::Sequential; });
}

}  // namespace

RowWriter::RowWriter(Database& database)
    : put_environment_(
          database.prepare(insert("INSERT OR REPLACE", "environment", kEnvironmentColumns))),
      drop_environment_(database.prepare("DELETE FROM environment WHERE name = ?")),
      put_queue_(database.prepare(insert("INSERT OR REPLACE", "queue", kQueueColumns))),
      drop_queue_(database.prepare("DELETE FROM queue WHERE name = ?")),
      put_definition_(
          database.prepare(insert("INSERT OR REPLACE", "definition", kDefinitionColumns))),
      put_entry_(database.prepare(insert("INSERT OR REPLACE", "catalogue", kCatalogueColumns))),
      drop_entry_(database.prepare("DELETE FROM catalogue WHERE kind = ? AND name = ?")),
      put_agent_(database.prepare(insert("INSERT OR REPLACE", "agent", kAgentColumns))),
      put_access_key_(
          database.prepare(insert("INSERT OR REPLACE", "access_key", kAccessKeyColumns))),
      drop_access_key_(database.prepare("DELETE FROM access_key WHERE id = ?")),
      add_job_(database.prepare(insert(
          "INSERT", "job",
          "id, uuid, name, queue, definition, revision, array_size, state, created_at, "
          "started_at, stopped_at, attempts_made, status_reason, is_cancelled, "
          "is_terminated, submitted, pending, runnable, starting, running, succeeded, "
          "failed, counted_at, running_max, failed_max, failed_before, is_held, reopened_after, "
          "share, priority, held_children"))),
      add_spec_(database.prepare(insert("INSERT", "spec", "job, depends_on, bytes"))),
      add_consumable_(
          database.prepare(insert("INSERT OR IGNORE", "job_consumable", "resource, job"))),
      find_spec_(database.prepare(
          "SELECT s.job, s.bytes FROM spec AS s JOIN job AS j ON j.id = s.job WHERE j.uuid = ?")),
      replace_spec_(database.prepare("UPDATE spec SET bytes = ? WHERE job = ?")),
      // The first ones, and the last.
      add_note_(database.prepare(
          "INSERT OR REPLACE INTO job_note SELECT ?1, ?2, min(?3, coalesce(max(number), 0) + 1), "
          "?4, ?5, ?6, ?7 FROM job_note WHERE job = ?1 AND child = ?2")),
      move_job_(database.prepare(
          "UPDATE job SET state = ?, started_at = ?, stopped_at = ?, attempts_made = ?, "
          "status_reason = ?, is_cancelled = ?, is_terminated = ?, running_max = ?, "
          "failed_max = ?, failed_before = ?, is_held = ?, reopened_after = ?, priority = ?, "
          "held_children = ? WHERE id = ?")),
      count_(database.prepare(
          "UPDATE job SET submitted = ?, pending = ?, runnable = ?, starting = ?, running = ?, "
          "succeeded = ?, failed = ?, counted_at = ? WHERE id = ?")),
      rerun_attempts_(database.prepare(
          "UPDATE attempt SET is_final = 2 WHERE job = ?1 AND child >= ?2 AND child <= ?3 AND "
          "number = (SELECT max(number) FROM attempt AS a WHERE a.job = ?1 AND "
          "a.child = attempt.child)")),
      find_ended_(database.prepare(
          // The runs do not overlap: only the one that begins before may reach into these.
          select(kChildrenEndedColumns,
                 "FROM children_ended WHERE job = ?1 AND last >= ?2 AND first <= ?3 AND first >= "
                 "coalesce((SELECT max(first) FROM children_ended WHERE job = ?1 AND first <= ?2), "
                 "0) ORDER BY first"))),
      drop_ended_(database.prepare("DELETE FROM children_ended WHERE job = ? AND first = ?")),
      end_children_(database.prepare(insert("INSERT", "children_ended", kChildrenEndedColumns))),
      put_attempt_(database.prepare(insert("INSERT OR REPLACE", "attempt", kAttemptColumns))),
      drop_attempt_(
          database.prepare("DELETE FROM attempt WHERE job = ? AND child = ? AND number = ?")),
      put_share_(database.prepare(insert("INSERT OR REPLACE", "share_use", kShareColumns))),
      drop_share_(database.prepare("DELETE FROM share_use WHERE queue = ? AND share = ?")),
      grant_session_(database.prepare("UPDATE cluster SET session = ?")),
      keep_invocation_(
          database.prepare(insert("INSERT OR REPLACE", "invocation", "job, at, key, body"))),
      forget_invocations_(
          database.prepare("DELETE FROM invocation WHERE job IN (SELECT job FROM (SELECT job, at "
                           "FROM invocation ORDER BY job LIMIT ?) WHERE at < ?)")),
      forgetter_(database) {}

void RowWriter::write(const Batch& batch) {
  for (const Job* job : batch.reopened) {
    move_job(*job);
  }
  for (const ChildrenRerun* rerun : batch.rerun) {
    rerun_children(*rerun);
  }
  for (const Change* change : batch.settings) {
    write_setting(*change);
  }
  for (const Batch::NewJob& job : batch.added) {
    add_job(job);
  }
  // Before the moves: a trigger adds the counts of an array that ends to those of its queue.
  for (const ArrayCounted* counted : batch.counted) {
    count(*counted);
  }
  for (const Job* job : batch.moved) {
    move_job(*job);
  }
  for (const ChildrenEnded* ended : batch.ended) {
    end_children(*ended);
  }
  for (const auto& [key, attempt] : batch.attempts) {
    if (attempt == nullptr) {
      drop_attempt_.run_with(key.job.job.value, key.job.child, key.number);
    } else {
      put_attempt(*attempt);
    }
  }
  for (const auto& [key, used] : batch.shares) {
    if (used == nullptr) {
      drop_share_.run_with(key.queue, key.identifier);
    } else {
      put_share(*used);
    }
  }
  for (const JobTagged* tagged : batch.tagged) {
    tag(*tagged);
  }
  for (const JobNoted* noted : batch.noted) {
    note(noted->note);
  }
  keep_invocations(batch);
  for (const Forgetting* forgetting : batch.forgotten) {
    forgetter_.forget(*forgetting);
  }
  if (batch.session) {
    grant_session_.run_with(batch.session->value);
  }
}

void RowWriter::write_setting(const Change& change) {
  if (const auto* environment = std::get_if<EnvironmentPut>(&change)) {
    put(*environment);
  } else if (const auto* gone = std::get_if<EnvironmentGone>(&change)) {
    drop_environment_.run_with(gone->name);
  } else if (const auto* queue = std::get_if<QueuePut>(&change)) {
    put(*queue);
  } else if (const auto* queue_gone = std::get_if<QueueGone>(&change)) {
    drop_queue_.run_with(queue_gone->name);
  } else if (const auto* definition = std::get_if<DefinitionPut>(&change)) {
    put(*definition);
  } else if (const auto* key = std::get_if<AccessKeyPut>(&change)) {
    put(*key);
  } else if (const auto* key_gone = std::get_if<AccessKeyGone>(&change)) {
    drop_access_key_.run_with(key_gone->id);
  } else if (const auto* entry = std::get_if<EntryPut>(&change)) {
    put(*entry);
  } else if (const auto* entry_gone = std::get_if<EntryGone>(&change)) {
    drop_entry_.run_with(name_of(entry_gone->key.kind), entry_gone->key.name);
  } else {
    put(std::get<AgentPut>(change));
  }
}

void RowWriter::put(const AccessKeyPut& put) {
  const AccessKey& it = put.key;
  put_access_key_.run_with(it.id, it.user, name_of(it.role), it.queues, AsBlob{it.sealed_secret},
                           it.is_active, it.created_at.epoch_ms, ms(it.last_used_at));
}

void RowWriter::put(const EntryPut& put) {
  const CatalogueEntry& it = put.entry;
  put_entry_.run_with(name_of(it.key.kind), it.key.name, it.created_at.epoch_ms,
                      AsBlob{entry_bytes(it)});
}

/// A job that is not there has no tags.
void RowWriter::tag(const JobTagged& tagged) {
  if (!find_spec_.bind(AsBlob{uuid_bytes(tagged.job)}).step()) {
    return;
  }
  const std::int64_t job = find_spec_.integer(0);
  JobSpec spec = read_spec(find_spec_.blob(1));
  find_spec_.reset();  // An open query would keep the WAL from being emptied.
  change_tags(spec.tags, tagged.change);
  replace_spec_.run_with(AsBlob{spec_bytes(spec)}, job);
}

void RowWriter::note(const JobNote& note) {
  add_note_.run_with(note.job.job.value, note.job.child, kNotesAJobMax, name_of(note.kind),
                     note.at.epoch_ms, note.reason, note.said_by);
}

/// Each batch takes twice as many of the oldest with it as it brings, if their day is over.
void RowWriter::keep_invocations(const Batch& batch) {
  for (const InvocationKept* kept : batch.invocations) {
    keep_invocation_.run_with(kept->job.value, kept->at.epoch_ms,
                              AsBlob{uuid_bytes(kept->invocation.key)},
                              AsBlob{uuid_bytes(kept->invocation.body)});
  }
  if (!batch.invocations.empty()) {
    forget_invocations_.run_with(batch.invocations.size() * 2,
                                 batch.invocations.back()->at.epoch_ms - kInvocationKeptMs);
  }
}

void RowWriter::put(const EnvironmentPut& put) {
  const ComputeEnvironment& it = put.environment;
  put_environment_.run_with(it.name, it.is_managed, it.is_enabled, it.vcpus_max, it.uuid,
                            AsBlob{strings_bytes(it.tags)}, it.as_given, it.unmanaged_vcpus);
}

void RowWriter::put(const QueuePut& put) {
  const JobQueue& it = put.queue;
  put_queue_.run_with(it.name, it.is_enabled, it.priority, AsBlob{words_bytes(it.environments)},
                      AsBlob{variables_bytes(it.job_environment)}, AsBlob{strings_bytes(it.tags)},
                      it.as_given, it.scheduling_policy,
                      AsBlob{words_bytes(it.service_environments)},
                      time_limits_text(it.time_limits), it.limits.running_max,
                      AsBlob{limits_bytes(it.limits.by_name)}, name_of(it.order));
}

void RowWriter::put(const DefinitionPut& put) {
  const JobDefinition& it = put.definition;
  const auto timeout_us = it.timeout ? std::optional(it.timeout->count()) : std::nullopt;
  put_definition_.run_with(it.name, it.revision, name_of(it.status), AsBlob{container_bytes(it)},
                           AsBlob{strings_bytes(it.parameters)}, AsBlob{retry_bytes(it.retry)},
                           it.retry_given, timeout_us, AsBlob{strings_bytes(it.tags)},
                           it.propagate_tags, it.scheduling_priority.value_or(kNoPriority),
                           AsBlob{words_bytes(it.platform_capabilities)}, it.as_given,
                           AsBlob{consumables_bytes(it.consumables)});
}

void RowWriter::put(const AgentPut& put) {
  const Agent& it = put.agent;
  put_agent_.run_with(it.id.value, it.name, it.environment, it.capacity.milli_vcpus,
                      it.capacity.memory_mib, it.capacity.gpus, it.boot_id, it.folder,
                      it.incarnation, it.hello_sequence, it.session.value, it.is_draining);
}

void RowWriter::add_job(const Batch::NewJob& job) {
  const Job& added = *job.added;
  const Job& now = *job.now;
  CHECK(added.spec != nullptr);
  const JobSpec& spec = *added.spec;
  const ArrayCounted none{};
  const StateCounts& counts = (job.counted == nullptr ? none : *job.counted).counts;
  const WallTime counted_at = (job.counted == nullptr ? none : *job.counted).at;
  add_job_.run_with(added.id.value, AsBlob{uuid_bytes(added.uuid)}, spec.name, spec.queue,
                    spec.definition, spec.definition_revision, spec.array_size, name_of(now.state),
                    added.created_at.epoch_ms, ms(now.started_at), ms(now.stopped_at),
                    now.attempts_made, now.status_reason, now.is_cancelled, now.is_terminated,
                    counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6],
                    counted_at.epoch_ms, now.limits.running_max, now.limits.failed_max,
                    now.limits.failed_before, now.is_held, now.reopened_after.value,
                    spec.share_identifier, now.priority, to_text(now.held_children));
  add_spec_.run_with(added.id.value, dependencies_on_jobs(spec), AsBlob{spec_bytes(spec)});
  for (const ConsumableNeed& need : spec.consumables) {
    add_consumable_.run_with(need.name, added.id.value);
  }
}

void RowWriter::move_job(const Job& job) {
  move_job_.run_with(name_of(job.state), ms(job.started_at), ms(job.stopped_at), job.attempts_made,
                     job.status_reason, job.is_cancelled, job.is_terminated, job.limits.running_max,
                     job.limits.failed_max, job.limits.failed_before, job.is_held,
                     job.reopened_after.value, job.priority, to_text(job.held_children),
                     job.id.value);
}

void RowWriter::count(const ArrayCounted& counted) {
  const StateCounts& by_state = counted.counts;
  count_.run_with(by_state[0], by_state[1], by_state[2], by_state[3], by_state[4], by_state[5],
                  by_state[6], counted.at.epoch_ms, counted.job.value);
}

void RowWriter::end_children(const ChildrenEnded& ended) {
  end_children_.run_with(ended.job.value, ended.first, ended.last, name_of(ended.state),
                         ended.status_reason, ended.at.epoch_ms, ended.is_cancelled,
                         ended.is_terminated);
}

void RowWriter::put_share(const ShareUsed& used) {
  put_share_.run_with(used.share.queue, used.share.identifier, used.use.vcpus, used.use.memory,
                      used.use.gpus, used.at.epoch_ms);
}

/// The latest attempt of each child ends it no more, and a run of children that ended without one
/// loses those that are run again.
void RowWriter::rerun_children(const ChildrenRerun& rerun) {
  rerun_attempts_.run_with(rerun.job.value, rerun.first, rerun.last);
  std::vector<ChildrenEnded> runs;
  for (find_ended_.bind(rerun.job.value, rerun.first, rerun.last); find_ended_.step();) {
    runs.push_back(read_children_ended(find_ended_));
  }
  find_ended_.reset();
  for (ChildrenEnded& run : runs) {
    drop_ended_.run_with(run.job.value, run.first);
    const std::int32_t last = run.last;
    if (run.first < rerun.first) {
      run.last = rerun.first - 1;
      end_children(run);
    }
    if (last > rerun.last) {
      run.first = rerun.last + 1;
      run.last = last;
      end_children(run);
    }
  }
}

void RowWriter::put_attempt(const Attempt& attempt) {
  const AttemptKey& key = attempt.key;
  std::optional<std::string_view> outcome;
  std::optional<std::int32_t> exit_code;
  std::optional<std::string_view> reason;
  std::optional<std::string_view> status_reason;
  std::optional<std::int64_t> cpu_ms;
  std::optional<std::int64_t> memory_peak_kib;
  std::string container_ends;
  std::optional<AsBlob> containers;
  if (attempt.end) {
    outcome = name_of(attempt.end->outcome);
    exit_code = attempt.end->exit_code;
    reason = attempt.end->reason;
    status_reason = attempt.end->status_reason;
    cpu_ms = attempt.end->usage.cpu_ms;
    memory_peak_kib = attempt.end->usage.memory_peak_kib;
    if (!attempt.end->containers.empty()) {
      container_ends = container_ends_bytes(attempt.end->containers);
      containers = AsBlob{container_ends};
    }
  }
  put_attempt_.run_with(key.job.job.value, key.job.child, key.number,
                        AsBlob{uuid_bytes({attempt.token.high, attempt.token.low})},
                        attempt.agent.value, name_of(attempt.state), attempt.ordered_at.epoch_ms,
                        ms(attempt.started_at), ms(attempt.stopped_at), outcome, exit_code, reason,
                        status_reason, cpu_ms, memory_peak_kib, attempt.stop_requested,
                        attempt.stop_reason,
                        attempt.is_rerun   ? 2
                        : attempt.is_final ? 1
                                           : 0,
                        attempt.is_held, containers);
}

}  // namespace dray::store
