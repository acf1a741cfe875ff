#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/agent_action.h"
#include "agent/core/supervisor_messages.h"
#include "model/link_messages.h"

namespace dray::agent {

/// Who this agent is; never changes in its life.
struct Identity {
  std::string name;
  std::string environment;
  std::string address;  ///< Where other machines reach it; empty: where the scheduler sees it.
  Resources capacity;
  std::string boot_id;
  std::string folder;
  std::uint64_t incarnation = 0;  ///< Stored before the agent's first event (F4).
};

/// An attempt that was ordered here and has not ended.
struct LiveAttempt {
  AttemptToken token;
  std::optional<Instant> began_at;
  bool is_unwanted = false;    ///< The scheduler does not keep it: its end is told to nobody.
  bool is_handed_over = true;  ///< The supervisor was told; false while there is none.
};

/// An end that the scheduler has not acknowledged, or whose log it has not all of.
struct EndedAttempt {
  supervisor::EndedAttempt record;
  bool is_log_stored = false;
  bool is_ours_alone = false;  ///< No supervisor knows it (it died before it journalled the start).
};

/// A hello that waits for its answer.
struct PendingHello {
  std::uint64_t sequence = 0;
  Instant said_at;
};

/// A fact for the scheduler; its words are made when it is told.
struct UntoldFact {
  AttemptKey key;
  bool is_end = false;  ///< Else: it began.
};

/// Everything an agent believes. All that matters longer than the process is in its supervisor;
/// `sequence` alone is stored by the agent.
struct State {
  Identity identity;
  std::uint64_t sequence = 0;
  bool is_link_up = false;
  bool is_supervisor_up = false;
  bool is_supervisor_called = false;
  std::optional<PendingHello> hello;
  std::optional<SessionId> session;
  Duration renew_every{};
  std::optional<Instant> lease_until;      ///< Counted from when it was asked for (F5).
  std::map<std::uint64_t, Instant> asked;  ///< Lease requests without an answer.
  std::uint64_t asked_last = 0;
  Instant ask_at;  ///< When to ask next; meaningful in a session.
  std::map<JobId, std::shared_ptr<const JobToRun>> jobs;  ///< Arrays told of in this session.
  std::map<AttemptKey, LiveAttempt> live;
  std::map<AttemptKey, EndedAttempt> ended;
  std::vector<std::variant<TellStart, supervisor::Order>>
      unsaid;                      ///< While there is no supervisor.
  std::vector<UntoldFact> untold;  ///< For the next Facts, in the order in which they happened.
};

}  // namespace dray::agent
