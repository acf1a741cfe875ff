#include "tests/sim/world.h"

#include <algorithm>

#include "tests/sim/trace.h"

namespace dray::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Every environment has an agent of this size; no job asks for more.
constexpr Resources kBiggest{.milli_vcpus = 4000, .memory_mib = 4096};
constexpr Duration kTrouble = minutes(3);
constexpr Duration kRest = minutes(60);

Settings short_times() {
  Settings settings;
  settings.lease = seconds(20);
  settings.lease_margin = seconds(3);
  settings.renew_every = seconds(2);
  settings.silent_after = seconds(6);
  settings.grace = seconds(5);
  settings.timeout_min = milliseconds(100);
  return settings;
}

std::vector<Resources> some_capacities(Chance& chance) {
  std::vector<Resources> capacities = {kBiggest, kBiggest};
  const auto more = chance.between(0, 3);
  for (std::int64_t i = 0; i < more; ++i) {
    capacities.push_back(
        {.milli_vcpus = 1000 * chance.between(1, 8), .memory_mib = 1024 * chance.between(1, 8)});
  }
  return capacities;
}

}  // namespace

World::World(Plan plan)
    : plan_(plan),
      chance_(plan.seed),
      trace_(plan.is_printed),
      faults_(chance_),
      processes_(timeline_, chance_, faults_),
      capacities_(some_capacities(chance_)),
      network_(timeline_, chance_, faults_, capacities_.size()),
      oracles_(timeline_, disk_, processes_, capacities_),
      scheduler_({timeline_, chance_, faults_, trace_, network_, processes_, oracles_, plan.mutant},
                 disk_, short_times()) {
  make_hosts();
  listen();
}

void World::make_hosts() {
  const Surroundings around{timeline_, chance_,    faults_,  trace_,
                            network_,  processes_, oracles_, plan_.mutant};
  std::vector<std::string> environments = {"default"};
  if (chance_.one_in(2)) {
    environments.push_back("large");
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < capacities_.size(); ++i) {
    const std::string& environment = environments[i % environments.size()];
    hosts_.push_back(std::make_unique<Host>(around, i, environment, capacities_[i]));
    names.push_back(hosts_.back()->machine().name());
  }
  users_ = std::make_unique<Users>(
      timeline_, chance_, faults_,
      [this](Request request, Answered answered) {
        scheduler_.ask(std::move(request), std::move(answered));
      },
      environments, names, kBiggest);
}

void World::listen() {
  network_.listen({
      .scheduler_listens = [this] { return scheduler_.is_up(); },
      .scheduler_accepted = [this](ConnectionId id) { scheduler_.accepted(id); },
      .scheduler_received = [this](ConnectionId id,
                                   const std::string& bytes) { scheduler_.received(id, bytes); },
      .scheduler_closed = [this](ConnectionId id) { scheduler_.closed(id); },
      .agent_connected = [this](std::size_t agent,
                                ConnectionId id) { hosts_[agent]->agent().connected(id); },
      .agent_received =
          [this](std::size_t agent, ConnectionId id, const std::string& bytes) {
            hosts_[agent]->agent().received(id, bytes);
          },
      .agent_closed = [this](std::size_t agent,
                             ConnectionId id) { hosts_[agent]->agent().closed(id); },
  });
  processes_.watch(
      [this](std::size_t machine, std::uint64_t process, bool is_empty) {
        hosts_[machine]->supervisor().process_told(process, is_empty);
      },
      [this](const Witness& witness) {
        trace_.line(timeline_.now(), "    begins " + to_text(witness.key) + " on " +
                                         std::to_string(witness.machine));
        oracles_.began(witness);
      },
      [this](const Witness& witness) {
        trace_.line(timeline_.now(), "    is gone " + to_text(witness.key) + " on " +
                                         std::to_string(witness.machine));
        oracles_.ended(witness);
      });
}

Outline World::run() {
  scheduler_.start();
  for (const auto& host : hosts_) {
    timeline_.in(chance_.between(milliseconds(1), Duration(seconds(2))),
                 [each = host.get()] { each->start(); });
  }
  users_->begin(Instant{} + kTrouble);
  trouble_later();
  check_later();
  run_until(Instant{} + kTrouble);
  faults_.stop();
  trace_.line(timeline_.now(), "nothing goes wrong from now on");
  come_to_rest();
  if (!oracles_.first_problem()) {
    oracles_.check_acknowledged(users_->acknowledged());
    oracles_.check_ends();
  }
  Outline outline{.problem = oracles_.first_problem(), .tail = trace_.tail()};
  outline.hash = trace_.hash();
  outline.lines = trace_.lines();
  outline.jobs = disk_.jobs().size();
  outline.processes = processes_.witnesses().size();
  outline.faults = faults_.counts();
  return outline;
}

void World::run_until(Instant end) {
  while (!oracles_.first_problem() && timeline_.run_next(end)) {
  }
}

void World::come_to_rest() {
  // What is down or cut comes back by itself within this time.
  run_until(timeline_.now() + minutes(2));
  for (const auto& host : hosts_) {
    host->restore_size(seconds(1));
  }
  users_->heal();
  const Instant overdue = timeline_.now() + kRest;
  while (!oracles_.first_problem() && !is_at_rest() && timeline_.now() < overdue) {
    run_until(timeline_.now() + seconds(1));
  }
  if (!is_at_rest()) {
    oracles_.problem("it does not come to rest: " + unrest());
  }
}

bool World::is_at_rest() const {
  return unrest().empty();
}

std::string World::unrest() const {
  if (!users_->is_done()) {
    return "requests of users have no good answer";
  }
  for (const auto& [id, rows] : disk_.jobs()) {
    if (!is_terminal(rows.job.state)) {
      return "job " + std::to_string(id.value) + " has not ended";
    }
  }
  if (!disk_.live().empty()) {
    return "attempt " + to_text(*disk_.live().begin()) + " has not ended";
  }
  for (const auto& host : hosts_) {
    if (!host->is_idle()) {
      return host->machine().name() + " is not idle";
    }
  }
  return "";
}

void World::check_later() {
  timeline_.in(milliseconds(500), [this] {
    oracles_.check_leases();
    oracles_.check_acknowledged(users_->acknowledged());
    check_later();
  });
}

// ---- what goes wrong by itself
// -------------------------------------------------------------------

void World::trouble_later() {
  timeline_.in(chance_.between(milliseconds(50), Duration(milliseconds(950))), [this] {
    if (!faults_.is_stopped()) {
      trouble();
      trouble_later();
    }
  });
}

void World::trouble() {
  trouble_host(some_host());
  trouble_link(chance_.below(hosts_.size()));
  if (faults_.strikes(Fault::SchedulerFrozen, 5)) {
    scheduler_.freeze(chance_.between(milliseconds(100), Duration(seconds(25))));
  }
  if (faults_.strikes(Fault::SchedulerKilledIdle, 5)) {
    scheduler_.kill(chance_.between(milliseconds(50), Duration(seconds(5))));
  }
}

void World::trouble_host(Host& host) {
  const Duration down = chance_.one_in(8) ? chance_.between(seconds(10), Duration(seconds(60)))
                                          : chance_.between(milliseconds(50), Duration(seconds(5)));
  if (faults_.strikes(Fault::AgentKilled, 20)) {
    host.kill_agent(down);
  }
  if (faults_.strikes(Fault::AgentFrozen, 15)) {
    host.freeze_agent(down);
  }
  if (faults_.strikes(Fault::SupervisorKilled, 10)) {
    host.kill_supervisor();
  }
  if (faults_.strikes(Fault::AgentAndSupervisorKilled, 6)) {
    host.kill_both(down);
  }
  if (faults_.strikes(Fault::MachineRebooted, 8)) {
    host.reboot(down);
  }
}

void World::trouble_link(std::size_t agent) {
  if (faults_.strikes(Fault::LinkCut, 15)) {
    trace_.line(timeline_.now(), "link " + std::to_string(agent) + " is cut");
    network_.cut(agent, true, true);
  }
  if (faults_.strikes(Fault::LinkCutToAgent, 12)) {
    trace_.line(timeline_.now(), "link " + std::to_string(agent) + " is cut to the agent");
    network_.cut(agent, true, false);
  }
  if (faults_.strikes(Fault::LinkCutToScheduler, 12)) {
    trace_.line(timeline_.now(), "link " + std::to_string(agent) + " is cut to the scheduler");
    network_.cut(agent, false, true);
  }
  if (faults_.strikes(Fault::LinkPartitioned, 6)) {
    trace_.line(timeline_.now(), "link " + std::to_string(agent) + " is partitioned");
    network_.partition(agent,
                       timeline_.now() + chance_.between(milliseconds(500), Duration(seconds(50))));
  }
  if (faults_.strikes(Fault::LinkReset, 12)) {
    trace_.line(timeline_.now(), "link " + std::to_string(agent) + " is reset");
    network_.reset(agent);
  }
}

}  // namespace dray::sim
