#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/attempt.h"
#include "model/ids.h"
#include "model/instant.h"
#include "model/job.h"
#include "model/resources.h"

/// What scheduler and agent say to each other, as values. api/wire gives them bytes; both cores
/// take and make them. F-numbers: docs/agent-link.md. Times from an agent are ages ("this long
/// before I sent it"), never its wall clock.
namespace dray {

// ---- agent -> scheduler -------------------------------------------------------------------------

/// An attempt the supervisor holds, named in a hello.
struct HeldAttempt {
  AttemptKey key;
  AttemptToken token;
  bool has_begun = false;  ///< False: it waits for room (ahead).
  bool operator==(const HeldAttempt&) const = default;
};

/// Opens a session. The agent has dropped its old one before it says this (F3).
struct Hello {
  std::uint32_t protocol = 1;
  std::string agent_name;
  std::string environment;
  Resources capacity;
  std::string boot_id;
  std::uint64_t incarnation = 0;  ///< Grows with every start of the agent process (F4).
  std::uint64_t sequence = 0;     ///< Grows with every hello (F4).
  std::vector<HeldAttempt> held;  ///< Live attempts, begun or waiting for room.
  /// Ended ones that are not acknowledged; each is sent again as AttemptFinished right after the
  /// welcome (F8). What was begun stands in `held` or here, also when its supervisor died with it:
  /// the scheduler takes an attempt that stands in neither for one that never began, gives its
  /// number out again, and one that it knows to have begun for lost.
  std::vector<HeldAttempt> ended;
  /// Drawn when the agent's data folder was made. Incarnation and sequence count in it, and what is
  /// held is what it knows of.
  std::string folder;
  std::string address;  ///< Where other machines reach it; empty: where it is seen to come from.
  bool operator==(const Hello&) const = default;
};

/// Asks to go on holding its attempts. Every few seconds; also says "I live".
struct LeaseAsked {
  SessionId session;
  std::uint64_t number =
      0;  ///< Echoed in the grant, so that the agent counts from when it asked (F5).
  bool operator==(const LeaseAsked&) const = default;
};

struct AttemptBegan {
  AttemptKey key;
  AttemptToken token;
  Duration age{};
  bool operator==(const AttemptBegan&) const = default;
};

/// Sent again until acknowledged, also over restarts of either side (F8).
struct AttemptFinished {
  AttemptKey key;
  AttemptToken token;
  bool had_begun = false;
  bool was_retracted = false;  ///< Given back unbegun on RetractAttempts: no attempt was made.
  Duration began_age{};        ///< Meaningful when had_begun.
  Duration ended_age{};
  AttemptEnd end;
  bool operator==(const AttemptFinished&) const = default;
};

/// Facts in the order in which they happened.
struct Facts {
  SessionId session;
  std::vector<std::variant<AttemptBegan, AttemptFinished>> facts;
  bool operator==(const Facts&) const = default;
};

// ---- scheduler -> agent -------------------------------------------------------------------------

/// The answer to a hello. The agent ends every attempt and control group of its own not in `keep`.
struct Welcome {
  SessionId session;
  std::uint64_t hello_sequence = 0;  ///< Of the hello that is answered.
  Duration lease{};                  ///< From when the hello was said.
  Duration renew_every{};
  std::vector<AttemptKey> keep;
  bool operator==(const Welcome&) const = default;
};

/// The hello is not granted (stale, another protocol, a name in use). The agent tries again later.
struct HelloRefused {
  std::uint64_t hello_sequence = 0;
  std::string reason;
  bool operator==(const HelloRefused&) const = default;
};

struct LeaseGranted {
  SessionId session;
  std::uint64_t number = 0;
  Duration lease{};
  bool operator==(const LeaseGranted&) const = default;
};

/// What all starts of one job share. An array's is sent once a session, before the first start that
/// names it; that of another job before each start, so that an agent keeps none.
struct JobToRun {
  JobId job;
  Uuid uuid;
  std::string environment_name;                        ///< AWS_BATCH_CE_NAME.
  std::vector<EnvironmentVariable> queue_environment;  ///< The operator's, added for every job.
  std::shared_ptr<const JobSpec> spec;
};

struct StartAttempt {
  AttemptKey key;
  AttemptToken token;
  bool ahead = false;  ///< May wait for room; else room is free by the scheduler's ledger.
  bool operator==(const StartAttempt&) const = default;
};

/// In this order. The agent begins them first in, first out, each as soon as it fits.
struct StartAttempts {
  SessionId session;
  std::vector<JobToRun> jobs;
  std::vector<StartAttempt> starts;
};

/// Give back what has not begun; what has begun runs on. Each is answered by an AttemptFinished,
/// or its AttemptBegan is already under way.
struct RetractAttempts {
  SessionId session;
  std::vector<AttemptKey> attempts;
  bool operator==(const RetractAttempts&) const = default;
};

/// SIGTERM, grace, then the whole group dies (D6). Unbegun ones end at once as Stopped.
struct StopAttempts {
  SessionId session;
  std::vector<AttemptKey> attempts;
  Duration grace{};
  bool operator==(const StopAttempts&) const = default;
};

/// These ends are on disk (or will never matter): forget them (F8).
struct AcknowledgeEnds {
  SessionId session;
  std::vector<AttemptKey> attempts;
  bool operator==(const AcknowledgeEnds&) const = default;
};

using AgentMessage = std::variant<Hello, LeaseAsked, Facts>;
using SchedulerMessage = std::variant<Welcome, HelloRefused, LeaseGranted, StartAttempts,
                                      RetractAttempts, StopAttempts, AcknowledgeEnds>;

// ---- the log connection (its own TCP connection, D4) --------------------------------------------

/// First message of a log connection: whose bytes these are.
struct LogHello {
  std::string agent_name;
  std::string boot_id;
  std::uint64_t incarnation = 0;
  bool operator==(const LogHello&) const = default;
};

/// Bytes of an attempt's log file, verbatim (records: model/log_record.h), at an offset of that
/// file. Doubled and overlapping ones are harmless: the scheduler keeps what is new.
struct LogBytes {
  AttemptKey key;
  AttemptToken token;
  std::uint64_t offset = 0;
  std::string bytes;
  bool is_last = false;  ///< The attempt has ended and nothing follows `bytes`.
  bool operator==(const LogBytes&) const = default;
};

/// Durable up to here: the agent may forget what is before it.
struct LogStored {
  AttemptKey key;
  std::uint64_t offset = 0;
  bool is_complete = false;
  bool operator==(const LogStored&) const = default;
};

using LogMessage = std::variant<LogHello, LogBytes, LogStored>;

}  // namespace dray
