#include "api/server/scoped_backend.h"

#include <algorithm>

namespace dray::server {
namespace {

tl::unexpected<Error> no_job() {
  return refuse(ErrorCode::NotFound, "The job does not exist");
}

/// In the words of the scheduler for one that does not exist.
tl::unexpected<Error> no_queue(const std::string& name) {
  return refuse(ErrorCode::NotFound, "JobQueue " + name + " does not exist");
}

/// What belongs to all is not for those of some: authorize() has said so before.
tl::unexpected<Error> not_for_some() {
  return refuse(ErrorCode::NotAllowed, "This access key is for some queues only");
}

}  // namespace

// ---- what belongs to nobody is seen by all, and changed by those of all queues ------------------

Result<void> ScopedBackend::create_environment(ComputeEnvironment /*environment*/) {
  return not_for_some();
}
Result<void> ScopedBackend::update_environment(EnvironmentUpdate /*update*/) {
  return not_for_some();
}
Result<void> ScopedBackend::delete_environment(std::string /*name*/) {
  return not_for_some();
}
Result<std::vector<ComputeEnvironment>> ScopedBackend::environments(
    std::vector<std::string> names) {
  return backend_.environments(std::move(names));
}
Result<std::int32_t> ScopedBackend::register_definition(JobDefinition definition) {
  return backend_.register_definition(std::move(definition));
}
Result<void> ScopedBackend::deregister_definition(std::string /*name*/, std::int32_t /*revision*/) {
  return not_for_some();
}
Result<PageOf<JobDefinition>> ScopedBackend::definitions(DefinitionQuery query, Page page) {
  return backend_.definitions(std::move(query), std::move(page));
}
Result<void> ScopedBackend::create_entry(CatalogueEntry /*entry*/) {
  return not_for_some();
}
Result<void> ScopedBackend::update_entry(EntryUpdate /*update*/) {
  return not_for_some();
}
Result<void> ScopedBackend::delete_entry(EntryKey /*key*/) {
  return not_for_some();
}
Result<std::map<std::string, std::int64_t>> ScopedBackend::consumables_in_use() {
  return backend_.consumables_in_use();
}
Result<std::int64_t> ScopedBackend::change_quantity(QuantityChange /*change*/) {
  return not_for_some();
}
/// A quota share belongs to its queue.
Result<std::vector<CatalogueEntry>> ScopedBackend::entries(ResourceKind kind,
                                                           std::vector<std::string> names) {
  Result<std::vector<CatalogueEntry>> found = backend_.entries(kind, std::move(names));
  if (found && kind == ResourceKind::QuotaShare) {
    std::erase_if(*found, [this](const CatalogueEntry& one) {
      return !is_own(one.key.name.substr(0, one.key.name.find('/')));
    });
  }
  return found;
}
Result<std::vector<api::AgentStatus>> ScopedBackend::agents() {
  return backend_.agents();
}
Result<void> ScopedBackend::drain_agent(std::string /*name*/, bool /*drain*/) {
  return not_for_some();
}
Result<std::string> ScopedBackend::metrics(const api::DoorFacts& /*door*/) {
  return not_for_some();
}
std::vector<api::Check> ScopedBackend::checks() {
  return backend_.checks();
}
void ScopedBackend::note_request(std::string_view operation, int status, Duration took) {
  backend_.note_request(operation, status, took);
}
std::uint64_t ScopedBackend::listen(std::function<void()> bell) {
  return backend_.listen(std::move(bell));
}
void ScopedBackend::stop_listening() {
  backend_.stop_listening();
}
api::News ScopedBackend::news_since(std::uint64_t number) {
  return backend_.news_since(number);
}

// ---- keys are the admins' -----------------------------------------------------------------------

std::shared_ptr<const auth::KeySet> ScopedBackend::keys() {
  return backend_.keys();
}
void ScopedBackend::note_key_used(const auth::Key& key) {
  backend_.note_key_used(key);
}
std::string ScopedBackend::session_secret() {
  return backend_.session_secret();
}
Result<std::vector<AccessKey>> ScopedBackend::access_keys() {
  return not_for_some();
}
Result<api::CreatedKey> ScopedBackend::create_access_key(std::string /*user*/, Role /*role*/,
                                                         std::string /*queues*/) {
  return not_for_some();
}
Result<void> ScopedBackend::switch_access_key(std::string /*id*/, bool /*is_active*/) {
  return not_for_some();
}
Result<void> ScopedBackend::delete_access_key(std::string /*id*/) {
  return not_for_some();
}
void ScopedBackend::append_audit(const std::string& line) {
  backend_.append_audit(line);
}
Result<std::vector<std::string>> ScopedBackend::newest_audit(std::size_t /*lines_max*/) {
  return not_for_some();
}

// ---- queues -------------------------------------------------------------------------------------

Result<void> ScopedBackend::create_queue(JobQueue queue) {
  if (!is_own(queue.name)) {
    return refuse(ErrorCode::NotAllowed,
                  "This access key is for the queues " + pattern_ + " only, not " + queue.name);
  }
  return backend_.create_queue(std::move(queue));
}
Result<void> ScopedBackend::update_queue(QueueUpdate update) {
  if (!is_own(update.name)) {
    return no_queue(update.name);
  }
  return backend_.update_queue(std::move(update));
}
Result<void> ScopedBackend::delete_queue(std::string name) {
  if (!is_own(name)) {
    return no_queue(name);
  }
  return backend_.delete_queue(std::move(name));
}
Result<std::vector<QueueStatus>> ScopedBackend::queues(std::vector<std::string> names) {
  Result<std::vector<QueueStatus>> found = backend_.queues(std::move(names));
  if (found) {
    std::erase_if(*found, [this](const QueueStatus& one) { return !is_own(one.queue.name); });
  }
  return found;
}

Result<QueueSnapshot> ScopedBackend::queue_snapshot(std::string name) {
  if (!is_own(name)) {
    return no_queue(name);
  }
  return backend_.queue_snapshot(std::move(name));
}

/// Of queues and of jobs; the door has looked for the resource before, so it is an own one.
Result<void> ScopedBackend::change_tags(ResourceName resource, TagChange change) {
  if (resource.kind == ResourceKind::Queue) {
    return is_own(resource.name) ? backend_.change_tags(std::move(resource), std::move(change))
                                 : no_queue(resource.name);
  }
  if (resource.kind != ResourceKind::Job) {
    return not_for_some();
  }
  const Result<std::vector<JobName>> own = own_jobs({resource.job});
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.change_tags(std::move(resource), std::move(change));
}

// ---- jobs ---------------------------------------------------------------------------------------

Result<std::vector<JobName>> ScopedBackend::own_jobs(const std::vector<JobName>& jobs) {
  const Result<std::vector<JobDetail>> found = describe(jobs);
  if (!found) {
    return tl::unexpected(found.error());
  }
  std::vector<JobName> own;
  for (const JobDetail& detail : *found) {
    own.push_back(name_of_job(detail.job, detail.child));
  }
  if (own.empty()) {
    return no_job();
  }
  return own;
}

Result<api::SubmittedJob> ScopedBackend::submit(Submission submission) {
  if (!is_own(submission.queue)) {
    return no_queue(submission.queue);
  }
  for (const Dependency& on : submission.depends_on) {
    if (on.type != DependencyType::Sequential && !own_jobs({{on.job, kNoChild}})) {
      return refuse(ErrorCode::BadRequest,
                    "The job it depends on does not exist: " + to_string(on.job) + ".");
    }
  }
  return backend_.submit(std::move(submission));
}

Result<void> ScopedBackend::cancel(JobName job, StopWords words) {
  const Result<std::vector<JobName>> own = own_jobs({job});
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.cancel(job, std::move(words));
}

Result<void> ScopedBackend::terminate(JobName job, StopWords words) {
  const Result<std::vector<JobName>> own = own_jobs({job});
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.terminate(job, std::move(words));
}

Result<void> ScopedBackend::update_job(Uuid job, JobUpdate update) {
  const Result<std::vector<JobName>> own = own_jobs({{job, kNoChild}});
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.update_job(job, std::move(update));
}

Result<std::uint32_t> ScopedBackend::rerun(Uuid array, ChildRuns children) {
  const Result<std::vector<JobName>> own = own_jobs({{array, kNoChild}});
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.rerun(array, std::move(children));
}

Result<std::vector<JobDetail>> ScopedBackend::describe(std::vector<JobName> jobs) {
  Result<std::vector<JobDetail>> found = backend_.describe(std::move(jobs));
  if (found) {
    std::erase_if(*found, [this](const JobDetail& one) { return !is_own(one.job.spec->queue); });
  }
  return found;
}

Result<PageOf<JobSummary>> ScopedBackend::list(JobQuery query, Page page) {
  const bool is_own_array = query.array && own_jobs({{*query.array, kNoChild}});
  if (query.array ? !is_own_array : !is_own(query.queue)) {
    return PageOf<JobSummary>{};  // As of one that has no jobs.
  }
  return backend_.list(std::move(query), std::move(page));
}

Result<std::vector<Explanation>> ScopedBackend::explain(std::vector<JobName> jobs) {
  Result<std::vector<JobName>> own = own_jobs(jobs);
  if (!own) {
    return std::vector<Explanation>();
  }
  return backend_.explain(std::move(*own));
}

/// A definition is there for all; of its jobs those of own queues.
Result<DefinitionUsage> ScopedBackend::usage(UsageQuery query) {
  query.queues = pattern_;
  return backend_.usage(std::move(query));
}

Result<JobHistory> ScopedBackend::history(JobName job) {
  Result<JobHistory> found = backend_.history(job);
  if (found && !is_own(found->queue)) {
    return refuse(ErrorCode::NotFound, "The job does not exist");
  }
  return found;
}

// ---- views --------------------------------------------------------------------------------------

Result<api::OverviewView> ScopedBackend::overview() {
  Result<api::OverviewView> view = backend_.overview();
  if (view) {
    std::erase_if(view->queues, [this](const auto& one) { return !is_own(one.queue.name); });
    std::erase_if(view->failures, [this](const auto& one) { return !is_own(one.queue); });
  }
  return view;
}

Result<PageOf<JobSummary>> ScopedBackend::search(JobSearch search, Page page) {
  Result<PageOf<JobSummary>> found = backend_.search(std::move(search), std::move(page));
  if (found) {
    std::erase_if(found->items, [this](const auto& one) { return !is_own(one.job.spec->queue); });
  }
  return found;
}

Result<ChildrenView> ScopedBackend::children(Uuid array) {
  const Result<std::vector<JobName>> own = own_jobs({{array, kNoChild}});
  if (!own) {
    return refuse(ErrorCode::NotFound, "There is no array job of this id");
  }
  return backend_.children(array);
}

Result<std::vector<AgentAttempt>> ScopedBackend::agent_attempts(std::string agent) {
  Result<std::vector<AgentAttempt>> found = backend_.agent_attempts(std::move(agent));
  if (found) {
    std::erase_if(*found, [this](const AgentAttempt& one) { return !is_own(one.queue); });
  }
  return found;
}

// ---- logs ---------------------------------------------------------------------------------------

/// What clients made belongs to no queue: keys for some queues see attempts' streams only.
Result<LogStreamView> ScopedBackend::log_stream(LogStreamName name) {
  Result<LogStreamView> stream = backend_.log_stream(std::move(name));
  if (stream && (stream->client_stream || !is_own(stream->queue))) {
    return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
  }
  return stream;
}

Result<LogStreamView> ScopedBackend::attempt_log(AttemptKey key) {
  Result<LogStreamView> stream = backend_.attempt_log(key);
  if (stream && !is_own(stream->queue)) {
    return refuse(ErrorCode::NotFound, std::string(kNoLogStream));
  }
  return stream;
}

Result<PageOf<LogStreamView>> ScopedBackend::log_streams(LogStreamName prefix, Page page) {
  Result<PageOf<LogStreamView>> found = backend_.log_streams(std::move(prefix), std::move(page));
  if (found) {
    std::erase_if(found->items, [this](const LogStreamView& one) {
      return one.client_stream || !is_own(one.queue);
    });
  }
  return found;
}

/// Asked for only with a key that one of the above has given; looked at again all the same.
Result<LogPiece> ScopedBackend::read_log(AttemptKey key, std::uint64_t offset,
                                         std::uint64_t bytes_max) {
  const Result<LogStreamView> own = attempt_log(key);
  if (!own) {
    return tl::unexpected(own.error());
  }
  return backend_.read_log(key, offset, bytes_max);
}

Result<LogGroup> ScopedBackend::log_group(std::string name) {
  return backend_.log_group(std::move(name));
}

Result<PageOf<LogGroup>> ScopedBackend::log_groups(LogGroupQuery query, Page page) {
  return backend_.log_groups(std::move(query), std::move(page));
}

Result<void> ScopedBackend::change_log_groups(LogGroupChange) {
  return not_for_some();
}

Result<PutLogOutcome> ScopedBackend::put_log_events(LogStreamName, std::vector<PutLogEvent>) {
  return not_for_some();
}

Result<std::vector<KeptLogEvent>> ScopedBackend::kept_log_events(KeptLogQuery) {
  return not_for_some();
}

}  // namespace dray::server
