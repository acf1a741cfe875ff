#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "agent/core/supervisor_step.h"
#include "tests/sim/machine.h"
#include "tests/sim/surroundings.h"

namespace dray::sim {

/// A supervisor's process: the real core over simulated processes and a simulated journal.
class SupervisorProcess {
 public:
  /// Hears what the supervisor says to the agent that is connected now.
  using Told = std::function<void(const supervisor::Fact&)>;

  SupervisorProcess(Surroundings around, Machine& machine);

  /// Empties every group of an earlier life, and begins.
  void start();
  /// Its attempts live on, without a parent.
  void kill();
  [[nodiscard]] bool is_up() const { return state_.has_value(); }
  [[nodiscard]] const supervisor::State& state() const { return *state_; }

  /// The newest connection counts; what comes on an older one is not read.
  std::uint64_t connect(Told told);
  void disconnect(std::uint64_t connection);
  void order(std::uint64_t connection, const supervisor::Order& order);
  /// A process of this machine ended, or its group is empty.
  void process_told(std::uint64_t process, bool is_empty);

 private:
  struct Child {
    std::uint64_t process = 0;
    bool has_exited = false;
    bool is_empty = false;
    bool is_emptied = false;  ///< The core was told.
    bool is_killed = false;   ///< The core wants the group to be empty.
  };

  void put(supervisor::Event event);
  void run_batch();
  void write(const std::vector<supervisor::Action>& actions);
  void act(const supervisor::Action& action);
  void launch(const AttemptKey& key);
  void kill_group(const AttemptKey& key);
  std::vector<ContainerEnd> ends_of_containers(const AttemptKey& key);
  void tell_when_empty(const AttemptKey& key, Child& child);
  void wake_at(std::optional<Instant> when);

  Surroundings around_;
  Machine& machine_;
  Life life_;
  std::optional<supervisor::State> state_;
  std::deque<supervisor::Event> inbox_;
  bool is_busy_ = false;
  std::uint64_t wakes_ = 0;
  std::uint64_t connections_ = 0;
  Told told_;
  std::map<AttemptKey, supervisor::StartOrder> orders_;  ///< The launch plans.
  std::map<AttemptKey, Child> children_;
  std::map<std::uint64_t, AttemptKey> by_process_;
};

}  // namespace dray::sim
