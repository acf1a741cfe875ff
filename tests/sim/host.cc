#include "tests/sim/host.h"

#include <utility>

namespace dray::sim {

Host::Host(Surroundings around, std::size_t number, std::string environment, Resources capacity)
    : around_(around),
      machine_(around, number, std::move(environment), capacity),
      supervisor_(around, machine_),
      agent_(around, machine_, supervisor_) {}

void Host::start_later(Duration down) {
  around_.timeline.in(down, [this] {
    if (!agent_.is_up()) {
      agent_.start();
    }
  });
}

void Host::kill_agent(Duration down) {
  if (!agent_.is_up()) {
    return;
  }
  agent_.kill();
  if (!supervisor_.is_up()) {
    // Nobody is left to find them: their parent's death was their own (known hole 5).
    around_.processes.kill_all_on(machine_.number());
  }
  start_later(down);
}

void Host::freeze_agent(Duration duration) {
  if (agent_.is_up() && supervisor_.is_up()) {
    around_.trace.line(around_.timeline.now(), machine_.name() + " frozen");
    agent_.freeze(duration);
  }
}

void Host::kill_supervisor() {
  if (!supervisor_.is_up()) {
    return;
  }
  supervisor_.kill();
  // Orphans live on only when somebody is there to find them (known hole 5).
  if (!agent_.is_up() || agent_.is_frozen() || around_.chance.one_in(2)) {
    around_.processes.kill_all_on(machine_.number());
  }
  agent_.supervisor_died();
}

void Host::kill_both(Duration down) {
  if (agent_.is_up()) {
    kill_supervisor();
    kill_agent(down);
  }
}

void Host::reboot(Duration down) {
  if (!agent_.is_up()) {
    return;
  }
  around_.trace.line(around_.timeline.now(), machine_.name() + " reboots");
  around_.processes.kill_all_on(machine_.number());
  if (supervisor_.is_up()) {
    supervisor_.kill();
  }
  agent_.kill();
  machine_.boot();
  start_later(down);
}

void Host::restore_size(Duration down) {
  if (machine_.is_resized()) {
    machine_.restore_size();
    kill_agent(down);
  }
}

bool Host::is_idle() const {
  if (!agent_.is_up() || !supervisor_.is_up()) {
    return false;
  }
  const agent::State& agent = agent_.state();
  const supervisor::State& supervisor = supervisor_.state();
  return agent.live.empty() && agent.ended.empty() && supervisor.live.empty() &&
         supervisor.ended.empty() && around_.processes.live_on(machine_.number()).empty();
}

}  // namespace dray::sim
