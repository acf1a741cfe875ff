#include <algorithm>
#include <optional>
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
  std::optional<DependencyType> broken;  ///< What has ended, and not so as it is waited for.
};

Result<void> refuse_n_to_n(const Dependency& on) {
  return refuse(ErrorCode::BadRequest,
                "N_TO_N dependency " + to_string(on.job) + " is not an array job of the same size");
}

void look_at_end(const Dependency& on, JobState state, Needs& needs) {
  if (is_terminal(state) && !is_met_by(on.type, state == JobState::Succeeded)) {
    needs.broken = on.type;
  }
}

/// `on` names a job that is in State.
Result<void> look_at(const State& state, const JobEntry& needed, const Dependency& on,
                     const Submission& submission, Needs& needs) {
  if (on.type == DependencyType::NToN) {
    const bool fits = needed.has_children() && needed.array->size() == submission.array_size;
    return fits ? Result<void>() : refuse_n_to_n(on);
  }
  if (on.child != kNoChild && (!needed.has_children() || on.child >= needed.array->size())) {
    return refuse(ErrorCode::BadRequest, "Dependency " + to_string(on.job) + ":" +
                                             std::to_string(on.child) + " does not exist");
  }
  look_at_end(on, state.state_of(needed, on.child), needs);
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
    } else if (on.type == DependencyType::NToN) {
      const auto array = event.known_arrays.find(on.job);
      if (array == event.known_arrays.end() || array->second.size != event.submission.array_size) {
        return tl::unexpected<Error>(refuse_n_to_n(on).error());
      }
    } else {
      look_at_end(on, known->second, needs);
    }
  }
  return needs;
}

/// Children of N_TO_N dependencies that have failed already take theirs with them.
void fail_hopeless_children(Turn& turn, JobId id, const JobSpec& spec, const JobSubmitted& event) {
  constexpr EndCause kCause{.reason = texts::kDependentJobFailed};
  for (const Dependency& on : spec.depends_on) {
    if (on.type != DependencyType::NToN) {
      continue;
    }
    const JobEntry* needed = turn.state().find_job(on.job);
    if (needed == nullptr) {
      for (const auto& [first, last] : event.known_arrays.at(on.job).failed) {
        fail_children(turn, id, first, last, kCause);
      }
    } else if (needed->array->has_failed()) {
      for (std::int32_t child = 0; child < needed->array->size(); ++child) {
        if (needed->array->state(child) == ChildState::Failed) {
          fail_children(turn, id, child, child, kCause);
        }
      }
    }
  }
}

/// AWS: a job that passes on more tags than 50 fails.
bool has_too_many_tags(const JobSpec& spec, const JobDefinition& definition) {
  constexpr std::size_t kTagsMax = 50;
  Tags all = spec.tags;
  all.insert(definition.tags.begin(), definition.tags.end());
  return spec.propagate_tags && all.size() > kTagsMax;
}

/// The job fails before anything of it has begun.
void fail_at_once(Turn& turn, JobId id, std::string_view reason) {
  const JobEntry& entry = *turn.state().find_job(id);
  if (entry.has_children()) {
    fail_children(turn, id, 0, entry.array->size() - 1, {.reason = reason});
  } else {
    fail_job(turn, id, {.reason = reason});
  }
}

void add_job(Turn& turn, const JobSubmitted& event, JobSpec spec,
             std::optional<DependencyType> broken, bool has_many_tags) {
  Job job{.id = {turn.state().last_job().value + 1},
          .uuid = event.uuid,
          .spec = std::make_shared<const JobSpec>(std::move(spec)),
          .state = JobState::Pending,
          .created_at = turn.at(),
          .limits = event.submission.limits,
          .is_held = event.submission.is_held};
  const JobId id = job.id;
  const std::shared_ptr<const JobSpec> shared = job.spec;
  turn.put(JobAdded{job});
  if (broken) {
    fail_dependent(turn, id, *broken);
    return;
  }
  if (has_many_tags) {
    fail_at_once(turn, id, texts::kTooManyTags);
    return;
  }
  fail_hopeless_children(turn, id, *shared, event);
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

KnownArray KnownArray::of(const std::vector<JobState>& states) {
  KnownArray array{.size = static_cast<std::int32_t>(states.size()), .failed = {}};
  for (std::int32_t child = 0; child < array.size; ++child) {
    if (states[static_cast<std::size_t>(child)] != JobState::Failed) {
      continue;
    }
    if (!array.failed.empty() && array.failed.back().second == child - 1) {
      array.failed.back().second = child;
    } else {
      array.failed.emplace_back(child, child);
    }
  }
  return array;
}

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
  const bool has_many_tags = has_too_many_tags(*spec, **definition);
  add_job(turn, event, std::move(*spec), needs->broken, has_many_tags);
  if (submission.invocation) {
    turn.put(InvocationKept{*submission.invocation, id, event.uuid, submission.name, turn.at()});
  }
  turn.reply(JobAccepted{id, event.uuid, submission.name});
}

}  // namespace dray
