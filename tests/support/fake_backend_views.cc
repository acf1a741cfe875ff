#include <algorithm>
#include <utility>

#include "tests/support/fake_backend.h"

/// What the status page asks.
namespace dray::test {
namespace {

/// Children come in order, and each cause is one run here.
void add_failure(const JobDetail& detail, ChildrenView& view) {
  FailureCause cause{.status_reason = detail.job.status_reason};
  if (!detail.attempts.empty() && detail.attempts.back().end) {
    cause.exit_code = detail.attempts.back().end->exit_code;
    cause.reason = detail.attempts.back().end->reason;
  }
  const bool is_known = !view.causes.empty() && view.causes.back().exit_code == cause.exit_code &&
                        view.causes.back().status_reason == cause.status_reason;
  if (!is_known) {
    cause.runs.emplace_back(detail.child, detail.child);
    view.causes.push_back(std::move(cause));
  }
  ++view.causes.back().count;
  view.causes.back().runs.back().second = detail.child;
}

}  // namespace

Result<api::OverviewView> FakeBackend::overview() {
  const std::lock_guard lock(mutex);
  return the_overview;
}

Result<PageOf<JobSummary>> FakeBackend::search(JobSearch search, Page page) {
  const std::lock_guard lock(mutex);
  last_search = std::move(search);
  last_search_page = std::move(page);
  return found_jobs;
}

Result<ChildrenView> FakeBackend::children(Uuid array) {
  const std::lock_guard lock(mutex);
  if (array == the_children.uuid) {
    return the_children;
  }
  ChildrenView view{.uuid = array};
  for (const JobDetail& detail : details) {
    if (detail.job.uuid == array && detail.child != kNoChild) {
      view.states.push_back(detail.job.state);
      if (detail.job.state == JobState::Failed) {
        add_failure(detail, view);
      }
    }
  }
  if (view.states.empty()) {
    return refuse(ErrorCode::NotFound, "There is no array job of this id");
  }
  return view;
}

Result<std::vector<AgentAttempt>> FakeBackend::agent_attempts(std::string agent) {
  const std::lock_guard lock(mutex);
  const bool is_known = std::any_of(known_agents.begin(), known_agents.end(),
                                    [&](const auto& known) { return known.agent.name == agent; });
  if (!is_known) {
    return refuse(ErrorCode::NotFound, "There is no agent of this name: " + agent + ".");
  }
  return known_attempts;
}

std::uint64_t FakeBackend::listen(std::function<void()> bell) {
  const std::lock_guard lock(mutex);
  bell_ = std::move(bell);
  return happened_.size();
}

void FakeBackend::stop_listening() {
  const std::lock_guard lock(mutex);
  bell_ = nullptr;
}

api::News FakeBackend::news_since(std::uint64_t number) {
  const std::lock_guard lock(mutex);
  api::News news;
  news.number = happened_.size();
  news.is_gap = number > news.number;
  for (std::uint64_t i = number; i < news.number; ++i) {
    news.jobs.push_back(happened_[i]);
  }
  return news;
}

Result<std::string> FakeBackend::metrics(const api::DoorFacts& door) {
  std::string text = "# TYPE streams gauge\nstreams " + std::to_string(door.streams_open) + "\n";
  if (door.connections_open > 0) {
    text += "connections " + std::to_string(door.connections_open) + "\n";
  }
  for (const auto& [reason, count] : door.requests_refused) {
    text += std::string(reason) + ' ' + std::to_string(count) + '\n';
  }
  return text;
}

std::vector<api::Check> FakeBackend::checks() {
  const std::lock_guard lock(mutex);
  return known_checks;
}

void FakeBackend::note_request(std::string_view operation, int status, Duration) {
  const std::lock_guard lock(mutex);
  ++answered[std::string(operation) + ' ' + std::to_string(status)];
}

void FakeBackend::happen(const Uuid& job) {
  const std::lock_guard lock(mutex);
  happened_.push_back(job);
  if (bell_) {
    bell_();
  }
}

bool FakeBackend::is_heard() {
  const std::lock_guard lock(mutex);
  return bell_ != nullptr;
}

}  // namespace dray::test
