#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/supervisor_event.h"
#include "agent/core/supervisor_messages.h"

namespace dray::supervisor {

/// The life of an attempt here:
///
///   Waiting --fits--> Launching --Launched--> Running --MainExited--> Emptying --GroupEmptied-->
///      |                  |                                                          ended record
///      +-- retract, stop, +-- LaunchFailed --------------------------------------------^
///          lease over ----------------------------------------------------------------^
enum class Phase : std::uint8_t {
  Waiting,    ///< In line for room; nothing of it exists but its plan.
  Launching,  ///< Room is taken, the order to launch is out.
  Running,    ///< Its main process lives.
  Emptying,   ///< Its main process has ended; its group is being killed until it is empty.
};

/// Why we end it ourselves.
enum class StopCause : std::uint8_t { None, Ordered, Timeout, LeaseOver };

struct HeldAttempt {
  AttemptToken token;
  Resources request;
  std::optional<Duration> timeout;
  Duration stop_time{};  ///< A grace is no shorter.
  Phase phase = Phase::Waiting;
  std::optional<Instant> began_at;   ///< Set from Running on.
  StopCause stop = StopCause::None;  ///< Never for Waiting.
  std::optional<Instant> kill_at;    ///< When grace ends; set while a stop waits for its grace.
  Duration grace{};                  ///< Of a stop that came while Launching.
  std::optional<MainExited> exit;    ///< Set exactly when Emptying.
  StopCause stopped_before_exit = StopCause::None;  ///< `stop` as it was when main exited.
};

/// Everything a supervisor believes. Timers are looked up by walking `live`: an agent holds
/// hundreds of attempts, not millions.
struct State {
  std::string agent_name;
  Resources capacity;
  Resources used;                      ///< Of everything live but Waiting.
  std::optional<Instant> lease_until;  ///< Nothing: no agent has set one in this life.
  bool has_agent = false;
  std::map<AttemptKey, HeldAttempt> live;
  std::deque<AttemptKey> line;  ///< Those Waiting, first in, first out.
  std::map<AttemptKey, EndedAttempt> ended;
};

}  // namespace dray::supervisor
