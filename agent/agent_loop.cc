#include "agent/agent_loop.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/supervisor/clock.h"

namespace dray {
namespace {

/// How long the scheduler is given to acknowledge the ends of a shutdown.
constexpr std::chrono::seconds kLastWords{3};

}  // namespace

AgentLoop::AgentLoop(boost::asio::io_context& io, const supervisor::Folders& folders,
                     SequenceFile& sequence, const Runner& runner, agent::Identity identity,
                     const Place& place)
    : io_(io),
      folders_(folders),
      sequence_(sequence),
      runner_(runner),
      wake_(io),
      leave_(io),
      supervisor_(io, folders, identity.name, place.supervisor_options, *this),
      link_(io, place.scheduler_host, place.scheduler_port, *this),
      shipper_(io, place.scheduler_host, place.scheduler_port,
               {.agent_name = identity.name,
                .boot_id = identity.boot_id,
                .incarnation = identity.incarnation},
               *this) {
  state_.identity = std::move(identity);
  state_.sequence = sequence.sequence();
}

void AgentLoop::start() {
  link_.start();
  shipper_.start();
  post_batch();
}

void AgentLoop::stop() {
  link_.stop();
  shipper_.stop();
  supervisor_.stop();
  io_.stop();
}

void AgentLoop::shut_down() {
  if (is_leaving_) {
    return;
  }
  is_leaving_ = true;
  if (!state_.is_supervisor_up) {
    spdlog::warn("No supervisor answers: nothing to end.");
    stop();
    return;
  }
  supervisor_.send(supervisor::ShutDown{});
}

// ---- what happens -------------------------------------------------------------------------------

void AgentLoop::heard(SchedulerMessage message) {
  post(agent::Heard{std::move(message)});
}

void AgentLoop::log_stored(const AttemptKey& key, std::uint64_t, bool complete) {
  if (complete) {
    post(agent::LogStored{key});
  }
}

void AgentLoop::supervisor_said(supervisor::ToAgent message) {
  if (const auto* greeting = std::get_if<supervisor::Greeting>(&message)) {
    if (greeting->protocol != supervisor::kProtocol ||
        greeting->agent_name != state_.identity.name) {
      spdlog::error(
          "The supervisor of this folder speaks protocol {} for agent {}; it must be "
          "shut down by the agent that started it.",
          greeting->protocol, greeting->agent_name);
    }
  } else if (const auto* grew = std::get_if<supervisor::LogGrew>(&message)) {
    shipper_.grew(grew->key);
  } else if (auto* shortcomings = std::get_if<supervisor::Shortcomings>(&message)) {
    spdlog::info("Attempts are held together by {}.", shortcomings->containment);
    for (const std::string& sentence : shortcomings->sentences) {
      spdlog::warn("{}", sentence);
    }
  } else if (auto* fact = std::get_if<supervisor::Fact>(&message)) {
    if (auto* snapshot = std::get_if<supervisor::Snapshot>(fact)) {
      post(agent::SupervisorUp{std::move(*snapshot)});
    } else if (auto* began = std::get_if<supervisor::Began>(fact)) {
      post(agent::SupervisorTold{*began});
    } else if (auto* ended = std::get_if<supervisor::Ended>(fact)) {
      post(agent::SupervisorTold{std::move(*ended)});
    }
  }
}

void AgentLoop::supervisor_down() {
  if (is_leaving_) {
    is_supervisor_gone_ = true;
    leave_.expires_after(kLastWords);
    leave_.async_wait([this](boost::system::error_code failed) {
      if (!failed) {
        stop();
      }
    });
  } else {
    spdlog::warn("The supervisor is gone; calling it, or a new one.");
  }
  post(agent::SupervisorDown{});
}

// ---- the loop -----------------------------------------------------------------------------------

void AgentLoop::post(agent::Event event) {
  inbox_.push_back(std::move(event));
  post_batch();
}

void AgentLoop::post_batch() {
  if (!is_batch_posted_) {
    is_batch_posted_ = true;
    boost::asio::post(io_, [this] {
      is_batch_posted_ = false;
      run_batch();
    });
  }
}

void AgentLoop::run_batch() {
  const Instant now = supervisor::read_clock();
  const auto take = [this, now](const agent::Event& event) {
    const agent::Decision decision = agent::step(state_, event, now);
    for (const agent::Action& action : decision.actions) {
      std::visit([this](const auto& what) { act(what); }, action);
    }
    return decision.wake_at;
  };
  for (const agent::Event& event : std::exchange(inbox_, {})) {
    take(event);
  }
  wake_at(take(agent::Ticked{}));
  leave_if_done();
}

void AgentLoop::wake_at(std::optional<Instant> at) {
  wake_.cancel();
  if (at) {
    // The timer's clock stands still while the machine sleeps; ours does not.
    wake_.expires_after(std::clamp<Duration>(
        *at - supervisor::read_clock(), std::chrono::milliseconds(1), std::chrono::seconds(1)));
    wake_.async_wait([this](boost::system::error_code failed) {
      if (!failed) {
        post_batch();
      }
    });
  }
}

void AgentLoop::leave_if_done() {
  if (!is_supervisor_gone_ || !inbox_.empty()) {
    return;
  }
  const bool is_all_told =
      std::all_of(state_.ended.begin(), state_.ended.end(), [](const auto& ended) {
        return ended.second.record.is_acknowledged && ended.second.is_log_stored;
      });
  if (is_all_told || !state_.session) {
    stop();
  }
}

// ---- what is done -------------------------------------------------------------------------------

void AgentLoop::act(const agent::StoreSequence& action) {
  if (!sequence_.store(action.sequence)) {
    spdlog::critical("{} cannot be written: a hello must not be said twice.",
                     folders_.agent_sequence());
    std::_Exit(70);
  }
}

void AgentLoop::act(const agent::Say& action) {
  link_.send(action.message);
}

void AgentLoop::act(const agent::DropLink&) {
  link_.drop();
}

void AgentLoop::act(const agent::CallSupervisor&) {
  if (!is_leaving_) {
    supervisor_.call();
  }
}

void AgentLoop::act(const agent::TellSupervisor& action) {
  supervisor_.send(action.order);
}

void AgentLoop::act(const agent::TellStart& action) {
  const AttemptKey& key = action.order.key;
  supervisor_.send(supervisor::PlannedStart{
      action.order, runner_.plan(*action.job, key, action.order.token, folders_.scratch(key))});
}

void AgentLoop::act(const agent::ShipLog& action) {
  shipper_.ship(action.key, action.token, folders_.log(action.key));
}

void AgentLoop::act(const agent::EndLog& action) {
  shipper_.ended(action.key, action.size);
}

/// Size 0: complete as it is.
void AgentLoop::act(const agent::DropLog& action) {
  shipper_.ended(action.key, 0);
}

void AgentLoop::act(const agent::Registered& action) {
  refusal_.clear();
  spdlog::info("Session {}: {} attempts run or wait here.", action.session.value,
               state_.live.size());
  if (!is_ready_) {
    is_ready_ = true;
    std::printf("ready agent %s environment=%s capacity=\"%s\"\n", state_.identity.name.c_str(),
                state_.identity.environment.c_str(), to_string(state_.identity.capacity).c_str());
    std::fflush(stdout);
  }
}

void AgentLoop::act(const agent::Refused& action) {
  if (action.reason != refusal_) {
    spdlog::error("The scheduler refuses this agent, which tries on: {}", action.reason);
    refusal_ = action.reason;
  }
}

}  // namespace dray
