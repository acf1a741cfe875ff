#include "agent/core/agent_step.h"

namespace dray::agent {

std::vector<std::string> broken_invariants(const State& state) {
  std::vector<std::string> broken;
  const auto must = [&broken](bool holds, std::string what) {
    if (!holds) {
      broken.push_back(std::move(what));
    }
  };
  must(!state.session || !state.hello, "a session or a hello that waits for one, not both");
  must(state.is_link_up || (!state.session && !state.hello), "no session without a link");
  must(state.session || state.jobs.empty(), "jobs are known for a session");
  must(state.session || state.untold.empty(), "facts are for a session");
  must(state.session || state.asked.empty(), "leases are asked for in a session");
  must(!state.is_supervisor_up || state.unsaid.empty(), "nothing is unsaid to a supervisor");
  for (const auto& [key, live] : state.live) {
    must(!state.ended.contains(key), task_id(key) + ": live or ended, not both");
    must(live.is_handed_over || !state.is_supervisor_up, task_id(key) + ": not handed over");
  }
  for (const auto& [key, ended] : state.ended) {
    must(!ended.record.is_acknowledged || !ended.is_log_stored,
         task_id(key) + ": kept though nothing is missing");
  }
  return broken;
}

}  // namespace dray::agent
