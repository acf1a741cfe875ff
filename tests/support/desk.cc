#include "tests/support/desk.h"

#include <algorithm>

#include "model/check.h"
#include "model/texts.h"
#include "scheduler/core/fingerprint.h"
#include "scheduler/core/invariants.h"

namespace dray {

Resources DeskAgent::used() const {
  Resources used;
  for (const Held& it : held) {
    if (it.has_begun) {
      used += it.request;
    }
  }
  return used;
}

Hello DeskAgent::hello() {
  Hello hello{.agent_name = name,
              .environment = environment,
              .capacity = capacity,
              .boot_id = boot,
              .incarnation = incarnation,
              .sequence = ++sequence,
              .address = "192.0.2." + std::to_string(name.empty() ? 0 : name.back())};
  for (const Held& it : held) {
    hello.held.push_back({it.start.key, it.start.token, it.has_begun});
  }
  for (const AttemptFinished& it : unacknowledged) {
    hello.ended.push_back({it.key, it.token, it.had_begun});
  }
  hello.folder = folder;
  return hello;
}

namespace {

bool could_run(const State& state, const JobEntry& job, Instant now) {
  const JobQueue& queue = state.queues().at(job.job.spec->queue);
  const Resources& request = job.job.spec->container.request;
  for (const auto& [id, agent] : state.agents()) {
    const std::string& name = agent.agent.environment;
    const auto& all = queue.environments;
    const auto environment = state.environments().find(name);
    if (std::find(all.begin(), all.end(), name) != all.end() &&
        environment != state.environments().end() && environment->second.is_enabled &&
        request.milli_vcpus <= environment->second.vcpus_max.value_or(1'000'000) * 1000LL &&
        request.fits_in(agent.whole()) && !agent.agent.is_draining && agent.link.is_connected &&
        agent.link.last_heard && now - *agent.link.last_heard <= state.settings().silent_after) {
      return true;
    }
  }
  return false;
}

/// A time limit ends only what waits and what no agent could take, however much room it had.
std::vector<std::string> broken_limits(const State& before, const Decision& decision, Instant now) {
  std::vector<std::string> complaints;
  const auto look = [&](JobId id, const std::string& reason) {
    const JobEntry* job = before.find_job(id);
    if (!reason.starts_with(texts::kTimeLimitPrefix) || job == nullptr) {
      return;
    }
    if (before.queues().at(job->job.spec->queue).time_limits.empty()) {
      complaints.emplace_back("a queue without time limits ended " + job->job.spec->name);
    }
    if (could_run(before, *job, now)) {
      complaints.emplace_back("a time limit ended what could run: " + job->job.spec->name);
    }
  };
  for (const Change& change : decision.changes) {
    if (const auto* moved = std::get_if<JobMoved>(&change)) {
      look(moved->job.id, moved->job.status_reason);
    } else if (const auto* ended = std::get_if<ChildrenEnded>(&change)) {
      look(ended->job, ended->status_reason);
    }
  }
  return complaints;
}

}  // namespace

Desk::Desk(Settings settings) : state(settings) {}

Decision Desk::take_alone(What what) {
  ++events_;
  const std::optional<State> before = inspects ? std::optional(state) : std::nullopt;
  const Event event{
      .at = {std::chrono::duration_cast<std::chrono::milliseconds>(now.since_boot).count()},
      .chance = {events_, ~events_},
      .what = std::move(what)};
  Decision decision = step(state, event, now);
  if (before) {
    inspect(*before, decision);
  }
  rows.write(decision.changes);
  return decision;
}

Reply Desk::take(What what) {
  decisions.clear();
  decisions.push_back(take_alone(std::move(what)));
  decisions.push_back(take_alone(Ticked{}));
  if (keeps_history) {
    history.insert(history.end(), decisions.begin(), decisions.end());
  }
  const std::vector<Decision> leaving = decisions;
  for (const Decision& decision : leaving) {
    deliver(decision);
  }
  return leaving.front().reply;
}

void Desk::inspect(const State& before, const Decision& decision) {
  for (std::string& sentence : broken_invariants(state)) {
    complaints.push_back(std::move(sentence));
  }
  for (std::string& sentence : broken_between(before, state)) {
    complaints.push_back(std::move(sentence));
  }
  for (std::string& sentence : broken_limits(before, decision, now)) {
    complaints.push_back(std::move(sentence));
  }
  State applied = before;
  for (const Change& change : decision.changes) {
    dray::apply(applied, change, now);
  }
  if (fingerprint(applied) != fingerprint(state)) {
    complaints.push_back("the changes do not say what was done");
  }
}

void Desk::pass(Duration time) {
  now = now + time;
  tick();
}

void Desk::add_environment(const std::string& name, std::optional<std::int32_t> vcpus_max) {
  take(EnvironmentCreated{{.name = name, .vcpus_max = vcpus_max}});
}

void Desk::add_queue(const std::string& name, std::int32_t priority,
                     std::vector<std::string> environments) {
  take(QueueCreated{{.name = name, .priority = priority, .environments = std::move(environments)}});
}

void Desk::set_up() {
  add_environment("ce");
  add_queue("q", 1);
  take(DefinitionRegistered{
      {.name = "d",
       .container = {.image = "native", .command = {"true"}, .request = {1000, 512, 0}}}});
  JobDefinition nodes{.name = "nodes", .kind = DefinitionKind::MultiNode, .node_count = 2};
  nodes.ranges.push_back({0,
                          NodeRange::kToTheEnd,
                          {.image = "native", .command = {"true"}, .request = {1000, 512, 0}},
                          {}});
  take(DefinitionRegistered{nodes});
}

DeskAgent& Desk::join(const std::string& name, Resources capacity, const std::string& environment) {
  DeskAgent& agent = agents[name];
  agent.name = name;
  agent.capacity = capacity;
  agent.environment = environment;
  say_hello(name);
  return agent;
}

void Desk::say_hello(const std::string& name) {
  DeskAgent& agent = agents.at(name);
  agent.session = {};
  agent.refusal.reset();
  take(AgentSaidHello{agent.hello()});
  if (!agent.session.is_none() && !agent.unacknowledged.empty()) {
    std::vector<std::variant<AttemptBegan, AttemptFinished>> facts(agent.unacknowledged.begin(),
                                                                   agent.unacknowledged.end());
    take(AgentToldFacts{{agent.session, std::move(facts)}});
  }
}

void Desk::reboot(const std::string& name) {
  DeskAgent& agent = agents.at(name);
  for (const DeskAgent::Held& held : agent.held) {
    if (held.has_begun) {
      agent.unacknowledged.push_back(
          {.key = held.start.key, .token = held.start.token, .had_begun = true});
    }
  }
  agent.held.clear();
  ++agent.incarnation;
  agent.boot = "boot-" + std::to_string(agent.incarnation);
}

void Desk::disconnect(const std::string& name) {
  DeskAgent& agent = agents.at(name);
  const SessionId session = agent.session;
  agent.session = {};
  take(AgentDisconnected{session});
}

void Desk::renew(const std::string& name) {
  take(AgentAskedLease{{agents.at(name).session, 1}});
}

void Desk::add_pod(int containers, Resources request) {
  JobDefinition definition{.name = "pod", .kind = DefinitionKind::Ecs};
  for (int number = 0; number < containers; ++number) {
    PodContainer one{.name = "c" + std::to_string(number)};
    one.container.image = "native";
    one.container.command = {"true"};
    one.container.request = request;
    definition.pod.push_back(std::move(one));
  }
  take(DefinitionRegistered{std::move(definition)});
}

Submission Desk::submission(const std::string& name, Resources request) {
  Submission submission;
  submission.name = name;
  submission.queue = "q";
  submission.definition = "d";
  submission.milli_vcpus = request.milli_vcpus;
  submission.memory_mib = request.memory_mib;
  submission.gpus = request.gpus;
  return submission;
}

Reply Desk::submit(Submission submission) {
  JobSubmitted event{.uuid = uuid_of(jobs_ + 1), .submission = std::move(submission)};
  Reply reply = take(event);
  if (const auto* unknown = std::get_if<UnknownDependencies>(&reply)) {
    for (const auto& [uuid, child] : unknown->jobs) {
      for (const auto& [id, row] : rows.jobs()) {
        const auto ended = row.uuid == uuid ? rows.end_of(row, child) : std::nullopt;
        if (ended) {
          event.known_ends[{uuid, child}] = *ended;
          std::vector<JobState> states;
          for (std::int32_t i = 0; i < row.spec->array_size; ++i) {
            states.push_back(rows.end_of(row, i).value_or(JobState::Runnable));
          }
          if (row.spec->is_array()) {
            event.known_arrays[uuid] = KnownArray::of(states);
          }
        }
      }
    }
    reply = take(event);
  }
  if (std::holds_alternative<JobAccepted>(reply)) {
    ++jobs_;
  }
  return reply;
}

Uuid Desk::put(Submission submission) {
  const Reply reply = submit(std::move(submission));
  CHECK(std::holds_alternative<JobAccepted>(reply));
  return std::get<JobAccepted>(reply).uuid;
}

Reply Desk::rerun(const Uuid& array, ChildRuns children) {
  ChildrenRerunAsked event{array, std::move(children), std::nullopt};
  Reply reply = take(event);
  if (std::holds_alternative<UnknownArray>(reply)) {
    event.known = rows.ended_array(array);
    if (event.known) {
      reply = take(event);
    }
  }
  return reply;
}

void Desk::say(const std::string& name,
               std::vector<std::variant<AttemptBegan, AttemptFinished>> facts) {
  const SessionId session = agents.at(name).session;
  take(AgentToldFacts{{session, std::move(facts)}});
}

void Desk::begin_all(const std::string& name) {
  DeskAgent& agent = agents.at(name);
  std::vector<std::variant<AttemptBegan, AttemptFinished>> facts;
  for (DeskAgent::Held& it : agent.held) {
    if (it.has_begun) {
      continue;
    }
    if (!(agent.used() + it.request).fits_in(agent.capacity)) {
      break;
    }
    it.has_begun = true;
    facts.push_back(AttemptBegan{it.start.key, it.start.token, {}});
  }
  if (!facts.empty() && !agent.session.is_none()) {
    say(name, std::move(facts));
  }
}

bool Desk::end(const std::string& name, const JobKey& job, Outcome outcome, std::int32_t exit_code,
               const std::string& reason) {
  DeskAgent& agent = agents.at(name);
  const auto found = std::find_if(agent.held.begin(), agent.held.end(),
                                  [&](const auto& it) { return it.start.key.job == job; });
  if (found == agent.held.end()) {
    return false;
  }
  AttemptFinished finished{.key = found->start.key, .token = found->start.token};
  finished.had_begun = found->has_begun;
  finished.end.outcome = outcome;
  finished.end.reason = reason;
  if (outcome != Outcome::Lost && outcome != Outcome::LaunchFailed) {
    finished.end.exit_code = exit_code;
  }
  agent.held.erase(found);
  agent.unacknowledged.push_back(finished);
  if (!agent.session.is_none()) {
    say(name, {finished});
  }
  return true;
}

bool Desk::end_first(const std::string& name, Outcome outcome) {
  for (const DeskAgent::Held& it : agents.at(name).held) {
    if (it.has_begun) {
      return end(name, it.start.key.job, outcome, outcome == Outcome::Succeeded ? 0 : 1);
    }
  }
  return false;
}

void Desk::run_dry(int rounds) {
  for (int round = 0; round < rounds; ++round) {
    bool moved = false;
    for (auto& [name, agent] : agents) {
      if (!agent.session.is_none()) {
        renew(name);
        begin_all(name);
        moved |= end_first(name);
      }
    }
    if (!moved) {
      return;
    }
  }
}

const Job& Desk::job(const Uuid& uuid) const {
  for (const auto& [id, row] : rows.jobs()) {
    if (row.uuid == uuid) {
      return row;
    }
  }
  check_failed("a job of that uuid", __FILE__, __LINE__);
}

JobState Desk::state_of(const Uuid& uuid, std::int32_t child) const {
  if (const JobEntry* entry = state.find_job(uuid); entry != nullptr) {
    return state.state_of(*entry, child);
  }
  return *rows.end_of(job(uuid), child);
}

std::string Desk::place_of(const Uuid& uuid, std::int32_t child) const {
  const JobEntry* entry = state.find_job(uuid);
  const LiveAttempt* live = entry == nullptr ? nullptr : state.find_attempt({entry->job.id, child});
  return live == nullptr ? std::string() : state.find_agent(live->attempt.agent)->agent.name;
}

std::vector<SchedulerMessage> Desk::orders_to(const std::string& name) const {
  std::vector<SchedulerMessage> orders;
  const AgentEntry* entry = state.find_agent(name);
  for (const Decision& decision : decisions) {
    for (const Order& order : decision.orders) {
      if (entry != nullptr && order.agent == entry->agent.id) {
        orders.push_back(order.message);
      }
    }
  }
  return orders;
}

void Desk::restart() {
  const std::string before = fingerprint(state);
  state = rows.load(state.settings(), now);
  if (fingerprint(state) != before) {
    complaints.push_back("what was loaded is not what was believed");
  }
  for (std::string& sentence : broken_invariants(state)) {
    complaints.push_back("after a restart: " + std::move(sentence));
  }
  for (auto& [name, agent] : agents) {
    agent.session = {};
  }
}

void Desk::deliver(const Decision& decision) {
  for (const Order& order : decision.orders) {
    for (auto& [name, agent] : agents) {
      const AgentEntry* entry = state.find_agent(name);
      const bool is_refused = std::holds_alternative<HelloRefused>(order.message);
      if (entry != nullptr && entry->agent.id == order.agent && !is_refused) {
        obey(agent, order.message);
      } else if (is_refused && agent.session.is_none() &&
                 std::get<HelloRefused>(order.message).hello_sequence == agent.sequence) {
        agent.refusal = std::get<HelloRefused>(order.message).reason;
      }
    }
  }
}

void Desk::obey(DeskAgent& agent, const SchedulerMessage& message) {
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    agent.session = welcome->session;
    agent.specs.clear();
    std::erase_if(agent.held, [&](const DeskAgent::Held& it) {
      const auto& keep = welcome->keep;
      return std::find(keep.begin(), keep.end(), it.start.key) == keep.end();
    });
  } else if (const auto* start = std::get_if<StartAttempts>(&message)) {
    for (const JobToRun& job : start->jobs) {
      agent.specs[job.job] = job.spec->container.request;
    }
    for (const StartAttempt& it : start->starts) {
      CHECK(agent.specs.contains(it.key.job.job));
      agent.held.push_back({it, agent.specs.at(it.key.job.job)});
    }
  } else if (const auto* retract = std::get_if<RetractAttempts>(&message)) {
    for (const AttemptKey& key : retract->attempts) {
      std::erase_if(agent.held, [&](const DeskAgent::Held& it) {
        if (it.start.key != key || it.has_begun) {
          return false;
        }
        AttemptFinished finished{.key = key, .token = it.start.token, .was_retracted = true};
        finished.end.outcome = Outcome::Stopped;
        agent.unacknowledged.push_back(finished);
        return true;
      });
    }
  } else if (const auto* stop = std::get_if<StopAttempts>(&message)) {
    for (const AttemptKey& key : stop->attempts) {
      for (DeskAgent::Held& it : agent.held) {
        it.is_stopping |= it.start.key == key;
      }
    }
  } else if (const auto* acknowledge = std::get_if<AcknowledgeEnds>(&message)) {
    for (const AttemptKey& key : acknowledge->attempts) {
      std::erase_if(agent.unacknowledged, [&](const AttemptFinished& it) { return it.key == key; });
    }
  }
}

}  // namespace dray
