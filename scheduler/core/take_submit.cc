#include <algorithm>
#include <utility>
#include <vector>

#include "model/texts.h"
#include "scheduler/core/endings.h"
#include "scheduler/core/merge.h"
#include "scheduler/core/shares.h"
#include "scheduler/core/turn.h"

namespace dray {
namespace {

/// The revision asked for, or the newest active one.
Result<const JobDefinition*> find_definition(const State& state, const Submission& submission) {
  const std::string text =
      submission.definition +
      (submission.revision > 0 ? ":" + std::to_string(submission.revision) : std::string());
  const auto revisions = state.definitions().find(submission.definition);
  if (revisions == state.definitions().end()) {
    return refuse(ErrorCode::NotFound, "JobDefinition " + text + " does not exist");
  }
  if (submission.revision > 0) {
    const auto found = revisions->second.find(submission.revision);
    if (found == revisions->second.end()) {
      return refuse(ErrorCode::NotFound, "JobDefinition " + text + " does not exist");
    }
    if (found->second.status != DefinitionStatus::Active) {
      return refuse(ErrorCode::BadRequest, "JobDefinition " + text + " is not active");
    }
    return &found->second;
  }
  for (auto newest = revisions->second.rbegin(); newest != revisions->second.rend(); ++newest) {
    if (newest->second.status == DefinitionStatus::Active) {
      return &newest->second;
    }
  }
  return refuse(ErrorCode::NotFound, "JobDefinition " + text + " has no active revision");
}

Result<void> check_queue(const State& state, const std::string& name) {
  const auto queue = state.queues().find(name);
  if (queue == state.queues().end()) {
    return refuse(ErrorCode::NotFound, "JobQueue " + name + " does not exist");
  }
  if (!queue->second.is_enabled) {
    return refuse(ErrorCode::BadRequest, "JobQueue " + name + " is disabled");
  }
  if (queue->second.environments.empty()) {
    return refuse(ErrorCode::BadRequest,
                  "JobQueue " + name + " has no compute environments: it takes service jobs only");
  }
  return {};
}

/// What the dependencies of a new job come to.
struct Needs {
  std::vector<std::pair<Uuid, std::int32_t>> unknown;
  bool has_failed = false;  ///< A job it depends on as a whole has failed.
};

/// `on` names a job that is in State.
Result<void> look_at(const State& state, const JobEntry& needed, const Dependency& on,
                     const Submission& submission, Needs& needs) {
  const std::string text = to_string(on.job);
  if (on.type == DependencyType::NToN) {
    if (!needed.array || needed.array->size() != submission.array_size) {
      return refuse(ErrorCode::BadRequest,
                    "N_TO_N dependency " + text + " is not an array job of the same size");
    }
    return {};
  }
  if (on.child != kNoChild && (!needed.array || on.child >= needed.array->size())) {
    return refuse(ErrorCode::BadRequest,
                  "Dependency " + text + ":" + std::to_string(on.child) + " does not exist");
  }
  needs.has_failed |= state.state_of(needed, on.child) == JobState::Failed;
  return {};
}

Result<Needs> look_at_dependencies(const State& state, const JobSubmitted& event) {
  Needs needs;
  for (const Dependency& on : event.submission.depends_on) {
    if (on.type == DependencyType::Sequential) {
      continue;
    }
    if (const JobEntry* needed = state.find_job(on.job); needed != nullptr) {
      if (auto looked = look_at(state, *needed, on, event.submission, needs); !looked) {
        return tl::unexpected<Error>(looked.error());
      }
      continue;
    }
    const auto known = event.known_ends.find({on.job, on.child});
    if (known == event.known_ends.end()) {
      needs.unknown.emplace_back(on.job, on.child);
    } else {
      needs.has_failed |= known->second == JobState::Failed;
    }
  }
  return needs;
}

/// Children of N_TO_N dependencies that have failed already take theirs with them.
void fail_hopeless_children(Turn& turn, JobId id, const JobSpec& spec) {
  for (const Dependency& on : spec.depends_on) {
    const JobEntry* needed =
        on.type == DependencyType::NToN ? turn.state().find_job(on.job) : nullptr;
    if (needed == nullptr || !needed->array || !needed->array->has_failed()) {
      continue;
    }
    for (std::int32_t child = 0; child < needed->array->size(); ++child) {
      if (needed->array->state(child) == ChildState::Failed) {
        fail_children(turn, id, child, child, {.reason = texts::kDependentJobFailed});
      }
    }
  }
}

void add_job(Turn& turn, const Uuid& uuid, JobSpec spec, bool has_failed) {
  Job job{.id = {turn.state().last_job().value + 1},
          .uuid = uuid,
          .spec = std::make_shared<const JobSpec>(std::move(spec)),
          .state = JobState::Pending,
          .created_at = turn.at()};
  const JobId id = job.id;
  const std::shared_ptr<const JobSpec> shared = job.spec;
  turn.put(JobAdded{job});
  if (has_failed) {
    fail_dependent(turn, id);
    return;
  }
  fail_hopeless_children(turn, id, *shared);
  if (!shared->is_array() && turn.state().find_job(id)->unmet == 0) {
    job.state = JobState::Runnable;
    turn.put(JobMoved{std::move(job)});
  }
}

bool is_new_share(const State& state, const JobSpec& spec) {
  return !spec.share_identifier.empty() &&
         !state.shares().contains({spec.queue, spec.share_identifier});
}

/// A repeated submit has its first answer again. False when this one is new.
bool answer_again(Turn& turn, const JobSubmitted& event) {
  const Invocation& invocation = *event.submission.invocation;
  const KnownSubmit* known = turn.state().invocations.find(invocation.key);
  if (known != nullptr && known->body != invocation.body) {
    turn.refuse(ErrorCode::Conflict, std::string(texts::kInvocationReused));
  } else if (known != nullptr) {
    turn.reply(JobAccepted{{}, known->job, known->name});
  } else if (turn.now() - event.invocation_looked_at > RecentInvocations::kLookTrusted) {
    turn.refuse(ErrorCode::Unavailable, "The scheduler has been busy too long. Try again.");
  } else {
    return false;
  }
  return true;
}

}  // namespace

void take(Turn& turn, const JobSubmitted& event) {
  const Submission& submission = event.submission;
  if (submission.invocation && answer_again(turn, event)) {
    return;
  }
  if (const auto queue = check_queue(turn.state(), submission.queue); !queue) {
    turn.reply(queue.error());
    return;
  }
  const auto definition = find_definition(turn.state(), submission);
  if (!definition) {
    turn.reply(definition.error());
    return;
  }
  if (const auto share = check_share(turn.state(), submission, **definition); !share) {
    turn.reply(share.error());
    return;
  }
  auto spec = merge(submission, **definition, turn.state().settings());
  if (!spec) {
    turn.reply(spec.error());
    return;
  }
  auto needs = look_at_dependencies(turn.state(), event);
  if (!needs) {
    turn.reply(needs.error());
    return;
  }
  if (!needs->unknown.empty()) {
    turn.reply(UnknownDependencies{std::move(needs->unknown)});
    return;
  }
  if (turn.state().find_job(event.uuid) != nullptr) {
    turn.refuse(ErrorCode::Conflict, "Object already exists");
    return;
  }
  if (is_new_share(turn.state(), *spec)) {
    forget_old_shares(turn);
  }
  const JobId id{turn.state().last_job().value + 1};
  add_job(turn, event.uuid, std::move(*spec), needs->has_failed);
  if (submission.invocation) {
    turn.put(InvocationKept{*submission.invocation, id, event.uuid, submission.name, turn.at()});
  }
  turn.reply(JobAccepted{id, event.uuid, submission.name});
}

}  // namespace dray
