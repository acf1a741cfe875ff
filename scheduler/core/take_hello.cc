#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/texts.h"
#include "scheduler/core/attempts.h"
#include "scheduler/core/gang.h"
#include "scheduler/core/leases.h"
#include "scheduler/core/take_back.h"
#include "scheduler/core/turn.h"

/// A hello opens a session. The agent has dropped its old session before it said so (F3), so no
/// order of that one can begin anything any more. What it was ordered stands in `held`, in `ended`,
/// or in neither; what stands in neither never began, unless it is known to have: then it is lost.
/// That holds after a new boot too: every attempt of before is dead, and the agent's journal still
/// knows which had begun.
namespace dray {
namespace {

constexpr std::uint32_t kProtocol = 1;

using Told = std::map<AttemptKey, AttemptToken>;

/// An agent of a known name with another data folder: a second one by mistake, or the old folder is
/// gone. It knows nothing of what the old one holds, so it must not speak for it: while that may
/// live, it is refused. With the end of the lease nothing of it does (F6).
std::optional<std::string> why_not_another(const Turn& turn, const Hello& hello,
                                           const AgentEntry& known) {
  if (known.link.is_connected && !is_silent(turn.state(), known, turn.now())) {
    return "The name " + hello.agent_name + " is in use by an agent with another data folder.";
  }
  const std::size_t held = keys_of(known).size();
  if (held > 0) {
    return "The agent " + hello.agent_name + " came from another data folder before, and " +
           std::to_string(held) + (held == 1 ? " attempt" : " attempts") +
           " may still run there. Start it with that folder, or wait until its lease has ended.";
  }
  return std::nullopt;
}

/// Why not, or nothing. `known` is null for a new name.
std::optional<std::string> why_refused(const Turn& turn, const Hello& hello,
                                       const AgentEntry* known) {
  if (hello.protocol != kProtocol) {
    return "This scheduler speaks protocol " + std::to_string(kProtocol) + " of the link.";
  }
  const Resources nothing;
  if (hello.agent_name.empty() || hello.environment.empty() || !nothing.fits_in(hello.capacity)) {
    return "A hello needs a name, an environment and a capacity.";
  }
  if (known == nullptr) {
    return std::nullopt;
  }
  if (hello.folder != known->agent.folder) {
    return why_not_another(turn, hello, *known);
  }
  const std::pair last{known->agent.incarnation, known->agent.hello_sequence};
  if (std::pair{hello.incarnation, hello.sequence} <= last) {  // F4
    return "The agent " + hello.agent_name + " has said a later hello.";
  }
  if (hello.boot_id != known->agent.boot_id && known->link.is_connected &&
      !is_silent(turn.state(), *known, turn.now())) {
    return "The name " + hello.agent_name + " is in use by an agent on another machine.";
  }
  return std::nullopt;
}

bool knows(const Told& told, const Attempt& attempt) {
  const auto found = told.find(attempt.key);
  return found != told.end() && found->second == attempt.token;
}

/// What the agent says nothing of never began, or is lost.
void resolve_missing(Turn& turn, const AgentEntry& entry, const Hello& hello) {
  Told told;
  for (const auto* list : {&hello.held, &hello.ended}) {
    for (const HeldAttempt& held : *list) {
      told.emplace(held.key, held.token);
    }
  }
  const bool is_new_boot = hello.boot_id != entry.agent.boot_id;
  const std::string reason = std::string(texts::kHostLostPrefix) + " (agent " + hello.agent_name +
                             (is_new_boot ? ") restarted." : ") lost the attempt.");
  for (const JobKey& key : keys_of(entry)) {
    const LiveAttempt* live = turn.state().find_attempt(key);
    if (live == nullptr) {
      continue;  // It went with its main node.
    }
    const Attempt& attempt = live->attempt;
    if (attempt.is_held || knows(told, attempt)) {
      continue;
    }
    if (attempt.state == AttemptState::Running) {
      lose_attempt(turn, key, reason);
    } else {
      withdraw_attempt(turn, key);
    }
  }
}

void put_agent(Turn& turn, const Hello& hello, const AgentEntry* known, SessionId session) {
  Agent agent;
  agent.capacity = hello.capacity;
  if (known != nullptr) {
    agent.id = known->agent.id;
    agent.is_draining = known->agent.is_draining;
    agent.capacity = shrink(turn, agent.id, hello.capacity);
  } else {
    const auto& agents = turn.state().agents();
    agent.id = {agents.empty() ? 1 : agents.rbegin()->first.value + 1};
  }
  agent.name = hello.agent_name;
  agent.environment = hello.environment;
  agent.boot_id = hello.boot_id;
  agent.folder = hello.folder;
  agent.incarnation = hello.incarnation;
  agent.hello_sequence = hello.sequence;
  agent.session = session;
  turn.put(SessionGranted{session});
  turn.put(AgentPut{std::move(agent)});
}

/// Takes over what the agent holds of what was given to it, and returns it: the rest it must end.
std::vector<AttemptKey> take_over(Turn& turn, AgentId id, const Hello& hello) {
  std::vector<AttemptKey> keep;
  std::vector<JobKey> ahead;
  for (const HeldAttempt& held : hello.held) {
    const LiveAttempt* live = turn.state().find_attempt(held.key.job);
    if (live == nullptr || live->attempt.agent != id || live->attempt.key != held.key ||
        live->attempt.token != held.token) {
      continue;
    }
    keep.push_back(held.key);
    if (held.has_begun) {
      begin_attempt(turn, held.key.job, Duration{});
    } else {
      ahead.push_back(held.key.job);
    }
  }
  turn.volatile_state().order_ahead(id, ahead);
  return keep;
}

/// Orders of the old session may be lost: what must stop is told again.
void stop_again(Turn& turn, const AgentEntry& entry) {
  StopAttempts stop{entry.agent.session, {}, turn.state().settings().grace};
  for (const JobKey& key : keys_of(entry)) {
    const Attempt& attempt = turn.state().find_attempt(key)->attempt;
    if (attempt.stop_requested) {
      stop.attempts.push_back(attempt.key);
    }
  }
  if (!stop.attempts.empty()) {
    turn.order(entry.agent.id, std::move(stop));
  }
}

}  // namespace

void take(Turn& turn, const AgentSaidHello& event) {
  const Hello& hello = event.hello;
  const AgentEntry* known = turn.state().find_agent(hello.agent_name);
  if (auto reason = why_refused(turn, hello, known)) {
    turn.order(known == nullptr ? AgentId{} : known->agent.id,
               HelloRefused{hello.sequence, std::move(*reason)});
    return;
  }
  if (known != nullptr) {
    resolve_missing(turn, *known, hello);
  }
  const SessionId session{turn.state().last_session().value + 1};
  put_agent(turn, hello, known, session);
  const AgentEntry& entry = *turn.state().find_agent(hello.agent_name);
  const AgentId id = entry.agent.id;
  AgentLink& link = turn.volatile_state().link(id);
  link.is_connected = true;
  link.told = hello.capacity;
  link.address = event.hello.address.empty() ? event.peer : event.hello.address;
  renew_lease(turn, id);
  std::vector<AttemptKey> keep = take_over(turn, id, hello);
  turn.volatile_state().forget_retractions(id);  // What was ordered before the welcome is lost.
  const Settings& settings = turn.state().settings();
  turn.order(
      id, Welcome{session, hello.sequence, settings.lease, settings.renew_every, std::move(keep)});
  stop_again(turn, entry);
  call_back_incomplete(turn, entry);
  take_back_held(turn, entry);
  promote_ahead(turn, id);
}

}  // namespace dray
