#include "tests/support/fake_backend.h"

#include <algorithm>
#include <stdexcept>

#include "api/wire/arn.h"
#include "model/log_record.h"
#include "model/names.h"
#include "model/texts.h"

namespace dray::test {
namespace {

constexpr WallTime kNow{1'795'337'337'012};

template <class Map>
bool is_known(const Map& map, const std::string& name) {
  return map.contains(name);
}

tl::unexpected<Error> no_such(const std::string& what, const std::string& name) {
  return refuse(ErrorCode::NotFound, what + ' ' + name + " does not exist");
}

bool is_asked(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

bool matches(const JobQuery& query, const JobDetail& detail) {
  const JobSpec& spec = *detail.job.spec;
  if (query.array) {
    return detail.job.uuid == *query.array && detail.child != kNoChild &&
           detail.job.state == query.state;
  }
  if (detail.child != kNoChild || spec.queue != query.queue) {
    return false;
  }
  if (!query.share_filter.empty()) {
    return spec.share_identifier == query.share_filter &&
           (!query.state || detail.job.state == query.state);
  }
  if (!query.name_filter.empty()) {
    return spec.name == query.name_filter;
  }
  if (!query.definition_filter.empty()) {
    return spec.definition == query.definition_filter ||
           spec.definition + ':' + std::to_string(spec.definition_revision) ==
               query.definition_filter;
  }
  if (query.created_after || query.created_before) {
    return (!query.created_after || detail.job.created_at > *query.created_after) &&
           (!query.created_before || detail.job.created_at < *query.created_before);
  }
  return detail.job.state == query.state;
}

}  // namespace

FakeBackend::FakeBackend(bool runs_jobs)
    : runs_jobs_(runs_jobs), client_logs_(*store::ClientLogs::open(":memory:", kNow)) {}

// ---- compute environments and queues ------------------------------------------------------------

Result<void> FakeBackend::create_environment(ComputeEnvironment environment) {
  const std::lock_guard lock(mutex);
  if (is_known(environments_, environment.name)) {
    return refuse(ErrorCode::Conflict, "Object already exists");
  }
  environments_[environment.name] = std::move(environment);
  return {};
}

Result<void> FakeBackend::update_environment(EnvironmentUpdate update) {
  const std::lock_guard lock(mutex);
  const auto found = environments_.find(update.name);
  if (found == environments_.end()) {
    return no_such("Compute environment", update.name);
  }
  ComputeEnvironment& environment = found->second;
  environment.is_enabled = update.is_enabled.value_or(environment.is_enabled);
  environment.vcpus_max = update.vcpus_max ? update.vcpus_max : environment.vcpus_max;
  environment.as_given = update.as_given.value_or(environment.as_given);
  return {};
}

Result<void> FakeBackend::delete_environment(std::string name) {
  const std::lock_guard lock(mutex);
  const auto found = environments_.find(name);
  if (found == environments_.end()) {
    return no_such("Compute environment", name);
  }
  if (found->second.is_enabled) {
    return refuse(ErrorCode::Conflict, "Cannot delete, found existing state ENABLED.");
  }
  environments_.erase(found);
  return {};
}

Result<std::vector<ComputeEnvironment>> FakeBackend::environments(std::vector<std::string> names) {
  const std::lock_guard lock(mutex);
  std::vector<ComputeEnvironment> result;
  for (const auto& [name, environment] : environments_) {
    if (is_asked(names, name)) {
      result.push_back(environment);
    }
  }
  return result;
}

Result<void> FakeBackend::create_queue(JobQueue queue) {
  const std::lock_guard lock(mutex);
  if (is_known(queues_, queue.name)) {
    return refuse(ErrorCode::Conflict, "Object already exists");
  }
  for (const std::string& environment : queue.environments) {
    if (!is_known(environments_, environment)) {
      return no_such("Compute environment", environment);
    }
  }
  queues_[queue.name] = std::move(queue);
  return {};
}

Result<void> FakeBackend::update_queue(QueueUpdate update) {
  const std::lock_guard lock(mutex);
  const auto found = queues_.find(update.name);
  if (found == queues_.end()) {
    return no_such("Job queue", update.name);
  }
  JobQueue& queue = found->second;
  queue.is_enabled = update.is_enabled.value_or(queue.is_enabled);
  queue.priority = update.priority.value_or(queue.priority);
  queue.environments = update.environments.value_or(queue.environments);
  queue.job_environment = update.job_environment.value_or(queue.job_environment);
  queue.as_given = update.as_given.value_or(queue.as_given);
  return {};
}

Result<void> FakeBackend::delete_queue(std::string name) {
  const std::lock_guard lock(mutex);
  const auto found = queues_.find(name);
  if (found == queues_.end()) {
    return no_such("Job queue", name);
  }
  if (found->second.is_enabled) {
    return refuse(ErrorCode::Conflict, "Cannot delete, job queue must be disabled first.");
  }
  queues_.erase(found);
  return {};
}

Result<std::vector<QueueStatus>> FakeBackend::queues(std::vector<std::string> names) {
  const std::lock_guard lock(mutex);
  std::vector<QueueStatus> result;
  for (const auto& [name, queue] : queues_) {
    if (is_asked(names, name)) {
      result.push_back({queue, {}});
      for (const JobDetail& detail : details) {
        if (detail.job.spec->queue == name && !detail.job.spec->is_array()) {
          ++result.back().counts[static_cast<std::size_t>(detail.job.state)];
        }
      }
    }
  }
  return result;
}

// ---- job definitions ----------------------------------------------------------------------------

Result<std::int32_t> FakeBackend::register_definition(JobDefinition definition) {
  const std::lock_guard lock(mutex);
  std::int32_t revision = 1;
  while (definitions_.contains({definition.name, revision})) {
    ++revision;
  }
  definition.revision = revision;
  definitions_[{definition.name, revision}] = std::move(definition);
  return revision;
}

Result<void> FakeBackend::deregister_definition(std::string name, std::int32_t revision) {
  const std::lock_guard lock(mutex);
  const auto found = definitions_.find({name, revision});
  if (found == definitions_.end()) {
    return no_such("Job definition", name);
  }
  found->second.status = DefinitionStatus::Inactive;
  return {};
}

Result<PageOf<JobDefinition>> FakeBackend::definitions(DefinitionQuery query, Page page) {
  const std::lock_guard lock(mutex);
  PageOf<JobDefinition> result;
  for (const auto& [key, definition] : definitions_) {
    const bool is_exact =
        std::find(query.exactly.begin(), query.exactly.end(), key) != query.exactly.end();
    const bool is_wanted = (query.name.empty() || key.first == query.name) &&
                           (!query.status || definition.status == *query.status);
    const std::string place = key.first + '/' + std::to_string(1'000'000 + key.second);
    if ((query.exactly.empty() ? !is_wanted : !is_exact) || place <= page.after) {
      continue;
    }
    if (result.items.size() == static_cast<std::size_t>(page.results_max)) {
      const JobDefinition& last = result.items.back();
      result.next = last.name + '/' + std::to_string(1'000'000 + last.revision);
      break;
    }
    result.items.push_back(definition);
  }
  return result;
}

Result<const JobDefinition*> FakeBackend::find_definition(const std::string& name,
                                                          std::int32_t revision) {
  const JobDefinition* newest = nullptr;
  for (const auto& [key, definition] : definitions_) {
    if (key.first == name && definition.status == DefinitionStatus::Active &&
        (revision == 0 || revision == key.second)) {
      newest = &definition;
    }
  }
  if (newest == nullptr) {
    return no_such("Job definition", name);
  }
  return newest;
}

// ---- jobs ---------------------------------------------------------------------------------------

JobDetail FakeBackend::make_detail(const Submission& submission, const JobDefinition& definition,
                                   std::int32_t child) {
  auto spec = std::make_shared<JobSpec>();
  spec->name = submission.name;
  spec->queue = submission.queue;
  spec->definition = definition.name;
  spec->definition_revision = definition.revision;
  spec->container = definition.container;
  spec->container.command = submission.command.value_or(definition.container.command);
  spec->container.environment.insert(spec->container.environment.end(),
                                     submission.environment.begin(), submission.environment.end());
  spec->parameters = definition.parameters;
  for (const auto& [name, value] : submission.parameters) {
    spec->parameters[name] = value;
  }
  spec->retry = submission.retry.value_or(definition.retry);
  spec->timeout = submission.timeout ? submission.timeout : definition.timeout;
  spec->tags = submission.tags;
  spec->depends_on = submission.depends_on;
  spec->array_size = submission.array_size;
  JobDetail detail;
  detail.job.id = JobId{jobs_};
  detail.job.spec = std::move(spec);
  detail.job.created_at = kNow;
  detail.job.state = JobState::Runnable;
  detail.child = child;
  detail.counts_at = kNow;
  return detail;
}

void FakeBackend::run(JobDetail& detail) {
  Attempt attempt;
  attempt.key = {{detail.job.id, detail.child}, 1};
  attempt.agent = AgentId{1};
  attempt.state = AttemptState::Ended;
  attempt.started_at = WallTime{kNow.epoch_ms + 1};
  attempt.stopped_at = WallTime{kNow.epoch_ms + 2};
  const std::vector<std::string>& command = detail.job.spec->container.command;
  const bool fails = !command.empty() && command.front().ends_with("false");
  attempt.end = AttemptEnd{fails ? Outcome::Failed : Outcome::Succeeded,
                           fails ? 1 : 0,
                           "",
                           std::string(texts::kEssentialContainerExited),
                           {12, 3456}};
  std::string& log = logs[attempt.key];
  for (const std::string& word : command) {
    append_log_record(log, {LogStream::Output, kNow, word + "\n"});
  }
  detail.job.state = fails ? JobState::Failed : JobState::Succeeded;
  detail.job.started_at = attempt.started_at;
  detail.job.stopped_at = attempt.stopped_at;
  detail.job.attempts_made = 1;
  detail.job.status_reason = std::string(texts::kEssentialContainerExited);
  detail.attempts = {attempt};
  detail.agents[AgentId{1}] = "agent-1";
}

Result<api::SubmittedJob> FakeBackend::submit(Submission submission) {
  const std::lock_guard lock(mutex);
  last_submission = submission;
  if (!refuses_with.reason.empty()) {
    return tl::unexpected(refuses_with);
  }
  if (!is_known(queues_, submission.queue)) {
    return no_such("Job queue", submission.queue);
  }
  const auto definition = find_definition(submission.definition, submission.revision);
  if (!definition) {
    return tl::unexpected(definition.error());
  }
  ++jobs_;
  const Uuid uuid = as_uuid_v4({jobs_, jobs_ * 7919});
  const std::size_t parent = details.size();
  details.push_back(make_detail(submission, **definition, kNoChild));
  details[parent].job.uuid = uuid;
  if (submission.array_size == 0) {
    if (runs_jobs_) {
      run(details[parent]);
    }
    return api::SubmittedJob{uuid, submission.name};
  }
  StateCounts counts{};
  for (std::int32_t child = 0; child < submission.array_size; ++child) {
    details.push_back(make_detail(submission, **definition, child));
    details.back().job.uuid = uuid;
    if (runs_jobs_) {
      run(details.back());
    }
    ++counts[static_cast<std::size_t>(details.back().job.state)];
  }
  details[parent].counts = counts;
  details[parent].job.state = runs_jobs_ ? details.back().job.state : JobState::Pending;
  return api::SubmittedJob{uuid, submission.name};
}

Result<void> FakeBackend::cancel(JobName job, StopWords words) {
  const std::lock_guard lock(mutex);
  for (JobDetail& detail : details) {
    if (detail.job.uuid == job.uuid && detail.child == job.child &&
        detail.job.state < JobState::Starting) {
      detail.job.state = JobState::Failed;
      detail.job.status_reason = words.reason;
      detail.job.is_cancelled = true;
      detail.job.stopped_at = kNow;
    }
  }
  return {};
}

Result<void> FakeBackend::update_job(Uuid job, JobUpdate update) {
  const std::lock_guard lock(mutex);
  for (JobDetail& detail : details) {
    if (detail.job.uuid == job && !is_terminal(detail.job.state)) {
      ArrayLimits& limits = detail.job.limits;
      limits.running_max = update.running_max.value_or(limits.running_max);
      limits.failed_max = update.failed_max.value_or(limits.failed_max);
      detail.job.priority = update.priority ? update.priority : detail.job.priority;
      if (update.children.empty()) {
        detail.job.is_held = update.is_held.value_or(detail.job.is_held);
      } else {
        detail.job.held_children = update.children;
      }
      return {};
    }
  }
  return refuse(ErrorCode::Conflict, "There is no job of this id that has not ended");
}

Result<std::uint32_t> FakeBackend::rerun(Uuid array, ChildRuns children) {
  const std::lock_guard lock(mutex);
  for (JobDetail& detail : details) {
    if (detail.job.uuid == array && detail.job.state == JobState::Failed) {
      detail.job.state = JobState::Pending;
      detail.job.stopped_at.reset();
      return children.empty() ? 1 : static_cast<std::uint32_t>(children.size());
    }
  }
  return refuse(ErrorCode::Conflict, "None of these children has failed and can be run again");
}

Result<void> FakeBackend::terminate(JobName job, StopWords words) {
  const std::lock_guard lock(mutex);
  for (JobDetail& detail : details) {
    if (detail.job.uuid == job.uuid && detail.child == job.child &&
        !is_terminal(detail.job.state)) {
      detail.job.state = JobState::Failed;
      detail.job.status_reason = words.reason;
      detail.job.is_terminated = true;
      detail.job.stopped_at = kNow;
    }
  }
  return {};
}

Result<DefinitionUsage> FakeBackend::usage(UsageQuery query) {
  const std::lock_guard lock(mutex);
  for (const auto& [key, definition] : definitions_) {
    if (key.first == query.definition) {
      DefinitionUsage found{key.first, query.revision, 2, definition.container.request, {}};
      found.advice = advise({{{4'000, 100 * 1024}, std::chrono::seconds(10)},
                             {{5'000, 300 * 1024}, std::chrono::seconds(10), true}});
      return found;
    }
  }
  return no_such("JobDefinition", query.definition);
}

Result<JobHistory> FakeBackend::history(JobName job) {
  const std::lock_guard lock(mutex);
  for (const JobDetail& detail : details) {
    if (detail.job.uuid == job.uuid && detail.child == job.child) {
      JobHistory found{job, detail.job.spec->name, detail.job.spec->queue, {}};
      found.entries.push_back({.at = detail.job.created_at, .state = JobState::Submitted});
      found.entries.push_back(
          {.at = kNow, .note = NoteKind::Cancel, .reason = "too old", .said_by = "ann"});
      found.entries.push_back({.at = kNow,
                               .state = detail.job.state,
                               .reason = detail.job.status_reason,
                               .attempt = 1,
                               .agent = "a1",
                               .outcome = Outcome::Failed,
                               .exit_code = 3,
                               .is_estimate = true});
      return found;
    }
  }
  return refuse(ErrorCode::NotFound, "The job does not exist");
}

Result<std::vector<JobDetail>> FakeBackend::describe(std::vector<JobName> jobs) {
  const std::lock_guard lock(mutex);
  if (throws) {
    throw std::runtime_error("the secret of the store");
  }
  std::vector<JobDetail> result;
  for (const JobName& name : jobs) {
    for (const JobDetail& detail : details) {
      if (detail.job.uuid == name.uuid && detail.child == name.child) {
        result.push_back(detail);
      }
    }
  }
  return result;
}

Result<PageOf<JobSummary>> FakeBackend::list(JobQuery query, Page page) {
  const std::lock_guard lock(mutex);
  if (!query.array && !is_known(queues_, query.queue)) {
    return no_such("Job queue", query.queue);
  }
  PageOf<JobSummary> result;
  for (std::size_t i = 0; i < details.size(); ++i) {
    const std::string place = std::to_string(1'000'000'000 + i);
    if (!matches(query, details[i]) || place <= page.after) {
      continue;
    }
    if (result.items.size() == static_cast<std::size_t>(page.results_max)) {
      result.next = std::to_string(1'000'000'000 + i - 1);
      break;
    }
    const JobDetail& detail = details[i];
    JobSummary summary{detail.job, detail.child, detail.counts, detail.counts_at, {}, {}};
    if (!detail.attempts.empty() && detail.attempts.back().end) {
      summary.exit_code = detail.attempts.back().end->exit_code;
      summary.reason = detail.attempts.back().end->reason;
    }
    result.items.push_back(summary);
  }
  return result;
}

Result<std::vector<Explanation>> FakeBackend::explain(std::vector<JobName> jobs) {
  const Result<std::vector<JobDetail>> found = describe(std::move(jobs));
  std::vector<Explanation> result;
  for (const JobDetail& detail : *found) {
    Explanation explanation;
    explanation.key = {detail.job.id, detail.child};
    if (!is_terminal(detail.job.state)) {
      explanation.code = WaitCode::TooBig;
      explanation.sentence = "No agent is big enough.";
      explanation.would_start_if = {"An agent with at least 2 vCPUs and 1 GPU joins."};
      explanation.agents.push_back({"agent-1",
                                    "default",
                                    AgentVerdict::Word::TooSmall,
                                    {500, 1024, 0},
                                    {500, 1024, 0},
                                    {1500, 0, 1}});
    }
    result.push_back(explanation);
  }
  return result;
}

// ---- agents -------------------------------------------------------------------------------------

Result<std::vector<api::AgentStatus>> FakeBackend::agents() {
  const std::lock_guard lock(mutex);
  return known_agents;
}

Result<void> FakeBackend::drain_agent(std::string name, bool drain) {
  const std::lock_guard lock(mutex);
  for (api::AgentStatus& status : known_agents) {
    if (status.agent.name == name) {
      status.agent.is_draining = drain;
      status.state = drain ? "draining" : "ready";
      return {};
    }
  }
  return no_such("Agent", name);
}

}  // namespace dray::test
