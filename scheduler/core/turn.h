#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "scheduler/core/decision.h"
#include "scheduler/core/event.h"
#include "scheduler/core/state.h"

namespace dray {

/// A job (kNoChild) or a run of children that ended in this turn: what hangs on it follows.
struct EndedRun {
  JobId job;
  std::int32_t first = kNoChild;
  std::int32_t last = kNoChild;
  bool has_succeeded = false;
};

/// One step under way: the state as it is by now, and the decision as it grows.
class Turn {
 public:
  Turn(State& state, const Event& event, Instant now)
      : state_(state), at_(event.at), now_(now), chance_(event.chance) {}

  [[nodiscard]] const State& state() const { return state_; }
  /// For volatile facts only; rows change by `put`.
  [[nodiscard]] State& volatile_state() { return state_; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] WallTime at() const { return at_; }
  /// An agent's "this long before I sent it" as wall time.
  [[nodiscard]] WallTime before(Duration age) const;

  /// Applies the change and records it: belief and disk cannot drift. CHECKs transitions.
  void put(Change change);
  void order(AgentId agent, SchedulerMessage message);
  void reply(Reply reply) { decision_.reply = std::move(reply); }
  void refuse(ErrorCode code, std::string reason) { reply(Error{code, std::move(reason)}); }
  void wake_at(Instant at);
  /// Another one each time, from the event's chance.
  AttemptToken next_token();

  void note_ended(const EndedRun& ended) { ended_.push_back(ended); }
  std::optional<EndedRun> next_ended();

  Decision decision() && { return std::move(decision_); }

 private:
  State& state_;
  WallTime at_;
  Instant now_;
  AttemptToken chance_;
  std::uint64_t tokens_ = 0;
  std::deque<EndedRun> ended_;
  Decision decision_;
};

// One overload an event, one file each: take_*.cc.
void take(Turn& turn, const EnvironmentCreated& event);
void take(Turn& turn, const EnvironmentUpdated& event);
void take(Turn& turn, const EnvironmentDeleted& event);
void take(Turn& turn, const QueueCreated& event);
void take(Turn& turn, const QueueUpdated& event);
void take(Turn& turn, const QueueDeleted& event);
void take(Turn& turn, const DefinitionRegistered& event);
void take(Turn& turn, const DefinitionDeregistered& event);
void take(Turn& turn, const JobSubmitted& event);
void take(Turn& turn, const JobCancelled& event);
void take(Turn& turn, const JobTerminated& event);
void take(Turn& turn, const AccessKeyCreated& event);
void take(Turn& turn, const AccessKeySwitched& event);
void take(Turn& turn, const AccessKeyDeleted& event);
void take(Turn& turn, const AccessKeyUsed& event);
void take(Turn& turn, const EntryCreated& event);
void take(Turn& turn, const EntryUpdated& event);
void take(Turn& turn, const EntryDeleted& event);
void take(Turn& turn, const QuantityChanged& event);
void take(Turn& turn, const ResourceTagged& event);
void take(Turn& turn, const ExplanationAsked& event);
void take(Turn& turn, const AgentsAsked& event);
void take(Turn& turn, const AgentAttemptsAsked& event);
void take(Turn& turn, const SnapshotAsked& event);
void take(Turn& turn, const ConsumablesAsked& event);
void take(Turn& turn, const AgentDrained& event);
void take(Turn& turn, const AgentSaidHello& event);
void take(Turn& turn, const AgentAskedLease& event);
void take(Turn& turn, const AgentToldFacts& event);
void take(Turn& turn, const AgentDisconnected& event);
void take(Turn& turn, const Ticked& event);

}  // namespace dray
