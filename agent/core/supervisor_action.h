#pragma once
#include <optional>
#include <variant>
#include <vector>

#include "agent/core/supervisor_messages.h"

/// What a supervisor makes of one event. All journal actions of a batch are on disk (one fsync)
/// before any other action of the batch is done (F7, F8); but a launch of an attempt that an
/// earlier batch has seen needs no more than that they are written.
namespace dray::supervisor {

// ---- journal ------------------------------------------------------------------------------------
struct JournalSeen {
  AttemptKey key;
  AttemptToken token;
  bool operator==(const JournalSeen&) const = default;
};
/// It is about to run: if nothing else is ever written, it may have. Needs no fsync of its own.
struct JournalLaunching {
  AttemptKey key;
  Instant at;
  bool operator==(const JournalLaunching&) const = default;
};
struct JournalEnded {
  EndedAttempt attempt;
  bool operator==(const JournalEnded&) const = default;
};
struct JournalAcknowledged {
  AttemptKey key;
  bool operator==(const JournalAcknowledged&) const = default;
};
/// The record goes; needs no fsync: a record too many is harmless.
struct JournalForgotten {
  AttemptKey key;
  bool operator==(const JournalForgotten&) const = default;
};

// ---- processes ----------------------------------------------------------------------------------
/// Answered by Launched or LaunchFailed.
struct Launch {
  AttemptKey key;
  bool operator==(const Launch&) const = default;
};
/// SIGTERM to the main process only (as Docker and ECS do).
struct Terminate {
  AttemptKey key;
  bool operator==(const Terminate&) const = default;
};
/// Kill the whole group until it is empty (D6). Answered by GroupEmptied, after MainExited.
struct KillGroup {
  AttemptKey key;
  bool operator==(const KillGroup&) const = default;
};
/// It will never be launched: drop its plan.
struct DropPlan {
  AttemptKey key;
  bool operator==(const DropPlan&) const = default;
};
/// Remove its log file.
struct RemoveLog {
  AttemptKey key;
  bool operator==(const RemoveLog&) const = default;
};

// ---- the agent ----------------------------------------------------------------------------------
/// Only while one is connected.
struct TellAgent {
  Fact fact;
  bool operator==(const TellAgent&) const = default;
};

using Action =
    std::variant<JournalSeen, JournalLaunching, JournalEnded, JournalAcknowledged, JournalForgotten,
                 Launch, Terminate, KillGroup, DropPlan, RemoveLog, TellAgent>;

struct Decision {
  std::vector<Action> actions;     ///< In this order, but for the journal's, which come first.
  std::optional<Instant> wake_at;  ///< When to tick if nothing else happens. Only Ticked sets it.
};

}  // namespace dray::supervisor
