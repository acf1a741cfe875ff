#include "scheduler/service/backend.h"

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <utility>

#include "api/wire/log_target.h"
#include "model/names.h"
#include "model/texts.h"
#include "scheduler/service/id_source.h"

namespace dray {
namespace {

/// A reply of a kind that does not belong to the question: the program is wrong.
tl::unexpected<Error> strange_reply() {
  return refuse(ErrorCode::Internal, "The scheduler gave an answer that does not fit.");
}

std::string state_name(AgentView::State state) {
  switch (state) {
    case AgentView::State::Ready:
      return "ready";
    case AgentView::State::Silent:
      return "silent";
    case AgentView::State::Draining:
      return "draining";
    case AgentView::State::Disconnected:
      return "disconnected";
  }
  return "";
}

}  // namespace

Result<Reply> ServiceBackend::ask(Happening what) {
  auto promise = std::make_shared<std::promise<Reply>>();
  std::future<Reply> future = promise->get_future();
  const bool is_posted = inbox_.post(
      {std::move(what),
       [promise = std::move(promise)](Reply reply) { promise->set_value(std::move(reply)); }},
      Inbox::Sender::Door);
  if (!is_posted) {
    return refuse(ErrorCode::Unavailable,
                  "The scheduler cannot take this now: it has too much to do, no room on its disk, "
                  "or is about to end. Try again.");
  }
  try {
    Reply reply = future.get();
    if (auto* error = std::get_if<Error>(&reply)) {
      return tl::unexpected(std::move(*error));
    }
    return reply;
  } catch (const std::future_error&) {
    // The loop ended with the letter unanswered: nobody can say whether it is on disk.
    return refuse(ErrorCode::Unavailable, "The scheduler is about to end. Try again.");
  }
}

Result<void> ServiceBackend::tell(Happening what) {
  const Result<Reply> reply = ask(std::move(what));
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  if (!std::holds_alternative<Done>(*reply)) {
    return strange_reply();
  }
  return {};
}

Result<void> ServiceBackend::create_environment(ComputeEnvironment environment) {
  return tell(EnvironmentCreated{std::move(environment)});
}

Result<void> ServiceBackend::update_environment(EnvironmentUpdate update) {
  return tell(EnvironmentUpdated{std::move(update)});
}

Result<void> ServiceBackend::delete_environment(std::string name) {
  return tell(EnvironmentDeleted{std::move(name)});
}

Result<std::vector<ComputeEnvironment>> ServiceBackend::environments(
    std::vector<std::string> names) {
  return reader_.environments(names);
}

Result<void> ServiceBackend::create_queue(JobQueue queue) {
  return tell(QueueCreated{std::move(queue)});
}

Result<void> ServiceBackend::update_queue(QueueUpdate update) {
  return tell(QueueUpdated{std::move(update)});
}

Result<void> ServiceBackend::delete_queue(std::string name) {
  return tell(QueueDeleted{std::move(name)});
}

Result<std::vector<QueueStatus>> ServiceBackend::queues(std::vector<std::string> names) {
  return reader_.queues(names);
}

Result<std::int32_t> ServiceBackend::register_definition(JobDefinition definition) {
  std::vector<std::string_view> containers{definition.container.as_given};
  for (const PodContainer& one : definition.pod) {
    containers.emplace_back(one.container.as_given);
  }
  for (const NodeRange& range : definition.ranges) {
    containers.emplace_back(range.container.as_given);
  }
  for (const std::string_view as_given : containers) {
    if (const Result<void> made = groups_.ensure(wire::log_target(as_given).group); !made) {
      return tl::unexpected(made.error());
    }
  }
  const Result<Reply> reply = ask(DefinitionRegistered{std::move(definition)});
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  const auto* accepted = std::get_if<DefinitionAccepted>(&*reply);
  if (accepted == nullptr) {
    return strange_reply();
  }
  return accepted->revision;
}

Result<void> ServiceBackend::deregister_definition(std::string name, std::int32_t revision) {
  return tell(DefinitionDeregistered{std::move(name), revision});
}

Result<PageOf<JobDefinition>> ServiceBackend::definitions(DefinitionQuery query, Page page) {
  return reader_.definitions(query, page);
}

Result<api::SubmittedJob> ServiceBackend::submit(Submission submission) {
  if (submission.invocation) {
    const Instant looked_at = Clock::now();
    const auto taken = reader_.taken_submit(submission.invocation->key, clock_.wall());
    if (!taken) {
      return tl::unexpected(taken.error());
    }
    if (*taken && (*taken)->body != submission.invocation->body) {
      return refuse(ErrorCode::Conflict, std::string(texts::kInvocationReused));
    }
    if (*taken) {
      return api::SubmittedJob{(*taken)->job, (*taken)->name};
    }
    return submit_new({fresh_uuid(), std::move(submission), {}, looked_at, {}});
  }
  return submit_new({fresh_uuid(), std::move(submission), {}, {}, {}});
}

Result<api::SubmittedJob> ServiceBackend::submit_new(JobSubmitted event) {
  // The second time every dependency that exists is known: a third would ask for the same again,
  // unless one left the State in between, which needs one more.
  for (int round = 0; round < 3; ++round) {
    const Result<Reply> reply = ask(event);
    if (!reply) {
      return tl::unexpected(reply.error());
    }
    if (const auto* accepted = std::get_if<JobAccepted>(&*reply)) {
      return api::SubmittedJob{accepted->uuid, accepted->name};
    }
    const auto* unknown = std::get_if<UnknownDependencies>(&*reply);
    if (unknown == nullptr) {
      return strange_reply();
    }
    auto known = reader_.states(unknown->jobs);
    if (!known) {
      return tl::unexpected(known.error());
    }
    const bool is_all_known = known->size() == unknown->jobs.size();
    event.known_ends.merge(*known);
    for (const Dependency& on : event.submission.depends_on) {
      const bool is_known = event.known_ends.contains({on.job, kNoChild});
      if (on.type != DependencyType::NToN || !is_known || event.known_arrays.contains(on.job)) {
        continue;
      }
      if (const Result<ChildrenView> children = reader_.children(on.job)) {
        event.known_arrays.emplace(on.job, KnownArray::of(children->states));
      } else if (children.error().code != ErrorCode::NotFound) {
        return tl::unexpected(children.error());
      }
    }
    if (!is_all_known) {
      for (const auto& [uuid, child] : unknown->jobs) {
        if (!event.known_ends.contains({uuid, child})) {
          return refuse(ErrorCode::BadRequest,
                        "The job it depends on does not exist: " + to_string(uuid) +
                            (child == kNoChild ? "" : ":" + std::to_string(child)) + ".");
        }
      }
    }
  }
  return refuse(ErrorCode::Unavailable, "Its dependencies are changing. Try again.");
}

Result<void> ServiceBackend::cancel(JobName job, StopWords words) {
  return tell(JobCancelled{job.uuid, job.child, std::move(words)});
}

Result<void> ServiceBackend::terminate(JobName job, StopWords words) {
  return tell(JobTerminated{job.uuid, job.child, std::move(words)});
}

Result<void> ServiceBackend::update_job(Uuid job, JobUpdate update) {
  return tell(JobUpdated{job, std::move(update)});
}

Result<std::vector<JobDetail>> ServiceBackend::describe(std::vector<JobName> jobs) {
  Result<std::vector<JobDetail>> details = reader_.describe(jobs);
  if (!details) {
    return details;
  }
  tell_wait_reasons(*details);
  return details;
}

Result<PageOf<JobSummary>> ServiceBackend::list(JobQuery query, Page page) {
  Result<PageOf<JobSummary>> summaries = reader_.list(query, page);
  if (summaries) {
    tell_wait_reasons(summaries->items);
  }
  return summaries;
}

template <class Shown>
void ServiceBackend::tell_wait_reasons(std::vector<Shown>& jobs) {
  const auto is_asked = [](const Shown& it) {
    return it.job.state == JobState::Runnable && it.job.status_reason.empty() && !it.counts;
  };
  WaitReasonsAsked asked;
  for (const Shown& it : jobs) {
    if (is_asked(it)) {
      asked.jobs.emplace_back(it.job.uuid, it.child);
    }
  }
  if (asked.jobs.empty()) {
    return;
  }
  const Result<Reply> reply = ask(std::move(asked));
  const auto* reasons = reply ? std::get_if<WaitReasons>(&*reply) : nullptr;
  if (reasons == nullptr) {
    return;  // What is on disk is true without it.
  }
  const std::map<JobKey, std::string> by_key(reasons->jobs.begin(), reasons->jobs.end());
  for (Shown& it : jobs) {
    const auto found = by_key.find({it.job.id, it.child});
    if (found != by_key.end() && is_asked(it)) {
      it.job.status_reason = found->second;
    }
  }
}

Result<std::map<JobKey, Explanation>> ServiceBackend::waiting(const std::vector<JobName>& jobs) {
  ExplanationAsked asked;
  for (const JobName& job : jobs) {
    asked.jobs.emplace_back(job.uuid, job.child);
  }
  Result<Reply> reply = ask(std::move(asked));
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  auto* explanations = std::get_if<Explanations>(&*reply);
  if (explanations == nullptr) {
    return strange_reply();
  }
  std::map<JobKey, Explanation> by_key;
  for (Explanation& explanation : explanations->jobs) {
    const JobKey key = explanation.key;
    by_key.emplace(key, std::move(explanation));
  }
  return by_key;
}

Result<std::vector<Explanation>> ServiceBackend::explain(std::vector<JobName> jobs) {
  Result<std::map<JobKey, Explanation>> found = waiting(jobs);
  if (!found) {
    return tl::unexpected(found.error());
  }
  // Asked after the core: what has left the State by now is on disk.
  const Result<std::vector<JobDetail>> details = reader_.describe(jobs);
  if (!details) {
    return tl::unexpected(details.error());
  }
  std::vector<Explanation> explanations;
  for (const JobDetail& detail : *details) {
    const JobKey key{detail.job.id, detail.child};
    const auto at = found->find(key);
    if (at != found->end()) {
      explanations.push_back(at->second);
      continue;
    }
    Explanation ended;
    ended.key = key;
    ended.code = WaitCode::NotWaiting;
    ended.sentence = "It is " + std::string(name_of(detail.job.state)) + ".";
    explanations.push_back(std::move(ended));
  }
  return explanations;
}

Result<std::vector<api::AgentStatus>> ServiceBackend::agents() {
  Result<Reply> reply = ask(AgentsAsked{});
  if (!reply) {
    return tl::unexpected(reply.error());
  }
  auto* views = std::get_if<dray::Agents>(&*reply);
  if (views == nullptr) {
    return strange_reply();
  }
  std::vector<api::AgentStatus> statuses;
  for (AgentView& view : views->agents) {
    statuses.push_back({std::move(view.agent), state_name(view.state), view.reserved,
                        view.attempts_live, view.attempts_ahead, view.silent_for});
  }
  return statuses;
}

Result<void> ServiceBackend::drain_agent(std::string name, bool drain) {
  return tell(AgentDrained{std::move(name), drain});
}

}  // namespace dray
