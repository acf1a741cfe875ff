#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/wire/frame.h"
#include "scheduler/core/state.h"
#include "scheduler/core/step.h"
#include "tests/sim/disk.h"
#include "tests/sim/surroundings.h"
#include "tests/sim/users.h"

namespace dray::sim {

/// The scheduler's process: the real core, in the loop of the service, over a simulated disk and
/// network. It can be killed at every moment that matters, and frozen.
class SchedulerProcess {
 public:
  SchedulerProcess(Surroundings around, Disk& disk, Settings settings);

  void start();
  void kill(Duration down);
  void freeze(Duration duration);
  [[nodiscard]] bool is_up() const { return state_ != nullptr; }

  /// The door. `answered` hears nothing good when the process dies first.
  void ask(Request request, Answered answered);

  // The link.
  void accepted(ConnectionId id);
  void received(ConnectionId id, const std::string& bytes);
  void closed(ConnectionId id);

 private:
  struct Letter {
    Event event;
    std::uint64_t request = 0;    ///< Of a user; zero: nobody waits.
    ConnectionId connection = 0;  ///< Of a hello.
  };
  struct Batch {
    std::vector<Letter> letters;
    std::vector<Decision> decisions;  ///< One a letter, and the tick's.
  };
  struct Conversation {
    wire::FrameParser parser;
    SessionId session;  ///< Granted last on this connection.
  };

  void pretend_new_boot(SessionId session);
  void put(Letter letter);
  void take_message(ConnectionId id, AgentMessage message);
  void wake();
  void run_batch();
  void sweep();
  void commit(Batch& batch);
  void trace(const Change& change);
  void leave(Batch& batch);
  void answer(const Letter& letter, const Reply& reply);
  /// Looks up on disk what the core does not know, and brings the event again.
  void bring_again(Letter letter, const UnknownDependencies& unknown);
  void bring_array(Letter letter);
  void send(const Order& order, ConnectionId asking);
  void check_state();
  [[nodiscard]] Instant now() const { return clock_.local(around_.timeline.now()); }
  [[nodiscard]] WallTime wall() const;
  void die(Fault fault);

  Surroundings around_;
  Disk& disk_;
  Settings settings_;
  LocalClock clock_;
  std::int64_t wall_offset_ms_ = 0;
  Life life_;
  // One life of the process.
  std::unique_ptr<State> state_;
  std::deque<Letter> inbox_;
  bool is_busy_ = false;  ///< A batch is under way, or planned.
  Instant woken_at_;      ///< The wake-up that counts; others are ignored.
  std::map<ConnectionId, Conversation> conversations_;
  std::map<SessionId, ConnectionId> sessions_;
  std::map<std::uint64_t, Answered> open_;  ///< Requests that were not answered.
  std::uint64_t requests_ = 0;
  std::uint64_t batches_ = 0;
};

}  // namespace dray::sim
