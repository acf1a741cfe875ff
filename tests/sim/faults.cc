#include "tests/sim/faults.h"

namespace dray::sim {
namespace {

constexpr std::array<std::string_view, kFaults> kNames = {
    "scheduler killed before commit",
    "scheduler killed after commit",
    "scheduler killed while answering",
    "scheduler killed idle",
    "scheduler down long",
    "scheduler frozen",
    "disk slow",
    "disk full",
    "agent killed",
    "agent frozen",
    "machine rebooted",
    "agent resized",
    "supervisor killed",
    "agent and supervisor killed",
    "link cut",
    "link cut to agent",
    "link cut to scheduler",
    "link partitioned",
    "link reset",
    "message late",
    "message twice",
    "hello again",
    "stale to scheduler",
    "stale to agent",
    "clock drifts",
    "launch fails",
    "term ignored",
    "memory runs out",
    "process killed",
    "user cancels",
    "user terminates",
    "user reruns",
    "user holds",
    "user changes priority",
    "user drains",
    "queue switched off",
    "queue limited",
    "environment switched off",
};

}  // namespace

std::string_view name_of(Fault fault) {
  return kNames[static_cast<std::size_t>(fault)];
}

Faults::Faults(Chance& chance) : chance_(chance) {
  // One seed in eight has no fault at all, so that plain mistakes show plainly.
  if (chance_.one_in(8)) {
    return;
  }
  for (std::uint64_t& strength : strength_) {
    strength = chance_.one_in(2) ? 1 + chance_.below(4) : 0;
  }
}

bool Faults::strikes(Fault fault, std::uint64_t per_mille) {
  if (!has(fault) || !chance_.per_mille(per_mille * strength_of(fault))) {
    return false;
  }
  count(fault);
  return true;
}

}  // namespace dray::sim
