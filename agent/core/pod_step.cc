#include "agent/core/pod_step.h"

#include <algorithm>
#include <utility>

#include "model/check.h"

namespace dray::pod {
namespace {

/// Whether its failure is the pod's.
bool counts(ContainerRole role) {
  return role != ContainerRole::Helper;
}

/// Whether its end is the pod's.
bool ends_pod(ContainerRole role, bool has_succeeded) {
  return role == ContainerRole::Essential || (role == ContainerRole::Init && !has_succeeded);
}

/// One step: the pod, the time, and what has been decided so far.
class PodTurn {
 public:
  PodTurn(State& pod, Instant now) : pod_(pod), now_(now) {}

  void take(const Started& event);
  void take(const StartFailed& event) { never_ran(event.container, event.reason); }
  void take(const Exited& event);
  void take(const StopAsked&) { end_pod("the job was stopped"); }
  void take(const Killed&);
  void take(const Ticked&);
  Decision decision() { return std::move(decision_); }

 private:
  void never_ran(std::size_t at, std::string reason);
  void note_end(std::size_t at, bool has_succeeded);
  void end_pod(std::string why);
  void give_up_hopeless();
  void start_ready();
  void end_in_order();
  void finish_if_over();
  void wake(Instant at);
  [[nodiscard]] bool is_met(const ContainerDependency& on) const;
  [[nodiscard]] std::string why_hopeless(const ContainerDependency& on) const;
  [[nodiscard]] bool is_needed(std::size_t at) const;
  void act(Action action) { decision_.actions.push_back(std::move(action)); }
  [[nodiscard]] const std::string& name(std::size_t at) const { return pod_.members[at].name; }
  [[nodiscard]] std::size_t size() const { return pod_.members.size(); }

  State& pod_;
  Instant now_;
  Decision decision_;
};

void PodTurn::wake(Instant at) {
  decision_.wake_at = decision_.wake_at ? std::min(*decision_.wake_at, at) : at;
}

void PodTurn::take(const Started& event) {
  HeldContainer& held = pod_.held.at(event.container);
  CHECK(held.phase == Phase::Waiting);
  held.phase = Phase::Running;
  held.started_at = now_;
}

void PodTurn::take(const Exited& event) {
  HeldContainer& held = pod_.held.at(event.container);
  CHECK(held.phase == Phase::Running);
  held.kill_at.reset();
  if (!event.never_started.empty()) {
    never_ran(event.container, event.never_started);
    return;
  }
  held.phase = Phase::Ended;
  held.exit_code = event.exit_code;
  note_end(event.container, event.exit_code == 0);
}

void PodTurn::take(const Killed&) {
  pod_.is_killed = true;
  end_pod("the job was stopped");
}

void PodTurn::never_ran(std::size_t at, std::string reason) {
  HeldContainer& held = pod_.held.at(at);
  CHECK(held.phase == Phase::Waiting || held.phase == Phase::Running);
  held.phase = Phase::NeverRan;
  held.reason = std::move(reason);
  note_end(at, false);
}

/// AWS: the end of an essential container, good or bad, stops the rest.
void PodTurn::note_end(std::size_t at, bool has_succeeded) {
  const ContainerRole role = pod_.members[at].role;
  if (!has_succeeded && counts(role) && !pod_.failed) {
    pod_.failed = at;
  }
  if (ends_pod(role, has_succeeded)) {
    end_pod("container " + name(at) + " has ended");
  }
}

void PodTurn::end_pod(std::string why) {
  if (!pod_.is_ending) {
    pod_.is_ending = true;
    pod_.why_ending = std::move(why);
  }
}

bool PodTurn::is_met(const ContainerDependency& on) const {
  const HeldContainer& needed = pod_.held.at(on.container);
  switch (on.condition) {
    case ContainerCondition::Start:
      return needed.phase == Phase::Running || needed.phase == Phase::Ended;
    case ContainerCondition::Complete:
      return needed.phase == Phase::Ended;
    case ContainerCondition::Success:
      return needed.phase == Phase::Ended && needed.exit_code == 0;
  }
  return false;
}

/// Why it can never be met; empty while it can.
std::string PodTurn::why_hopeless(const ContainerDependency& on) const {
  const HeldContainer& needed = pod_.held.at(on.container);
  if (needed.phase == Phase::NeverRan) {
    return "container " + name(on.container) + " did not start";
  }
  if (needed.phase == Phase::Ended && !is_met(on)) {
    return "container " + name(on.container) + " ended with exit code " +
           std::to_string(needed.exit_code.value_or(0));
  }
  const auto& timeout = pod_.members[on.container].start_timeout;
  if (needed.phase == Phase::Running && timeout && !is_met(on) &&
      needed.started_at + *timeout <= now_) {
    return "container " + name(on.container) + " took longer than its startTimeout";
  }
  return "";
}

/// Those that wait for one that never ran are next: until nothing changes.
void PodTurn::give_up_hopeless() {
  for (bool has_changed = true; has_changed && !pod_.is_ending;) {
    has_changed = false;
    for (std::size_t at = 0; at < size(); ++at) {
      for (const ContainerDependency& on : pod_.members[at].depends_on) {
        if (pod_.held[at].phase != Phase::Waiting) {
          break;
        }
        if (std::string why = why_hopeless(on); !why.empty()) {
          never_ran(at, "DependencyNotMet: " + std::move(why));
          has_changed = true;
        }
      }
    }
  }
}

void PodTurn::start_ready() {
  for (std::size_t at = 0; at < size(); ++at) {
    const auto& needs = pod_.members[at].depends_on;
    if (pod_.held[at].phase == Phase::Waiting &&
        std::all_of(needs.begin(), needs.end(), [this](const auto& on) { return is_met(on); })) {
      act(Start{at});
      return;  // Its answer may end the pod, or let another start.
    }
    for (const ContainerDependency& on : needs) {
      const auto& timeout = pod_.members[on.container].start_timeout;
      if (pod_.held[at].phase == Phase::Waiting && timeout && !is_met(on) &&
          pod_.held[on.container].phase == Phase::Running) {
        wake(pod_.held[on.container].started_at + *timeout);
      }
    }
  }
}

/// Whether one that runs depends on it.
bool PodTurn::is_needed(std::size_t at) const {
  for (std::size_t other = 0; other < size(); ++other) {
    const auto& needs = pod_.members[other].depends_on;
    if (pod_.held[other].phase == Phase::Running &&
        std::any_of(needs.begin(), needs.end(),
                    [at](const auto& on) { return on.container == at; })) {
      return true;
    }
  }
  return false;
}

/// ECS: in the reverse order of the dependencies.
void PodTurn::end_in_order() {
  for (std::size_t at = 0; at < size(); ++at) {
    HeldContainer& held = pod_.held[at];
    if (held.phase == Phase::Waiting) {
      never_ran(at, "NotStarted: " + pod_.why_ending);
    }
  }
  for (std::size_t at = 0; at < size() && !pod_.is_killed; ++at) {
    HeldContainer& held = pod_.held[at];
    if (held.phase != Phase::Running) {
      continue;
    }
    if (!held.is_told_to_end && !is_needed(at)) {
      held.is_told_to_end = true;
      held.kill_at = now_ + pod_.members[at].stop_timeout;
      act(Terminate{at});
    }
    if (held.kill_at && *held.kill_at <= now_) {
      held.kill_at.reset();
      act(Kill{at});
    } else if (held.kill_at) {
      wake(*held.kill_at);
    }
  }
}

void PodTurn::take(const Ticked&) {
  give_up_hopeless();
  if (pod_.is_ending) {
    end_in_order();
  } else {
    start_ready();
  }
  finish_if_over();
}

void PodTurn::finish_if_over() {
  const bool is_live = std::any_of(pod_.held.begin(), pod_.held.end(), [](const auto& held) {
    return held.phase == Phase::Waiting || held.phase == Phase::Running;
  });
  if (is_live || pod_.is_over) {
    return;
  }
  pod_.is_over = true;
  Finish finish;
  if (pod_.failed) {
    const HeldContainer& held = pod_.held[*pod_.failed];
    finish.exit_code = held.exit_code.value_or(1);
    finish.never_started = held.reason;
  }
  act(std::move(finish));
}

}  // namespace

State new_pod(std::vector<Member> members) {
  State pod;
  pod.held.resize(members.size());
  pod.members = std::move(members);
  return pod;
}

Decision step(State& state, const Event& event, Instant now) {
  PodTurn turn(state, now);
  std::visit([&turn](const auto& what) { turn.take(what); }, event);
  return turn.decision();
}

std::vector<ContainerEnd> ends_of(const State& state) {
  std::vector<ContainerEnd> ends;
  for (std::size_t at = 0; at < state.members.size(); ++at) {
    const HeldContainer& held = state.held[at];
    ends.push_back({.name = state.members[at].name,
                    .has_begun = held.phase == Phase::Running || held.phase == Phase::Ended,
                    .exit_code = held.exit_code,
                    .reason = held.reason});
  }
  return ends;
}

}  // namespace dray::pod
