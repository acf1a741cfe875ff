#include "agent/core/supervisor_step.h"

#include <algorithm>
#include <utility>

#include "model/check.h"
#include "model/texts.h"

namespace dray::supervisor {
namespace {

/// One step: the state, the time, and what has been decided so far.
class Turn {
 public:
  Turn(State& state, Instant now) : state_(state), now_(now) {}

  void take(const Started& event);
  void take(const AgentConnected& event);
  void take(const AgentDisconnected& event);
  void take(const Ordered& event);
  void take(const Launched& event);
  void take(const LaunchFailed& event);
  void take(const MainExited& event);
  void take(const GroupEmptied& event);
  void take(const Ticked& event);
  Decision decision() { return std::move(decision_); }

 private:
  void obey(const StartOrder& order);
  void obey(const RetractOrder& order);
  void obey(const StopOrder& order);
  void obey(const LeaseOrder& order);
  void obey(const CapacityOrder& order);
  void obey(const AcknowledgeOrder& order);
  void obey(const ForgetOrder& order);

  void act(Action action) { decision_.actions.push_back(std::move(action)); }
  void tell(Fact fact);
  void record(EndedAttempt ended);
  void end_waiting(AttemptKey key, AttemptEnd end, bool was_retracted);
  void release(std::map<AttemptKey, HeldAttempt>::iterator at);
  void stop(const AttemptKey& key, HeldAttempt& held, StopCause cause, Duration grace);
  void end_leases();
  void watch_timers();
  void begin_line();
  void wake(Instant at);
  [[nodiscard]] AttemptEnd lost() const;
  [[nodiscard]] bool is_lease_over() const;
  [[nodiscard]] bool fits(const Resources& request) const;

  State& state_;
  Instant now_;
  Decision decision_;
};

AttemptEnd unbegun(Outcome outcome, std::string reason, std::string_view status_reason) {
  return {
      .outcome = outcome, .reason = std::move(reason), .status_reason = std::string(status_reason)};
}

/// How an attempt ended whose group is empty: why we ended it, else what the kernel did, else what
/// its main process said.
AttemptEnd end_of(const HeldAttempt& held, const GroupEmptied& event) {
  const MainExited& exit = *held.exit;
  AttemptEnd end{.exit_code = exit.signal != 0 ? 128 + exit.signal : exit.exit_code,
                 .status_reason = std::string(texts::kEssentialContainerExited),
                 .usage = event.usage};
  switch (held.stopped_before_exit) {
    case StopCause::Timeout:
      end.outcome = Outcome::TimedOut;
      end.status_reason = texts::kTimeout;
      return end;
    case StopCause::Ordered:
      end.outcome = Outcome::Stopped;
      return end;
    case StopCause::LeaseOver:
    case StopCause::None:
      break;
  }
  if (!exit.never_started.empty()) {
    end = unbegun(Outcome::LaunchFailed, exit.never_started, texts::kTaskFailedToStart);
  } else if (*end.exit_code == 0) {
    end.outcome = Outcome::Succeeded;
  } else if (event.had_memory_kill) {
    end.outcome = Outcome::OutOfMemory;
    end.reason = texts::kOutOfMemory;
  } else {
    end.outcome = exit.signal != 0 ? Outcome::Killed : Outcome::Failed;
  }
  return end;
}

/// What the kernel killed in a pod it killed for the memory of the whole.
std::vector<ContainerEnd> containers_of(const HeldAttempt& held, const AttemptEnd& end) {
  constexpr std::int32_t kKilled = 128 + 9;
  std::vector<ContainerEnd> containers = held.exit->containers;
  for (ContainerEnd& one : containers) {
    if (end.outcome == Outcome::OutOfMemory && one.exit_code == kKilled) {
      one.reason = texts::kOutOfMemory;
    }
  }
  return containers;
}

AttemptEnd Turn::lost() const {
  return unbegun(
      Outcome::Lost, "",
      std::string(texts::kHostLostPrefix) + " (agent " + state_.agent_name + ") terminated.");
}

bool Turn::is_lease_over() const {
  return !state_.lease_until || *state_.lease_until <= now_;
}

bool Turn::fits(const Resources& request) const {
  return (state_.used + request).fits_in(state_.capacity);
}

void Turn::wake(Instant at) {
  decision_.wake_at = decision_.wake_at ? std::min(*decision_.wake_at, at) : at;
}

void Turn::tell(Fact fact) {
  if (state_.has_agent) {
    act(TellAgent{std::move(fact)});
  }
}

void Turn::record(EndedAttempt ended) {
  act(JournalEnded{ended});
  tell(Ended{ended});
  const AttemptKey key = ended.key;
  state_.ended.insert_or_assign(key, std::move(ended));
}

/// Ends what was Waiting or Launching and never ran.
void Turn::end_waiting(AttemptKey key, AttemptEnd end, bool was_retracted) {
  const auto at = state_.live.find(key);
  CHECK(at != state_.live.end());
  EndedAttempt ended{.key = key,
                     .token = at->second.token,
                     .ended_at = now_,
                     .was_retracted = was_retracted,
                     .end = std::move(end)};
  release(at);
  act(DropPlan{key});
  record(std::move(ended));
}

void Turn::release(std::map<AttemptKey, HeldAttempt>::iterator at) {
  if (at->second.phase == Phase::Waiting) {
    std::erase(state_.line, at->first);
  } else {
    state_.used -= at->second.request;
  }
  state_.live.erase(at);
}

/// Ends what has room already. The first cause stands; only the end of grace may come earlier.
void Turn::stop(const AttemptKey& key, HeldAttempt& held, StopCause cause, Duration grace) {
  CHECK(held.phase != Phase::Waiting);
  grace = grace > Duration::zero() ? std::max(grace, held.stop_time) : grace;
  const Instant kill_at = now_ + grace;
  if (held.stop == StopCause::None || cause == StopCause::LeaseOver) {
    held.stop = cause;
  } else if (held.kill_at && kill_at >= *held.kill_at) {
    return;
  }
  switch (held.phase) {
    case Phase::Waiting:
    case Phase::Emptying:
      return;
    case Phase::Launching:
      held.kill_at = kill_at;
      held.grace = grace;
      return;
    case Phase::Running:
      break;
  }
  if (grace <= Duration::zero()) {
    held.kill_at.reset();
    act(KillGroup{key});
    return;
  }
  if (!held.kill_at) {
    act(Terminate{key});
  }
  held.kill_at = kill_at;
}

// ---- events -------------------------------------------------------------------------------------

/// What an earlier supervisor held died with it: its groups were killed before this event (D5).
void Turn::take(const Started& event) {
  for (const EndedAttempt& ended : event.ended) {
    state_.ended.insert_or_assign(ended.key, ended);
  }
  for (const SeenAttempt& seen : event.seen) {
    record({.key = seen.key,
            .token = seen.token,
            .began_at = seen.launched_at,
            .ended_at = now_,
            .end = lost()});
  }
}

void Turn::take(const AgentConnected&) {
  state_.has_agent = true;
  Snapshot snapshot;
  for (const auto& [key, held] : state_.live) {
    snapshot.live.push_back({key, held.token, held.began_at});
  }
  for (const auto& [key, ended] : state_.ended) {
    snapshot.ended.push_back(ended);
  }
  tell(std::move(snapshot));
}

void Turn::take(const AgentDisconnected&) {
  state_.has_agent = false;
}

void Turn::take(const Ordered& event) {
  std::visit([this](const auto& order) { obey(order); }, event.order);
}

void Turn::take(const Launched& event) {
  const auto at = state_.live.find(event.key);
  CHECK(at != state_.live.end());
  HeldAttempt& held = at->second;
  CHECK(held.phase == Phase::Launching);
  held.phase = Phase::Running;
  held.began_at = now_;
  tell(Began{event.key, held.token, now_});
  if (held.stop != StopCause::None) {
    held.kill_at.reset();
    stop(event.key, held, held.stop, held.grace);
  }
}

void Turn::take(const LaunchFailed& event) {
  const auto at = state_.live.find(event.key);
  CHECK(at != state_.live.end());
  CHECK(at->second.phase == Phase::Launching);
  AttemptEnd end = unbegun(Outcome::LaunchFailed, event.reason, texts::kTaskFailedToStart);
  if (at->second.stop == StopCause::LeaseOver) {
    end = lost();
  } else if (at->second.stop == StopCause::Ordered) {
    end = unbegun(Outcome::Stopped, "", "");
  } else {
    end.containers = event.containers;
  }
  end_waiting(event.key, std::move(end), false);
}

void Turn::take(const MainExited& event) {
  const auto at = state_.live.find(event.key);
  CHECK(at != state_.live.end());
  HeldAttempt& held = at->second;
  CHECK(held.phase == Phase::Running);
  held.phase = Phase::Emptying;
  held.exit = event;
  held.stopped_before_exit = held.stop;
  held.kill_at.reset();
  act(KillGroup{event.key});
}

void Turn::take(const GroupEmptied& event) {
  const auto at = state_.live.find(event.key);
  CHECK(at != state_.live.end());
  const HeldAttempt& held = at->second;
  CHECK(held.phase == Phase::Emptying);
  AttemptEnd end = lost();
  if (held.stopped_before_exit != StopCause::LeaseOver) {
    end = end_of(held, event);
    end.containers = containers_of(held, end);
  }
  end.usage = event.usage;
  EndedAttempt ended{.key = event.key,
                     .token = held.token,
                     .began_at = held.began_at,
                     .ended_at = now_,
                     .log_size = event.log_size,
                     .end = std::move(end)};
  release(at);
  record(std::move(ended));
}

void Turn::take(const Ticked&) {
  end_leases();
  watch_timers();
  begin_line();
}

// ---- orders -------------------------------------------------------------------------------------

/// F7: what was seen before is not started again. Its end, if it has one, is told again.
void Turn::obey(const StartOrder& order) {
  if (state_.live.contains(order.key)) {
    return;
  }
  const auto known = state_.ended.find(order.key);
  if (known != state_.ended.end() && known->second.token == order.token) {
    tell(Ended{known->second});
    return;
  }
  if (known != state_.ended.end()) {
    // Another life of the database: nobody asks for the old one any more (F8).
    state_.ended.erase(known);
    act(JournalForgotten{order.key});
  }
  act(JournalSeen{order.key, order.token});
  state_.live[order.key] = {.token = order.token,
                            .request = order.request,
                            .timeout = order.timeout,
                            .stop_time = order.stop_time};
  state_.line.push_back(order.key);
}

void Turn::obey(const RetractOrder& order) {
  for (const AttemptKey& key : order.attempts) {
    const auto at = state_.live.find(key);
    if (at != state_.live.end() && at->second.phase == Phase::Waiting) {
      end_waiting(key, unbegun(Outcome::Stopped, "", ""), true);
    }
  }
}

void Turn::obey(const StopOrder& order) {
  for (const AttemptKey& key : order.attempts) {
    const auto at = state_.live.find(key);
    if (at == state_.live.end()) {
      continue;
    }
    if (at->second.phase == Phase::Waiting) {
      end_waiting(key, unbegun(Outcome::Stopped, "", ""), false);
    } else {
      stop(key, at->second, StopCause::Ordered, order.grace);
    }
  }
}

void Turn::obey(const LeaseOrder& order) {
  state_.lease_until = order.until;
}

void Turn::obey(const CapacityOrder& order) {
  state_.capacity = order.capacity;
}

void Turn::obey(const AcknowledgeOrder& order) {
  for (const AttemptKey& key : order.attempts) {
    const auto at = state_.ended.find(key);
    if (at != state_.ended.end() && !at->second.is_acknowledged) {
      at->second.is_acknowledged = true;
      act(JournalAcknowledged{key});
    }
  }
}

void Turn::obey(const ForgetOrder& order) {
  for (const AttemptKey& key : order.attempts) {
    const auto at = state_.ended.find(key);
    if (at == state_.ended.end()) {
      continue;
    }
    if (at->second.log_size > 0) {
      act(RemoveLog{key});
    }
    state_.ended.erase(at);
    act(JournalForgotten{key});
  }
}

// ---- what time does -----------------------------------------------------------------------------

/// F6: the lease ends everything, at once and without grace, whether or not an agent lives.
void Turn::end_leases() {
  if (state_.live.empty()) {
    return;
  }
  if (!is_lease_over()) {
    wake(*state_.lease_until);
    return;
  }
  while (!state_.line.empty()) {
    end_waiting(state_.line.front(), lost(), false);
  }
  for (auto& [key, held] : state_.live) {
    if (held.stop != StopCause::LeaseOver) {
      stop(key, held, StopCause::LeaseOver, Duration::zero());
    }
  }
}

void Turn::watch_timers() {
  for (auto& [key, held] : state_.live) {
    if (held.phase != Phase::Running) {
      continue;
    }
    if (held.timeout && held.stop == StopCause::None) {
      const Instant due = *held.began_at + *held.timeout;
      if (due <= now_) {
        stop(key, held, StopCause::Timeout, kTimeoutGrace);
      } else {
        wake(due);
      }
    }
    if (held.kill_at && *held.kill_at <= now_) {
      held.kill_at.reset();
      act(KillGroup{key});
    } else if (held.kill_at) {
      wake(*held.kill_at);
    }
  }
}

void Turn::begin_line() {
  while (!state_.line.empty()) {
    const AttemptKey key = state_.line.front();
    HeldAttempt& held = state_.live.at(key);
    if (!held.request.fits_in(state_.capacity)) {
      // It would block the line for ever: the agent came back smaller than it was. Given back, it
      // goes to another, and costs its job no attempt.
      end_waiting(key, unbegun(Outcome::Stopped, "", ""), true);
      continue;
    }
    if (!fits(held.request)) {
      return;
    }
    state_.line.pop_front();
    held.phase = Phase::Launching;
    state_.used += held.request;
    act(JournalLaunching{key, now_});
    act(Launch{key});
  }
}

}  // namespace

Decision step(State& state, const Event& event, Instant now) {
  Turn turn(state, now);
  std::visit([&turn](const auto& what) { turn.take(what); }, event);
  return turn.decision();
}

}  // namespace dray::supervisor
