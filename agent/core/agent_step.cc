#include "agent/core/agent_step.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/check.h"
#include "model/texts.h"

namespace dray::agent {
namespace {

/// One step: the state, the time, and what has been decided so far.
class Turn {
 public:
  Turn(State& state, Instant now) : state_(state), now_(now) {}

  void take(const LinkUp& event);
  void take(const LinkDown& event);
  void take(const Heard& event);
  void take(const SupervisorUp& event);
  void take(const SupervisorDown& event);
  void take(const SupervisorTold& event);
  void take(const LogStored& event);
  void take(const Ticked& event);
  Decision decision() { return std::move(decision_); }

 private:
  void hear(const Welcome& welcome);
  void hear(const HelloRefused& refusal);
  void hear(const LeaseGranted& grant);
  void hear(const StartAttempts& order);
  void hear(const RetractAttempts& order);
  void hear(const StopAttempts& order);
  void hear(const AcknowledgeEnds& order);
  void learn(const supervisor::Began& fact);
  void learn(const supervisor::Ended& fact) { take_record(fact.attempt, false); }
  void act(Action action) { decision_.actions.push_back(std::move(action)); }
  void order(supervisor::Order order);
  void drop_session();
  void say_hello();
  void keep_only(const std::vector<AttemptKey>& keep);
  void tell_again();
  void tell_untold();
  void ask_lease();
  void end_alone(const AttemptKey& key, const AttemptToken& token);
  void take_record(const supervisor::EndedAttempt& record, bool is_ours_alone);
  void forget_if_done(const AttemptKey& key);
  void drop_end(const AttemptKey& key);
  void wake(Instant at);
  [[nodiscard]] bool is_of_session(SessionId session) const { return state_.session == session; }
  [[nodiscard]] AttemptBegan began_fact(const AttemptKey& key, const LiveAttempt& live) const;
  [[nodiscard]] AttemptFinished end_fact(const supervisor::EndedAttempt& record) const;

  State& state_;
  Instant now_;
  Decision decision_;
};

Duration age(Instant now, Instant then) {
  return std::max(Duration::zero(), now - then);
}

void Turn::wake(Instant at) {
  decision_.wake_at = decision_.wake_at ? std::min(*decision_.wake_at, at) : at;
}

/// Kept for later while there is no supervisor; a lease is said anew when there is one.
void Turn::order(supervisor::Order order) {
  if (state_.is_supervisor_up) {
    act(TellSupervisor{std::move(order)});
  } else if (!std::holds_alternative<supervisor::LeaseOrder>(order)) {
    state_.unsaid.emplace_back(std::move(order));
  }
}

AttemptBegan Turn::began_fact(const AttemptKey& key, const LiveAttempt& live) const {
  return {key, live.token, age(now_, *live.began_at)};
}

AttemptFinished Turn::end_fact(const supervisor::EndedAttempt& record) const {
  return {.key = record.key,
          .token = record.token,
          .had_begun = record.began_at.has_value(),
          .was_retracted = record.was_retracted,
          .began_age = record.began_at ? age(now_, *record.began_at) : Duration::zero(),
          .ended_age = age(now_, record.ended_at),
          .end = record.end};
}

// ---- the link -----------------------------------------------------------------------------------

void Turn::take(const LinkUp&) {
  state_.is_link_up = true;
  say_hello();
}

void Turn::take(const LinkDown&) {
  state_.is_link_up = false;
  drop_session();
}

void Turn::take(const Heard& event) {
  std::visit([this](const auto& message) { hear(message); }, event.message);
}

/// F2, F3: what was said in a session means nothing after it.
void Turn::drop_session() {
  state_.session.reset();
  state_.hello.reset();
  state_.asked.clear();
  state_.jobs.clear();
  state_.untold.clear();
}

/// F3, F4. What was ordered and has not ended is held; ends without an acknowledgement are named
/// beside it, or the scheduler would take them for lost before it hears them.
void Turn::say_hello() {
  if (!state_.is_link_up || !state_.is_supervisor_up || state_.hello || state_.session) {
    return;
  }
  drop_session();
  state_.sequence += 1;
  Hello hello{.agent_name = state_.identity.name,
              .environment = state_.identity.environment,
              .capacity = state_.identity.capacity,
              .boot_id = state_.identity.boot_id,
              .incarnation = state_.identity.incarnation,
              .sequence = state_.sequence};
  hello.folder = state_.identity.folder;
  hello.address = state_.identity.address;
  for (const auto& [key, live] : state_.live) {
    hello.held.push_back({key, live.token, live.began_at.has_value()});
  }
  for (const auto& [key, ended] : state_.ended) {
    if (!ended.record.is_acknowledged) {
      hello.ended.push_back({key, ended.record.token, ended.record.began_at.has_value()});
    }
  }
  state_.hello = PendingHello{state_.sequence, now_};
  act(StoreSequence{state_.sequence});
  act(Say{std::move(hello)});
}

void Turn::hear(const Welcome& welcome) {
  if (!state_.hello || state_.hello->sequence != welcome.hello_sequence) {
    return;
  }
  state_.session = welcome.session;
  state_.renew_every = welcome.renew_every;
  state_.lease_until = state_.hello->said_at + welcome.lease;
  state_.ask_at = now_ + welcome.renew_every;
  state_.hello.reset();
  order(supervisor::LeaseOrder{*state_.lease_until});
  keep_only(welcome.keep);
  tell_again();
  act(Registered{welcome.session});
}

void Turn::hear(const HelloRefused& refusal) {
  if (!state_.hello || state_.hello->sequence != refusal.hello_sequence) {
    return;
  }
  drop_session();
  act(Refused{refusal.reason});
  act(DropLink{});
}

/// F5: the lease counts from when it was asked for.
void Turn::hear(const LeaseGranted& grant) {
  const auto asked = state_.asked.find(grant.number);
  if (!is_of_session(grant.session) || asked == state_.asked.end()) {
    return;
  }
  state_.lease_until = asked->second + grant.lease;
  state_.asked.erase(state_.asked.begin(), std::next(asked));
  order(supervisor::LeaseOrder{*state_.lease_until});
}

/// What the scheduler does not keep dies at once, its end told to nobody; ends of before are (F8).
void Turn::keep_only(const std::vector<AttemptKey>& keep) {
  const std::set<AttemptKey> kept(keep.begin(), keep.end());
  supervisor::StopOrder stop;
  for (auto& [key, live] : state_.live) {
    if (!kept.contains(key)) {
      live.is_unwanted = true;
      stop.attempts.push_back(key);
    }
  }
  if (!stop.attempts.empty()) {
    order(std::move(stop));
  }
}

/// A new session knows nothing of what an old one was told (F8).
void Turn::tell_again() {
  for (const auto& [key, live] : state_.live) {
    if (live.began_at && !live.is_unwanted) {
      state_.untold.push_back({key, false});
    }
  }
  for (const auto& [key, ended] : state_.ended) {
    if (!ended.record.is_acknowledged) {
      state_.untold.push_back({key, true});
    }
  }
}

// ---- orders of the scheduler --------------------------------------------------------------------

void Turn::hear(const StartAttempts& order) {
  if (!is_of_session(order.session)) {
    return;
  }
  for (const JobToRun& job : order.jobs) {
    state_.jobs[job.job] = std::make_shared<const JobToRun>(job);
  }
  for (const StartAttempt& start : order.starts) {
    const auto job = state_.jobs.find(start.key.job.job);
    if (job == state_.jobs.end() || state_.live.contains(start.key)) {
      continue;  // F7; and a scheduler that names a job it never sent is not obeyed.
    }
    const auto ended = state_.ended.find(start.key);
    if (ended != state_.ended.end()) {
      if (ended->second.record.token == start.token) {
        continue;
      }
      drop_end(start.key);
    }
    TellStart tell{.order = supervisor::order_to_start(start.key, start.token, *job->second->spec),
                   .job = job->second};
    if (!start.key.job.is_child()) {
      state_.jobs.erase(job);  // It comes again with each start.
    }
    state_.live[start.key] = {.token = start.token, .is_handed_over = state_.is_supervisor_up};
    if (state_.is_supervisor_up) {
      act(std::move(tell));
    } else {
      state_.unsaid.emplace_back(std::move(tell));
    }
  }
}

void Turn::hear(const RetractAttempts& order) {
  if (is_of_session(order.session)) {
    this->order(supervisor::RetractOrder{order.attempts});
  }
}

void Turn::hear(const StopAttempts& order) {
  if (is_of_session(order.session)) {
    this->order(supervisor::StopOrder{order.attempts, order.grace});
  }
}

void Turn::hear(const AcknowledgeEnds& order) {
  if (!is_of_session(order.session)) {
    return;
  }
  supervisor::AcknowledgeOrder acknowledge;
  for (const AttemptKey& key : order.attempts) {
    const auto at = state_.ended.find(key);
    if (at == state_.ended.end() || at->second.record.is_acknowledged) {
      continue;
    }
    at->second.record.is_acknowledged = true;
    if (!at->second.is_log_stored && !at->second.is_ours_alone) {
      acknowledge.attempts.push_back(key);
    }
    forget_if_done(key);
  }
  if (!acknowledge.attempts.empty()) {
    this->order(std::move(acknowledge));
  }
}

// ---- the supervisor -----------------------------------------------------------------------------

/// What we handed over and it does not know died with another supervisor, before it was journalled.
void Turn::take(const SupervisorUp& event) {
  state_.is_supervisor_up = true;
  state_.is_supervisor_called = false;
  order(supervisor::CapacityOrder{state_.identity.capacity});
  if (state_.lease_until) {
    order(supervisor::LeaseOrder{*state_.lease_until});
  }
  std::set<AttemptKey> known;
  for (const supervisor::LiveAttempt& live : event.snapshot.live) {
    known.insert(live.key);
    if (state_.ended.contains(live.key)) {
      order(supervisor::StopOrder{{live.key}, Duration::zero()});  // Reported as lost: it must be.
      continue;
    }
    const auto [at, is_new] = state_.live.try_emplace(live.key, LiveAttempt{.token = live.token});
    if (is_new) {
      act(ShipLog{live.key, live.token});
    }
    if (live.began_at) {
      learn(supervisor::Began{live.key, live.token, *live.began_at});
    }
  }
  for (const supervisor::EndedAttempt& ended : event.snapshot.ended) {
    known.insert(ended.key);
    learn(supervisor::Ended{ended});
  }
  std::vector<std::pair<AttemptKey, AttemptToken>> gone;
  for (const auto& [key, live] : state_.live) {
    if (!known.contains(key) && live.is_handed_over) {
      gone.emplace_back(key, live.token);
    }
  }
  for (const auto& [key, token] : gone) {
    end_alone(key, token);
  }
  for (auto& unsaid : std::exchange(state_.unsaid, {})) {
    if (auto* start = std::get_if<TellStart>(&unsaid)) {
      const auto live = state_.live.find(start->order.key);
      if (live != state_.live.end()) {
        live->second.is_handed_over = true;
        act(std::move(*start));
      }
    } else {
      act(TellSupervisor{std::move(std::get<supervisor::Order>(unsaid))});
    }
  }
  say_hello();
}

void Turn::take(const SupervisorDown&) {
  state_.is_supervisor_up = false;
  state_.is_supervisor_called = false;
}

void Turn::take(const SupervisorTold& event) {
  std::visit([this](const auto& fact) { learn(fact); }, event.fact);
}

void Turn::learn(const supervisor::Began& fact) {
  const auto at = state_.live.find(fact.key);
  if (at == state_.live.end() || at->second.token != fact.token || at->second.began_at) {
    return;
  }
  at->second.began_at = fact.at;
  act(ShipLog{fact.key, fact.token});
  if (state_.session && !at->second.is_unwanted) {
    state_.untold.push_back({fact.key, false});
  }
}

void Turn::end_alone(const AttemptKey& key, const AttemptToken& token) {
  const auto live = state_.live.find(key);
  take_record({.key = key,
               .token = token,
               .began_at = live->second.began_at,
               .ended_at = now_,
               .end = {.outcome = Outcome::Lost,
                       .status_reason = std::string(texts::kHostLostPrefix) + " (agent " +
                                        state_.identity.name + ") terminated."}},
              true);
}

void Turn::take_record(const supervisor::EndedAttempt& record, bool is_ours_alone) {
  const AttemptKey key = record.key;
  const auto live = state_.live.find(key);
  const bool is_unwanted = live != state_.live.end() && live->second.is_unwanted;
  if (live != state_.live.end()) {
    state_.live.erase(live);
  }
  const auto [at, is_new] =
      state_.ended.try_emplace(key, EndedAttempt{.record = record, .is_ours_alone = is_ours_alone});
  if (!is_new) {
    at->second.is_ours_alone = is_ours_alone;
    return;
  }
  if (is_unwanted) {
    drop_end(key);
    return;
  }
  if (record.log_size == 0 && !record.began_at) {
    at->second.is_log_stored = true;  // Nothing ever ran: there is no log to wait for.
  } else {
    act(ShipLog{key, record.token});
    act(EndLog{key, record.token, record.log_size});
  }
  if (state_.session && !record.is_acknowledged) {
    state_.untold.push_back({key, true});
  }
  forget_if_done(key);
}

void Turn::take(const LogStored& event) {
  const auto at = state_.ended.find(event.key);
  if (at != state_.ended.end()) {
    at->second.is_log_stored = true;
    forget_if_done(event.key);
  }
}

/// A record goes when the scheduler has both the end and the log.
void Turn::forget_if_done(const AttemptKey& key) {
  const auto at = state_.ended.find(key);
  if (at == state_.ended.end() || !at->second.record.is_acknowledged || !at->second.is_log_stored) {
    return;
  }
  if (!at->second.is_ours_alone) {
    order(supervisor::ForgetOrder{{key}});
  }
  state_.ended.erase(at);
}

/// An end nobody asks for any more, with its log.
void Turn::drop_end(const AttemptKey& key) {
  const auto at = state_.ended.find(key);
  CHECK(at != state_.ended.end());
  if (!at->second.is_log_stored) {
    act(DropLog{key});
  }
  if (!at->second.is_ours_alone) {
    order(supervisor::ForgetOrder{{key}});
  }
  state_.ended.erase(at);
}

// ---- what time does -----------------------------------------------------------------------------

void Turn::take(const Ticked&) {
  if (!state_.is_supervisor_up && !state_.is_supervisor_called) {
    state_.is_supervisor_called = true;
    act(CallSupervisor{});
  }
  if (state_.hello) {
    const Instant due = state_.hello->said_at + kWelcomeWait;
    if (due <= now_) {
      drop_session();
      act(DropLink{});
    } else {
      wake(due);
    }
  }
  if (state_.session) {
    tell_untold();
    ask_lease();
  }
}

/// An attempt that began and ended since the last time is one fact.
void Turn::tell_untold() {
  std::set<AttemptKey> ends;
  for (const UntoldFact& untold : state_.untold) {
    if (untold.is_end) {
      ends.insert(untold.key);
    }
  }
  Facts facts{.session = *state_.session};
  const auto say = [this, &facts] {
    if (!facts.facts.empty()) {
      act(Say{std::exchange(facts, Facts{.session = *state_.session})});
    }
  };
  for (const UntoldFact& untold : std::exchange(state_.untold, {})) {
    const auto live = state_.live.find(untold.key);
    const auto ended = state_.ended.find(untold.key);
    if (untold.is_end && ended != state_.ended.end()) {
      facts.facts.emplace_back(end_fact(ended->second.record));
    } else if (!untold.is_end && !ends.contains(untold.key) && live != state_.live.end()) {
      facts.facts.emplace_back(began_fact(untold.key, live->second));
    }
    if (facts.facts.size() >= kFactsMax) {
      say();
    }
  }
  say();
}

void Turn::ask_lease() {
  if (state_.asked.size() >= kAskedMax) {
    drop_session();
    act(DropLink{});
    return;
  }
  if (state_.ask_at <= now_) {
    state_.asked_last += 1;
    state_.asked[state_.asked_last] = now_;
    state_.ask_at = now_ + state_.renew_every;
    act(Say{LeaseAsked{*state_.session, state_.asked_last}});
  }
  wake(state_.ask_at);
}

}  // namespace

Decision step(State& state, const Event& event, Instant now) {
  Turn turn(state, now);
  std::visit([&turn](const auto& what) { turn.take(what); }, event);
  return turn.decision();
}

}  // namespace dray::agent
