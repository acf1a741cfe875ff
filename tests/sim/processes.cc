#include "tests/sim/processes.h"

#include <csignal>
#include <utility>

namespace dray::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

void Processes::watch(Told told, Watcher begun, Watcher gone) {
  told_ = std::move(told);
  begun_ = std::move(begun);
  gone_ = std::move(gone);
}

std::uint64_t Processes::launch(std::size_t machine, const AttemptKey& key,
                                const AttemptToken& token, const Resources& request) {
  witnesses_.push_back({key, token, machine, request, timeline_.now(), {}, {}, {}});
  natures_.push_back({faults_.strikes(Fault::TermIgnored, 60), chance_.one_in(6)});
  const std::uint64_t process = witnesses_.size();
  live_.insert(process);
  begun_(witnesses_.back());
  const ProcessEnd planned = some_end(key);
  timeline_.in(some_run_time(key), [this, process, planned] { end(process, planned); });
  return process;
}

Duration Processes::some_run_time(const AttemptKey& key) {
  // Jobs differ: every third is slow.
  if (key.job.job.value % 3 == 0) {
    return chance_.between(milliseconds(200), Duration(seconds(25)));
  }
  return chance_.between(milliseconds(1), Duration(milliseconds(2500)));
}

ProcessEnd Processes::some_end(const AttemptKey& key) {
  if (faults_.strikes(Fault::MemoryRunsOut, 10)) {
    return {.signal = SIGKILL, .was_out_of_memory = true};
  }
  if (faults_.strikes(Fault::ProcessKilled, 10)) {
    return {.signal = chance_.one_in(2) ? SIGKILL : SIGSEGV};
  }
  const bool is_shaky = key.job.job.value % 4 == 0;
  if (chance_.per_mille(is_shaky ? 350 : 20)) {
    return {.exit_code = static_cast<std::int32_t>(chance_.between(1, 3))};
  }
  return {.exit_code = 0};
}

void Processes::end(std::uint64_t process, const ProcessEnd& end) {
  Witness& witness = witnesses_[process - 1];
  if (witness.ended) {
    return;
  }
  witness.ended = timeline_.now();
  witness.end = end;
  told_(witness.machine, process, false);
  if (!natures_[process - 1].leaves_children) {
    empty(process, true);
  }
}

void Processes::empty(std::uint64_t process, bool is_told) {
  if (live_.erase(process) == 0) {
    return;
  }
  Witness& witness = witnesses_[process - 1];
  witness.gone = timeline_.now();
  gone_(witness);
  if (is_told) {
    told_(witness.machine, process, true);
  }
}

void Processes::send_term(std::uint64_t process) {
  if (natures_[process - 1].ignores_term) {
    return;
  }
  // Some programs tidy up and leave with a code of their own, 0 too.
  ProcessEnd planned{.signal = SIGTERM};
  if (chance_.one_in(4)) {
    planned = {.exit_code = chance_.one_in(2) ? 0 : 143};
  }
  timeline_.in(chance_.between(milliseconds(1), Duration(milliseconds(1500))),
               [this, process, planned] { end(process, planned); });
}

void Processes::send_kill(std::uint64_t process) {
  timeline_.in(chance_.between(milliseconds(1), Duration(milliseconds(300))), [this, process] {
    end(process, {.signal = SIGKILL});
    empty(process, true);
  });
}

void Processes::kill_all_on(std::size_t machine) {
  for (const std::uint64_t process : live_on(machine)) {
    Witness& witness = witnesses_[process - 1];
    if (!witness.ended) {
      witness.ended = timeline_.now();
      witness.end = {.signal = SIGKILL};
    }
    empty(process, false);
  }
}

std::vector<std::uint64_t> Processes::live_on(std::size_t machine) const {
  std::vector<std::uint64_t> processes;
  for (const std::uint64_t process : live_) {
    if (witnesses_[process - 1].machine == machine) {
      processes.push_back(process);
    }
  }
  return processes;
}

}  // namespace dray::sim
