#include "tests/sim/users.h"

#include <algorithm>
#include <iterator>

namespace dray::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kDefinition = "transform";
constexpr const char* kNodes = "nodes";
constexpr const char* kPod = "pod";
constexpr const char* kSeats = "seats";    // Given back, and scarce.
constexpr const char* kTokens = "tokens";  // Used up, and plenty.

CatalogueEntry consumable(const std::string& name, bool is_replenishable, std::int64_t total) {
  CatalogueEntry entry;
  entry.key = {ResourceKind::ConsumableResource, name};
  entry.stock = Stock{is_replenishable, total, {}};
  return entry;
}

JobDefinition pod_definition() {
  JobDefinition definition{.name = kPod, .kind = DefinitionKind::Ecs};
  for (const char* name : {"main", "side"}) {
    PodContainer one{.name = name};
    one.container.image = "native";
    one.container.command = {name};
    one.container.request = {.milli_vcpus = 125, .memory_mib = 64};
    definition.pod.push_back(std::move(one));
  }
  definition.pod[1].role = ContainerRole::Helper;
  return definition;
}

}  // namespace

Users::Users(Timeline& timeline, Chance& chance, Faults& faults, Door door,
             std::vector<std::string> environments, std::vector<std::string> agents,
             Resources biggest)
    : timeline_(timeline),
      chance_(chance),
      faults_(faults),
      door_(std::move(door)),
      environments_(std::move(environments)),
      agents_(std::move(agents)),
      biggest_(biggest) {}

void Users::begin(Instant end) {
  for (const std::string& name : environments_) {
    ComputeEnvironment environment{.name = name};
    if (chance_.one_in(3)) {
      environment.is_managed = true;
      environment.vcpus_max =
          static_cast<std::int32_t>(biggest_.milli_vcpus / 1000 + chance_.between(0, 6));
    }
    ask_until_done(EnvironmentCreated{environment});
  }
  const auto queues = chance_.between(1, 3);
  for (std::int64_t i = 0; i < queues; ++i) {
    JobQueue queue{.name = "queue-" + std::to_string(i),
                   .priority = static_cast<std::int32_t>(chance_.below(3))};
    queue.environments.push_back(environments_[chance_.below(environments_.size())]);
    if (environments_.size() > 1 && chance_.one_in(2)) {
      const auto& first = queue.environments.front();
      queue.environments.push_back(environments_[first == environments_[0] ? 1 : 0]);
    }
    for (const BlockReason reason :
         {BlockReason::EnvironmentMax, BlockReason::Requirement, BlockReason::Capacity}) {
      if (chance_.one_in(4)) {
        queue.time_limits.push_back({reason, std::chrono::seconds(chance_.between(1, 600))});
      }
    }
    if (chance_.one_in(3)) {
      queue.scheduling_policy = make_policy(queue.name);
      fair_queues_.insert(queue.name);
    }
    queues_.push_back(queue.name);
    // After the environments: an unknown one is refused.
    timeline_.in(milliseconds(200), [this, queue] { ask_until_done(QueueCreated{queue}); });
  }
  JobDefinition definition{.name = kDefinition};
  definition.container.image = "native";
  definition.container.command = {"transform"};
  definition.container.request = {.milli_vcpus = 1000, .memory_mib = 512};
  ask_until_done(DefinitionRegistered{definition});
  JobDefinition nodes{.name = kNodes, .kind = DefinitionKind::MultiNode, .node_count = 2};
  nodes.main_node = static_cast<std::int32_t>(chance_.below(2));
  nodes.ranges.push_back({0, NodeRange::kToTheEnd, definition.container, {}});
  ask_until_done(DefinitionRegistered{nodes});
  seats_ = chance_.between(1, 8);
  ask_until_done(EntryCreated{consumable(kSeats, true, seats_)});
  ask_until_done(EntryCreated{consumable(kTokens, false, 1'000'000)});
  ask_until_done(DefinitionRegistered{pod_definition()});
  jobs_max_ = static_cast<std::uint64_t>(chance_.between(4, 40));
  submit_later(end);
  meddle_later(end);
}

std::string Users::make_policy(const std::string& queue) {
  FairShare policy{
      .decay_seconds = static_cast<std::int32_t>(chance_.below(3) * 30),
      .compute_reservation = chance_.one_in(3) ? static_cast<std::int32_t>(chance_.below(100)) : 0};
  if (chance_.one_in(2)) {
    policy.shares.push_back({"a*", static_cast<std::int32_t>(chance_.between(1, 50'000))});
    policy.shares.push_back({"b", static_cast<std::int32_t>(chance_.between(1, 50'000))});
  }
  const EntryKey key{ResourceKind::SchedulingPolicy, "policy-of-" + queue};
  ask_until_done(EntryCreated{{.key = key, .fair_share = policy}});
  return key.name;
}

void Users::ask_until_done(Request request) {
  ++open_;
  door_(request, [this, request](const Reply* reply) {
    --open_;
    // Until its environment exists a queue is refused; a lost answer means that it may be there.
    const Error* error = reply == nullptr ? nullptr : std::get_if<Error>(reply);
    const bool is_there = error != nullptr && error->code == ErrorCode::Conflict;
    if (reply == nullptr || (error != nullptr && !is_there)) {
      ++open_;
      timeline_.in(milliseconds(300), [this, request] {
        --open_;
        ask_until_done(request);
      });
    }
  });
}

void Users::submit_later(Instant end) {
  const Duration gap = (end - Instant{}) / static_cast<std::int64_t>(jobs_max_ + 1);
  timeline_.in(chance_.between(milliseconds(1), gap * 2), [this, end] {
    if (timeline_.now() < end && submitted_ < jobs_max_) {
      const auto burst = chance_.one_in(5) ? 4 : 1;
      for (int i = 0; i < burst; ++i) {
        ++submitted_;
        submit(some_submission());
      }
      submit_later(end);
    }
  });
}

void Users::submit(Submission submission) {
  const std::uint64_t high = chance_.bits();
  const Uuid uuid = as_uuid_v4({high, chance_.bits()});
  if (*submission.milli_vcpus > biggest_.milli_vcpus) {
    too_big_.push_back(uuid);
  }
  if (submission.is_held) {
    held_.push_back(uuid);
  }
  ++open_;
  door_(JobSubmitted{.uuid = uuid, .submission = submission},
        [this, uuid, submission](const Reply* reply) {
          --open_;
          if (reply != nullptr && std::holds_alternative<JobAccepted>(*reply)) {
            acknowledged_.push_back({uuid, std::get<JobAccepted>(*reply).id, submission});
          }
        });
}

Submission Users::some_submission() {
  Submission submission{.name = "job-" + std::to_string(submitted_), .queue = some_queue()};
  submission.definition = kDefinition;
  if (chance_.one_in(3)) {
    submission.array_size = static_cast<std::int32_t>(chance_.between(2, 24));
    if (chance_.one_in(3)) {
      submission.limits.running_max = static_cast<std::int32_t>(chance_.between(1, 6));
    }
    if (chance_.one_in(6)) {
      submission.limits.failed_max = static_cast<std::int32_t>(chance_.between(1, 4));
    }
  }
  submission.milli_vcpus = 250 * chance_.between(1, biggest_.milli_vcpus / 250);
  if (chance_.one_in(2)) {
    submission.milli_vcpus = 250;
  }
  submission.memory_mib = 64 * chance_.between(1, biggest_.memory_mib / 64);
  if (chance_.one_in(2)) {
    submission.memory_mib = 128;
  }
  if (chance_.one_in(40)) {
    submission.milli_vcpus = 1000 * biggest_.milli_vcpus;
  }
  if (chance_.one_in(5)) {
    submission.definition = kPod;
    submission.milli_vcpus = 250;
  }
  RetryStrategy retry{.attempts = static_cast<std::int32_t>(chance_.between(1, 4))};
  if (chance_.one_in(6)) {
    retry.rules.push_back({.retry = true, .on_status_reason = "Host EC2*"});
    retry.rules.push_back({.retry = false, .on_exit_code = "2"});
  }
  if (chance_.one_in(3)) {
    retry.memory_growth = MemoryGrowth{static_cast<std::int32_t>(chance_.between(110, 400)),
                                       chance_.between(1, biggest_.memory_mib)};
  }
  submission.retry = retry;
  if (chance_.one_in(8)) {
    submission.timeout = Duration(chance_.between(milliseconds(500), Duration(seconds(20))));
  }
  if (chance_.one_in(6)) {
    submission.consumables = {{kSeats, chance_.between(1, seats_)}};
    if (chance_.one_in(2)) {
      submission.consumables->push_back({kTokens, chance_.between(1, 3)});
    }
  }
  if (submission.array_size == 0 && chance_.one_in(6)) {
    become_nodes(submission);
  }
  if (fair_queues_.contains(submission.queue)) {
    static const char* const kShares[] = {"a", "a2", "b", "c", "d"};
    submission.share_identifier = kShares[chance_.below(std::size(kShares))];
    submission.scheduling_priority = static_cast<std::int32_t>(chance_.below(3));
  }
  submission.is_held = chance_.one_in(16);
  add_dependencies(submission);
  return submission;
}

/// So many nodes, so small that one agent could hold them all.
void Users::become_nodes(Submission& submission) {
  const auto count = chance_.between(2, 4);
  submission.definition = kNodes;
  submission.node_count = static_cast<std::int32_t>(count);
  NodeOverride all{0, NodeRange::kToTheEnd, {}, {}};
  all.container.milli_vcpus =
      250 * chance_.between(1, std::max<std::int64_t>(1, biggest_.milli_vcpus / 250 / count));
  all.container.memory_mib =
      64 * chance_.between(1, std::max<std::int64_t>(1, biggest_.memory_mib / 64 / count));
  submission.node_overrides = {all};
  submission.retry->memory_growth.reset();  // Refused.
  submission.milli_vcpus = all.container.milli_vcpus;
}

void Users::add_dependencies(Submission& submission) {
  if (submission.array_size > 0 && chance_.one_in(6)) {
    submission.depends_on.push_back({.type = DependencyType::Sequential});
  }
  if (acknowledged_.empty() || !chance_.one_in(3)) {
    return;
  }
  const auto count = chance_.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    const Acknowledged& job = some_job();
    Dependency dependency{.job = job.uuid};
    const std::int32_t size = job.submission.array_size;
    if (size > 0 && submission.array_size > 0 && chance_.one_in(2)) {
      submission.array_size = size;
      dependency.type = DependencyType::NToN;
    } else if (size > 0 && chance_.one_in(4)) {
      dependency.child = static_cast<std::int32_t>(chance_.below(static_cast<std::uint64_t>(size)));
    }
    if (dependency.type == DependencyType::Whole && chance_.one_in(3)) {
      dependency.type = chance_.one_in(2) ? DependencyType::AfterAny : DependencyType::AfterNotOk;
    }
    const bool is_twice =
        std::any_of(submission.depends_on.begin(), submission.depends_on.end(),
                    [&](const Dependency& other) { return other.job == dependency.job; });
    const bool fits_size = dependency.type != DependencyType::NToN || submission.array_size == size;
    if (!is_twice && fits_size) {
      submission.depends_on.push_back(dependency);
    }
  }
  // The size may have changed after an earlier N_TO_N.
  std::erase_if(submission.depends_on, [&](const Dependency& dependency) {
    const auto found = std::find_if(acknowledged_.begin(), acknowledged_.end(),
                                    [&](const auto& job) { return job.uuid == dependency.job; });
    return dependency.type == DependencyType::NToN &&
           found->submission.array_size != submission.array_size;
  });
}

void Users::meddle_later(Instant end) {
  timeline_.in(chance_.between(milliseconds(200), Duration(seconds(8))), [this, end] {
    if (timeline_.now() < end) {
      meddle();
      meddle_later(end);
    }
  });
}

void Users::meddle() {
  const auto forget = [](const Reply*) {};
  if (!acknowledged_.empty()) {
    const Acknowledged& job = some_job();
    std::int32_t child = kNoChild;
    if (job.submission.array_size > 0 && chance_.one_in(2)) {
      const auto size = static_cast<std::uint64_t>(job.submission.array_size);
      child = static_cast<std::int32_t>(chance_.below(size));
    }
    if (faults_.strikes(Fault::UserCancels, 60)) {
      door_(JobCancelled{job.uuid, child, {"not needed", "ann"}}, forget);
    }
    if (faults_.strikes(Fault::UserTerminates, 60)) {
      door_(JobTerminated{job.uuid, child, {"enough", "ann"}}, forget);
    }
    if (faults_.strikes(Fault::UserReruns, 150)) {
      ChildRuns some;
      if (job.submission.array_size > 0 && chance_.one_in(2)) {
        some.emplace_back(0, static_cast<std::int32_t>(chance_.below(6)));
      }
      door_(ChildrenRerunAsked{job.uuid, some, std::nullopt}, forget);
    }
    if (faults_.strikes(Fault::UserHolds, 60)) {
      door_(JobUpdated{job.uuid, {.is_held = chance_.one_in(2)}}, forget);
      if (job.submission.array_size > 0 && chance_.one_in(2)) {
        const auto first = static_cast<std::int32_t>(chance_.below(6));
        const auto last = first + static_cast<std::int32_t>(chance_.below(4));
        const ChildRuns children{{first, last}, {last + 2, last + 3}};
        door_(JobUpdated{job.uuid, {.is_held = !chance_.one_in(3), .children = children}}, forget);
      }
      JobUpdate limits;
      limits.running_max = static_cast<std::int32_t>(chance_.below(5));
      door_(JobUpdated{job.uuid, limits}, forget);
    }
    if (faults_.strikes(Fault::UserChangesPriority, 60)) {
      const auto priority = static_cast<std::int32_t>(chance_.below(4));
      door_(JobUpdated{job.uuid, {.priority = priority}}, forget);
    }
    const std::int32_t node = job.submission.node_count && chance_.one_in(2) ? 1 : child;
    door_(ExplanationAsked{{{job.uuid, node}}}, forget);
    door_(WaitReasonsAsked{{{job.uuid, child}}}, forget);
    door_(AgentsAsked{}, forget);
  }
  switch_things();
}

void Users::switch_things() {
  const auto forget = [](const Reply*) {};
  const bool on = chance_.one_in(2);
  if (faults_.strikes(Fault::UserDrains, 60)) {
    door_(AgentDrained{agents_[chance_.below(agents_.size())], !on}, forget);
  }
  if (faults_.strikes(Fault::QueueSwitchedOff, 30)) {
    door_(QueueUpdated{{.name = some_queue(), .is_enabled = on}}, forget);
  }
  if (faults_.strikes(Fault::QueueLimited, 30)) {
    QueueUpdate update{.name = some_queue()};
    update.running_max = static_cast<std::int32_t>(chance_.below(6));
    const std::string name = "job-" + std::to_string(1 + chance_.below(8));
    update.running_max_by_name[name] = on ? 1 : 0;
    update.order = chance_.one_in(3) ? DispatchOrder::FifoStrict : DispatchOrder::Backfill;
    door_(QueueUpdated{update}, forget);
  }
  if (faults_.strikes(Fault::EnvironmentSwitchedOff, 30)) {
    const std::string& name = environments_[chance_.below(environments_.size())];
    door_(EnvironmentUpdated{{.name = name, .is_enabled = on}}, forget);
  }
}

void Users::heal() {
  is_healed_ = true;
  for (const std::string& name : agents_) {
    ask_until_done(AgentDrained{name, false});
  }
  for (const std::string& name : queues_) {
    ask_until_done(QueueUpdated{{.name = name, .is_enabled = true}});
  }
  for (const std::string& name : environments_) {
    ask_until_done(EnvironmentUpdated{{.name = name, .is_enabled = true}});
  }
  for (const Acknowledged& job : acknowledged_) {
    release(job.uuid);
  }
  for (const Uuid& uuid : held_) {
    release(uuid);
  }
  for (const Uuid& uuid : too_big_) {
    ask_until_done(JobTerminated{uuid, kNoChild, {"too big", "ann"}});
  }
}

/// Until it is certain; a job that has ended is refused, and needs it no more.
void Users::release(const Uuid& job) {
  ++open_;
  door_(JobUpdated{job, {.is_held = false}}, [this, job](const Reply* reply) {
    --open_;
    if (reply == nullptr) {
      ++open_;
      timeline_.in(milliseconds(300), [this, job] {
        --open_;
        release(job);
      });
    }
  });
}

const Acknowledged& Users::some_job() {
  // Mostly a young one: old ones have ended.
  const std::size_t count = acknowledged_.size();
  const std::size_t last = std::min<std::size_t>(count, 6);
  const std::size_t back = chance_.one_in(4) ? chance_.below(count) : chance_.below(last);
  return acknowledged_[count - 1 - back];
}

const std::string& Users::some_queue() {
  return queues_[chance_.below(queues_.size())];
}

}  // namespace dray::sim
