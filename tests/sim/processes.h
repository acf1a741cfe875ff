#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "model/ids.h"
#include "model/job.h"
#include "tests/sim/faults.h"
#include "tests/sim/timeline.h"

namespace dray::sim {

/// How a process ended, as its parent sees it.
struct ProcessEnd {
  std::optional<std::int32_t> exit_code;  ///< Absent when a signal ended it.
  std::int32_t signal = 0;
  bool was_out_of_memory = false;
};

/// What really ran: written by the processes themselves, known to no program under test. A process
/// stands for its whole group: it is gone when the last of the group is.
struct Witness {
  AttemptKey key;
  AttemptToken token;
  std::size_t machine = 0;
  Resources request;
  Instant begun;
  std::optional<Instant> ended;  ///< The main process.
  std::optional<Instant> gone;   ///< All of the group.
  ProcessEnd end;
  [[nodiscard]] bool is_live() const { return !gone; }
  [[nodiscard]] bool succeeded() const { return ended && end.exit_code == 0; }
};

/// The processes of all machines. Each runs for a time of its own, ends in its own way, and dies of
/// SIGKILL and of its machine's reboot; some do not listen to SIGTERM, some leave children behind.
class Processes {
 public:
  /// Told when a main process ends, and when its group is empty; not when its machine is gone.
  using Told = std::function<void(std::size_t machine, std::uint64_t process, bool is_empty)>;
  /// Told when a group begins, and when it is gone, by whatever cause.
  using Watcher = std::function<void(const Witness&)>;

  Processes(Timeline& timeline, Chance& chance, Faults& faults)
      : timeline_(timeline), chance_(chance), faults_(faults) {}
  void watch(Told told, Watcher begun, Watcher gone);

  /// The number of the new process, from 1.
  std::uint64_t launch(std::size_t machine, const AttemptKey& key, const AttemptToken& token,
                       const Resources& request);
  void send_term(std::uint64_t process);
  /// To the whole group.
  void send_kill(std::uint64_t process);
  /// All groups of a machine, at once and without a word to anybody.
  void kill_all_on(std::size_t machine);

  [[nodiscard]] const Witness& witness(std::uint64_t process) const {
    return witnesses_[process - 1];
  }
  [[nodiscard]] const std::vector<Witness>& witnesses() const { return witnesses_; }
  /// Groups that are not empty, by number.
  [[nodiscard]] const std::set<std::uint64_t>& live() const { return live_; }
  [[nodiscard]] std::vector<std::uint64_t> live_on(std::size_t machine) const;

 private:
  struct Nature {
    bool ignores_term = false;
    bool leaves_children = false;
  };
  void end(std::uint64_t process, const ProcessEnd& end);
  void empty(std::uint64_t process, bool is_told);
  [[nodiscard]] ProcessEnd some_end(const AttemptKey& key);
  [[nodiscard]] Duration some_run_time(const AttemptKey& key);

  Timeline& timeline_;
  Chance& chance_;
  Faults& faults_;
  Told told_;
  Watcher begun_;
  Watcher gone_;
  std::vector<Witness> witnesses_;
  std::vector<Nature> natures_;
  std::set<std::uint64_t> live_;
};

}  // namespace dray::sim
