#include <algorithm>
#include <utility>

#include "scheduler/service/backend.h"

/// What the status page asks of the service.
namespace dray {
namespace {

FailureView failure_of(const JobDetail& detail, AttemptNumber number) {
  FailureView view;
  view.job = {detail.job.uuid, detail.child};
  view.name = detail.job.spec->name;
  view.queue = detail.job.spec->queue;
  view.status_reason = detail.job.status_reason;
  view.stopped_at = detail.job.stopped_at;
  view.attempt = number;
  for (const Attempt& attempt : detail.attempts) {
    if (attempt.key.number == number && attempt.end) {
      view.exit_code = attempt.end->exit_code;
      view.reason = attempt.end->reason;
      view.stopped_at = attempt.stopped_at;
    }
  }
  return view;
}

}  // namespace

Result<api::OverviewView> ServiceBackend::overview() {
  Result<std::vector<QueueStatus>> queues = reader_.queues({});
  if (!queues) {
    return tl::unexpected(queues.error());
  }
  Result<std::vector<api::AgentStatus>> agents = this->agents();
  if (!agents) {
    return tl::unexpected(agents.error());
  }
  const std::vector<RecentFailure> failures = recent_ends_.failures();
  std::vector<JobName> failed;
  for (const RecentFailure& failure : failures) {
    failed.push_back(failure.job);
  }
  const Result<std::vector<JobDetail>> details = reader_.describe(failed);
  if (!details) {
    return tl::unexpected(details.error());
  }
  api::OverviewView view;
  view.now = clock_.wall();
  view.started_at = started_at_;
  view.queues = std::move(*queues);
  view.agents = std::move(*agents);
  view.throughput = recent_ends_.throughput(view.now);
  for (const RecentFailure& failure : failures) {
    const auto found = std::find_if(details->begin(), details->end(), [&](const JobDetail& detail) {
      return JobName{detail.job.uuid, detail.child} == failure.job;
    });
    if (found != details->end()) {
      view.failures.push_back(failure_of(*found, failure.attempt));
    }
  }
  return view;
}

Result<PageOf<JobSummary>> ServiceBackend::search(JobSearch search, Page page) {
  return reader_.search(search, page);
}

Result<DefinitionUsage> ServiceBackend::usage(UsageQuery query) {
  return reader_.usage(query);
}

Result<JobHistory> ServiceBackend::history(JobName job) {
  return reader_.history(job);
}

Result<ChildrenView> ServiceBackend::children(Uuid array) {
  return reader_.children(array);
}

Result<std::vector<AgentAttempt>> ServiceBackend::agent_attempts(std::string agent) {
  Result<Reply> reply = ask(AgentAttemptsAsked{std::move(agent)});
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  auto* found = std::get_if<AgentAttempts>(&*reply);
  if (found == nullptr) {
    return refuse(ErrorCode::Internal, "The scheduler gave an answer that does not fit.");
  }
  return std::move(found->attempts);
}

std::uint64_t ServiceBackend::listen(std::function<void()> bell) {
  return publisher_.listen(std::move(bell));
}

void ServiceBackend::stop_listening() {
  publisher_.stop_listening();
}

api::News ServiceBackend::news_since(std::uint64_t number) {
  return publisher_.since(number);
}

}  // namespace dray
