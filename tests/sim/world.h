#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/host.h"
#include "tests/sim/scheduler_process.h"
#include "tests/sim/surroundings.h"
#include "tests/sim/users.h"

namespace dray::sim {

/// What a run is made of.
struct Plan {
  std::uint64_t seed = 1;
  Mutant mutant = Mutant::None;
  bool is_printed = false;
};

/// How a run went.
struct Outline {
  std::optional<std::string> problem;
  std::string tail;  ///< The last lines of the trace.
  std::uint64_t hash = 0;
  std::uint64_t lines = 0;
  std::uint64_t jobs = 0;
  std::uint64_t processes = 0;
  FaultCounts faults{};
};

/// One simulated cluster, from its first moment to the last: some minutes in which things go wrong,
/// and then a time in which nothing does and everything must come to its end.
class World {
 public:
  explicit World(Plan plan);
  Outline run();

 private:
  void listen();
  void make_hosts();
  void trouble_later();
  void trouble();
  void trouble_host(Host& host);
  void trouble_link(std::size_t agent);
  void check_later();
  /// Until everything has come to rest, or is overdue.
  void come_to_rest();
  [[nodiscard]] bool is_at_rest() const;
  [[nodiscard]] std::string unrest() const;
  /// Runs until `end`, or the first problem.
  void run_until(Instant end);
  [[nodiscard]] Host& some_host() { return *hosts_[chance_.below(hosts_.size())]; }

  Plan plan_;
  Chance chance_;
  Timeline timeline_;
  Trace trace_;
  Faults faults_;
  Disk disk_;
  Processes processes_;
  std::vector<Resources> capacities_;
  Network network_;
  Oracles oracles_;
  SchedulerProcess scheduler_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::unique_ptr<Users> users_;
};

}  // namespace dray::sim
