#include "tests/sim/agent_process.h"

#include <algorithm>
#include <utility>

#include "api/wire/link_codec.h"

namespace dray::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kInputsMax = 32;
constexpr Duration kLocalSocket = microseconds(60);
/// After its lease a group is killed: what that takes here, clock drift included.
constexpr Duration kKillTime = milliseconds(600);

}  // namespace

AgentProcess::AgentProcess(Surroundings around, Machine& machine, SupervisorProcess& supervisor)
    : around_(around), machine_(machine), supervisor_(supervisor), life_(around.timeline) {}

void AgentProcess::start() {
  life_.begin();
  around_.trace.line(around_.timeline.now(), machine_.name() + " starts");
  ++machine_.incarnation;
  if (around_.faults.strikes(Fault::AgentResized, 150)) {
    machine_.resize({.milli_vcpus = 1000 * around_.chance.between(1, 8),
                     .memory_mib = 1024 * around_.chance.between(1, 8)});
    around_.trace.line(around_.timeline.now(),
                       machine_.name() + " has " + to_string(machine_.capacity()));
  }
  state_.emplace();
  state_->identity = {machine_.name(),     machine_.environment(), machine_.name(),
                      machine_.capacity(), machine_.boot_id(),     "folder",
                      machine_.incarnation};
  state_->sequence = machine_.sequence;
  inbox_.clear();
  is_busy_ = false;
  connection_ = 0;
  connecting_ = 0;
  supervisor_connection_ = 0;
  put(agent::Ticked{});
  connect();
}

void AgentProcess::kill() {
  around_.trace.line(around_.timeline.now(), machine_.name() + " killed");
  life_.end();
  state_.reset();
  around_.network.close_all(End::Agent, machine_.number());
  ++calls_;
  // What was written to the socket is still read, and then its end.
  around_.timeline.in(kLocalSocket, [this, connection = supervisor_connection_] {
    supervisor_.disconnect(connection);
  });
  supervisor_connection_ = 0;
}

// ---- the loop
// ------------------------------------------------------------------------------------

void AgentProcess::put(agent::Event event) {
  inbox_.push_back(std::move(event));
  if (!is_busy_) {
    is_busy_ = true;
    life_.later(around_.chance.between(microseconds(5), Duration(microseconds(500))),
                [this] { run_batch(); });
  }
}

void AgentProcess::run_batch() {
  const Instant now = machine_.now();
  agent::Decision decision;
  for (std::size_t taken = 0; !inbox_.empty() && taken < kInputsMax; ++taken) {
    const agent::Event event = std::move(inbox_.front());
    inbox_.pop_front();
    decision = step(*state_, event, now);
    for (const agent::Action& action : decision.actions) {
      act(action);
    }
  }
  decision = step(*state_, agent::Ticked{}, now);
  for (const agent::Action& action : decision.actions) {
    act(action);
  }
  for (const std::string& broken : agent::broken_invariants(*state_)) {
    around_.oracles.problem(machine_.name() + " agent core: " + broken);
  }
  is_busy_ = false;
  wake_at(decision.wake_at);
}

void AgentProcess::wake_at(std::optional<Instant> when) {
  ++wakes_;
  const bool has_letters = !inbox_.empty();
  if (!has_letters && !when) {
    return;
  }
  const Duration delay = has_letters ? Duration{} : machine_.until(*when);
  life_.later(delay, [this, wake = wakes_] {
    if (!is_busy_ && wake == wakes_) {
      is_busy_ = true;
      run_batch();
    }
  });
}

void AgentProcess::act(const agent::Action& action) {
  if (const auto* store = std::get_if<agent::StoreSequence>(&action)) {
    machine_.sequence = store->sequence;
  } else if (const auto* said = std::get_if<agent::Say>(&action)) {
    say(said->message);
  } else if (std::holds_alternative<agent::DropLink>(action)) {
    around_.network.close(connection_ != 0 ? connection_ : connecting_, End::Agent);
    lose_link();
  } else if (std::holds_alternative<agent::CallSupervisor>(action)) {
    call_supervisor();
  } else if (const auto* tell = std::get_if<agent::TellSupervisor>(&action)) {
    tell_supervisor(tell->order);
  } else if (const auto* start = std::get_if<agent::TellStart>(&action)) {
    tell_supervisor(start->order);
  } else if (const auto* log = std::get_if<agent::EndLog>(&action)) {
    end_log(log->key);
  }
}

// ---- the link
// ------------------------------------------------------------------------------------

void AgentProcess::connect() {
  connecting_ = around_.network.connect(machine_.number());
}

void AgentProcess::connected(ConnectionId id) {
  life_.later(Duration{}, [this, id] {
    if (id == connecting_) {
      connection_ = std::exchange(connecting_, 0);
      parser_ = {};
      failures_ = 0;
      put(agent::LinkUp{});
    }
  });
}

void AgentProcess::closed(ConnectionId id) {
  life_.later(Duration{}, [this, id] {
    if (id == connection_ || id == connecting_) {
      lose_link();
    }
  });
}

void AgentProcess::lose_link() {
  connecting_ = 0;
  if (std::exchange(connection_, 0) != 0) {
    put(agent::LinkDown{});
  }
  const Duration back_off = milliseconds(100) * (1 << std::min<std::uint64_t>(failures_, 5));
  ++failures_;
  life_.later(around_.chance.between(back_off / 2, back_off), [this] {
    if (connection_ == 0 && connecting_ == 0) {
      connect();
    }
  });
}

void AgentProcess::received(ConnectionId id, const std::string& bytes) {
  life_.later(Duration{}, [this, id, bytes] {
    if (id != connection_) {
      return;
    }
    parser_.feed(bytes);
    while (const auto frame = parser_.next()) {
      Result<SchedulerMessage> message = wire::decode_scheduler_message(*frame);
      if (!message) {
        around_.oracles.problem("an agent cannot read a frame: " + message.error().reason);
        return;
      }
      hear(std::move(*message));
    }
  });
}

void AgentProcess::hear(SchedulerMessage message) {
  around_.trace.line(around_.timeline.now(), "  " + machine_.name() + " <- " + to_text(message));
  if (around_.mutant == Mutant::SessionsUnchecked && state_->session) {
    std::visit(
        [this](auto& order) {
          if constexpr (requires { order.session; }) {
            if (!std::is_same_v<std::decay_t<decltype(order)>, Welcome>) {
              order.session = *state_->session;
            }
          }
        },
        message);
  }
  note_lease(message);
  put(agent::Heard{std::move(message)});
}

void AgentProcess::note_lease(const SchedulerMessage& message) {
  std::optional<Instant> asked;
  Duration lease{};
  if (const auto* welcome = std::get_if<Welcome>(&message)) {
    const auto found = hellos_said_.find(welcome->hello_sequence);
    if (found != hellos_said_.end()) {
      asked = found->second;
      lease = welcome->lease;
    }
  } else if (const auto* granted = std::get_if<LeaseGranted>(&message)) {
    const auto found = leases_asked_.find({granted->session, granted->number});
    if (found != leases_asked_.end()) {
      asked = found->second;
      lease = granted->lease;
    }
  }
  if (asked) {
    around_.oracles.leased(machine_.number(), *asked + lease + kKillTime);
  }
}

void AgentProcess::say(const AgentMessage& message) {
  around_.trace.line(around_.timeline.now(), "  " + machine_.name() + " -> " + to_text(message));
  const auto* hello = std::get_if<Hello>(&message);
  if (hello != nullptr) {
    hellos_said_[hello->sequence] = around_.timeline.now();
  } else if (const auto* lease = std::get_if<LeaseAsked>(&message)) {
    leases_asked_[{lease->session, lease->number}] = around_.timeline.now();
  }
  if (connection_ != 0) {
    around_.network.send(connection_, End::Agent, wire::encode(message), hello != nullptr);
  }
}

void AgentProcess::end_log(const AttemptKey& key) {
  life_.later(around_.chance.between(milliseconds(5), Duration(milliseconds(500))), [this, key] {
    // Logs have a connection of their own, to the same scheduler.
    if (connection_ != 0) {
      put(agent::LogStored{key});
    } else {
      end_log(key);
    }
  });
}

// ---- the supervisor
// ------------------------------------------------------------------------------

void AgentProcess::call_supervisor() {
  const std::uint64_t call = ++calls_;
  const bool is_there = supervisor_.is_up();
  const Duration delay = is_there
                             ? kLocalSocket
                             : around_.chance.between(milliseconds(5), Duration(milliseconds(150)));
  life_.later(delay, [this, call] {
    if (call != calls_) {
      return;
    }
    if (!supervisor_.is_up()) {
      supervisor_.start();
    }
    supervisor_connection_ = supervisor_.connect([this, call](const supervisor::Fact& fact) {
      life_.later(kLocalSocket, [this, call, fact] {
        if (call != calls_) {
          return;
        }
        if (const auto* snapshot = std::get_if<supervisor::Snapshot>(&fact)) {
          put(agent::SupervisorUp{*snapshot});
        } else if (const auto* began = std::get_if<supervisor::Began>(&fact)) {
          put(agent::SupervisorTold{*began});
        } else {
          put(agent::SupervisorTold{std::get<supervisor::Ended>(fact)});
        }
      });
    });
  });
}

void AgentProcess::supervisor_died() {
  ++calls_;
  supervisor_connection_ = 0;
  if (!is_up()) {
    return;
  }
  life_.later(kLocalSocket, [this] { put(agent::SupervisorDown{}); });
}

void AgentProcess::tell_supervisor(const supervisor::Order& order) {
  supervisor::Order told = order;
  auto* lease = std::get_if<supervisor::LeaseOrder>(&told);
  if (lease != nullptr && around_.mutant == Mutant::LeaseIgnored) {
    lease->until = lease->until + std::chrono::hours(1000);
  }
  around_.timeline.in(kLocalSocket, [this, connection = supervisor_connection_, told] {
    if (const auto* capacity = std::get_if<supervisor::CapacityOrder>(&told)) {
      around_.oracles.resized(machine_.number(), capacity->capacity);
    }
    supervisor_.order(connection, told);
  });
}

}  // namespace dray::sim
