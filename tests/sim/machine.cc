#include "tests/sim/machine.h"

#include <algorithm>
#include <utility>

namespace dray::sim {

Machine::Machine(Surroundings around, std::size_t number, std::string environment,
                 Resources capacity)
    : around_(around),
      number_(number),
      name_("agent-" + std::to_string(number)),
      environment_(std::move(environment)),
      first_capacity_(capacity),
      capacity_(capacity) {
  boot();
}

void Machine::boot() {
  const LocalClock before = clock_;
  ++boots_;
  const bool drifts = around_.faults.strikes(Fault::ClockDrifts, 1000);
  const std::int64_t age = around_.chance.between(0, 1'000'000'000);
  clock_ = LocalClock(Duration(age) - around_.timeline.now().since_boot,
                      drifts ? around_.chance.between(-200, 200) : 0);
  if (around_.chance.one_in(2)) {
    journal = synced_journal;
  }
  const auto bring = [&](Instant& at) { at = clock_.local(before.world(at)); };
  for (auto& [key, seen] : journal.seen) {
    if (seen.launched_at) {
      bring(*seen.launched_at);
    }
  }
  for (auto& [key, record] : journal.ended) {
    bring(record.ended_at);
    if (record.began_at) {
      bring(*record.began_at);
    }
  }
  synced_journal = journal;
}

Duration Machine::until(Instant local) const {
  return std::max(clock_.world(local) - around_.timeline.now(), Duration{});
}

}  // namespace dray::sim
