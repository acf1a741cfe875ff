#include "tests/sim/supervisor_process.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace dray::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kOrdersMax = 32;

bool is_journal(const supervisor::Action& action) {
  return std::holds_alternative<supervisor::JournalSeen>(action) ||
         std::holds_alternative<supervisor::JournalLaunching>(action) ||
         std::holds_alternative<supervisor::JournalEnded>(action) ||
         std::holds_alternative<supervisor::JournalAcknowledged>(action) ||
         std::holds_alternative<supervisor::JournalForgotten>(action);
}

bool needs_sync(const supervisor::Action& action) {
  return std::holds_alternative<supervisor::JournalSeen>(action) ||
         std::holds_alternative<supervisor::JournalEnded>(action) ||
         std::holds_alternative<supervisor::JournalAcknowledged>(action);
}

}  // namespace

SupervisorProcess::SupervisorProcess(Surroundings around, Machine& machine)
    : around_(around), machine_(machine), life_(around.timeline) {}

void SupervisorProcess::start() {
  // Found by name, killed, and awaited, before anything new starts.
  around_.processes.kill_all_on(machine_.number());
  life_.begin();
  around_.trace.line(around_.timeline.now(), machine_.name() + " supervisor starts");
  state_.emplace();
  state_->agent_name = machine_.name();
  inbox_.clear();
  orders_.clear();
  children_.clear();
  by_process_.clear();
  told_ = {};
  ++connections_;
  is_busy_ = false;
  supervisor::Started started;
  for (const auto& [key, seen] : machine_.journal.seen) {
    started.seen.push_back({key, seen.token, seen.launched_at});
  }
  for (const auto& [key, record] : machine_.journal.ended) {
    started.ended.push_back(record);
  }
  put(std::move(started));
}

void SupervisorProcess::kill() {
  around_.trace.line(around_.timeline.now(), machine_.name() + " supervisor killed");
  life_.end();
  state_.reset();
}

std::uint64_t SupervisorProcess::connect(Told told) {
  told_ = std::move(told);
  put(supervisor::AgentConnected{});
  return ++connections_;
}

void SupervisorProcess::disconnect(std::uint64_t connection) {
  if (connection == connections_) {
    told_ = {};
    put(supervisor::AgentDisconnected{});
  }
}

void SupervisorProcess::order(std::uint64_t connection, const supervisor::Order& order) {
  if (connection == connections_) {
    put(supervisor::Ordered{order});
  }
}

void SupervisorProcess::process_told(std::uint64_t process, bool is_empty) {
  const auto found = by_process_.find(process);
  if (!is_up() || found == by_process_.end()) {
    return;
  }
  const AttemptKey key = found->second;
  Child& child = children_[key];
  if (is_empty) {
    child.is_empty = true;
  } else {
    child.has_exited = true;
    const ProcessEnd& end = around_.processes.witness(process).end;
    put(supervisor::MainExited{.key = key,
                               .exit_code = end.exit_code.value_or(0),
                               .signal = end.signal,
                               .containers = ends_of_containers(key)});
  }
  tell_when_empty(key, child);
}

/// Of a pod, which alone has a time to stop.
std::vector<ContainerEnd> SupervisorProcess::ends_of_containers(const AttemptKey& key) {
  const auto order = orders_.find(key);
  if (order == orders_.end() || order->second.stop_time == Duration::zero()) {
    return {};
  }
  const auto code = static_cast<std::int32_t>(around_.chance.below(200));
  return {{"main", true, code, ""}, {"side", false, std::nullopt, "NotStarted"}};
}

void SupervisorProcess::tell_when_empty(const AttemptKey& key, Child& child) {
  if (!child.has_exited || !child.is_empty || !child.is_killed || child.is_emptied) {
    return;
  }
  child.is_emptied = true;
  const ProcessEnd& end = around_.processes.witness(child.process).end;
  const auto log_size = around_.chance.one_in(4) ? 0 : around_.chance.below(5000);
  life_.later(around_.chance.between(microseconds(100), Duration(milliseconds(5))),
              [this, key, log_size, memory = end.was_out_of_memory] {
                put(supervisor::GroupEmptied{key, Usage{1, 1}, memory, log_size});
              });
}

void SupervisorProcess::put(supervisor::Event event) {
  if (!is_up()) {
    return;
  }
  inbox_.push_back(std::move(event));
  if (!is_busy_) {
    is_busy_ = true;
    life_.later(around_.chance.between(microseconds(5), Duration(microseconds(300))),
                [this] { run_batch(); });
  }
}

void SupervisorProcess::run_batch() {
  std::vector<supervisor::Action> actions;
  const Instant now = machine_.now();
  supervisor::Decision decision;
  for (std::size_t taken = 0; !inbox_.empty() && taken < kOrdersMax; ++taken) {
    const supervisor::Event event = std::move(inbox_.front());
    inbox_.pop_front();
    if (const auto* ordered = std::get_if<supervisor::Ordered>(&event)) {
      if (const auto* start = std::get_if<supervisor::StartOrder>(&ordered->order)) {
        orders_[start->key] = *start;
      }
    }
    decision = step(*state_, event, now);
    std::move(decision.actions.begin(), decision.actions.end(), std::back_inserter(actions));
  }
  decision = step(*state_, supervisor::Ticked{}, now);
  std::move(decision.actions.begin(), decision.actions.end(), std::back_inserter(actions));
  for (const std::string& broken : supervisor::broken_invariants(*state_)) {
    around_.oracles.problem(machine_.name() + " supervisor core: " + broken);
  }
  const bool syncs = std::any_of(actions.begin(), actions.end(), needs_sync);
  const Duration disk =
      syncs ? around_.chance.between(microseconds(200), Duration(milliseconds(8))) : Duration{};
  auto kept = std::make_shared<std::vector<supervisor::Action>>(std::move(actions));
  life_.later(disk, [this, kept, wake = decision.wake_at] {
    write(*kept);
    for (const supervisor::Action& action : *kept) {
      if (!is_journal(action)) {
        act(action);
      }
    }
    is_busy_ = false;
    wake_at(wake);
  });
}

void SupervisorProcess::wake_at(std::optional<Instant> when) {
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

void SupervisorProcess::write(const std::vector<supervisor::Action>& actions) {
  Journal& journal = machine_.journal;
  for (const supervisor::Action& action : actions) {
    if (const auto* seen = std::get_if<supervisor::JournalSeen>(&action)) {
      journal.seen[seen->key] = {seen->token, {}};
    } else if (const auto* launching = std::get_if<supervisor::JournalLaunching>(&action)) {
      journal.seen[launching->key].launched_at = launching->at;
    } else if (const auto* ended = std::get_if<supervisor::JournalEnded>(&action)) {
      journal.seen.erase(ended->attempt.key);
      around_.oracles.journalled(ended->attempt);
      if (around_.mutant != Mutant::EndsForgotten) {
        journal.ended[ended->attempt.key] = ended->attempt;
      }
    } else if (const auto* known = std::get_if<supervisor::JournalAcknowledged>(&action)) {
      const auto found = journal.ended.find(known->key);
      if (found != journal.ended.end()) {
        found->second.is_acknowledged = true;
      }
    } else if (const auto* forgotten = std::get_if<supervisor::JournalForgotten>(&action)) {
      journal.seen.erase(forgotten->key);
      journal.ended.erase(forgotten->key);
    }
  }
  if (around_.mutant == Mutant::StartsForgotten) {
    journal.seen.clear();
  }
  if (std::any_of(actions.begin(), actions.end(), needs_sync)) {
    machine_.synced_journal = journal;
  }
}

void SupervisorProcess::act(const supervisor::Action& action) {
  if (const auto* start = std::get_if<supervisor::Launch>(&action)) {
    launch(start->key);
  } else if (const auto* terminate = std::get_if<supervisor::Terminate>(&action)) {
    const auto child = children_.find(terminate->key);
    if (child != children_.end()) {
      around_.processes.send_term(child->second.process);
    }
  } else if (const auto* end = std::get_if<supervisor::KillGroup>(&action)) {
    kill_group(end->key);
  } else if (const auto* dropped = std::get_if<supervisor::DropPlan>(&action)) {
    orders_.erase(dropped->key);
  } else if (const auto* tell = std::get_if<supervisor::TellAgent>(&action)) {
    if (told_) {
      told_(tell->fact);
    }
  }
}

void SupervisorProcess::launch(const AttemptKey& key) {
  const auto plan = orders_.find(key);
  if (plan == orders_.end()) {
    around_.oracles.problem(machine_.name() + " launches an attempt without its plan");
    return;
  }
  const supervisor::StartOrder order = plan->second;
  life_.later(around_.chance.between(microseconds(300), Duration(milliseconds(20))), [this, order] {
    if (around_.faults.strikes(Fault::LaunchFails, 15)) {
      put(supervisor::LaunchFailed{order.key, "no such program"});
      return;
    }
    const std::uint64_t process =
        around_.processes.launch(machine_.number(), order.key, order.token, order.request);
    children_[order.key] = {.process = process};
    by_process_[process] = order.key;
    put(supervisor::Launched{order.key});
  });
}

void SupervisorProcess::kill_group(const AttemptKey& key) {
  const auto child = children_.find(key);
  if (child == children_.end()) {
    return;
  }
  child->second.is_killed = true;
  around_.processes.send_kill(child->second.process);
  tell_when_empty(key, child->second);
}

}  // namespace dray::sim
