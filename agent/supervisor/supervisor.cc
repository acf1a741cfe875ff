#include "agent/supervisor/supervisor.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"

namespace dray::supervisor {
namespace {

/// How long a log may have grown before the agent is told.
constexpr std::chrono::milliseconds kTellGrown{50};
/// Between two tries to write the journal on a full disk.
constexpr std::chrono::milliseconds kTryAgain{200};

std::string hex(std::uint64_t number) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t digit = 16; digit > 0; --digit, number >>= 4U) {
    text[digit - 1] = kDigits[number & 0xFU];
  }
  return text;
}

/// Tries until it is done.
template <class Try>
void insist(Try is_done) {
  while (!is_done()) {
    std::fprintf(stderr, "the journal cannot be written; trying again\n");
    ::usleep(std::chrono::microseconds(kTryAgain).count());
  }
}

}  // namespace

Supervisor::Supervisor(boost::asio::io_context& io, const Folders& folders,
                       Containment& containment, Journal& journal, Trash& trash,
                       std::string agent_name, std::uint64_t log_bytes_max)
    : io_(io),
      folders_(folders),
      containment_(containment),
      journal_(journal),
      trash_(trash),
      scratch_(folders, trash),
      home_{io, containment, folders, scratch_, log_bytes_max},
      socket_(io, *this),
      children_(io, SIGCHLD),
      wake_(io),
      grown_timer_(io) {
  state_.agent_name = std::move(agent_name);
}

Result<void> Supervisor::start() {
  post(journal_.found());
  boost::asio::post(io_, [this] { reap(); });  // Children older than our ear for signals.
  wait_for_children();
  return socket_.listen(folders_.socket());
}

// ---- what happens -------------------------------------------------------------------------------

void Supervisor::agent_connected() {
  is_greeted_ = false;
  post(AgentDisconnected{});
  socket_.send(Greeting{.agent_name = state_.agent_name});
  socket_.send(Shortcomings{containment_.name(), containment_.shortcomings()});
}

void Supervisor::agent_disconnected() {
  post(AgentDisconnected{});
}

/// An agent of another protocol or name is not obeyed: its connection stays silent.
void Supervisor::heard(ToSupervisor message) {
  if (const auto* greeting = std::get_if<Greeting>(&message)) {
    is_greeted_ = greeting->protocol == kProtocol && greeting->agent_name == state_.agent_name;
    if (is_greeted_) {
      post(AgentConnected{});
    }
    return;
  }
  if (!is_greeted_) {
    return;
  }
  if (auto* start = std::get_if<PlannedStart>(&message)) {
    plans_.try_emplace(start->order.key,
                       Plan{std::move(start->plan), start->order.request, start->order.token});
    post(Ordered{start->order});
  } else if (auto* order = std::get_if<Order>(&message)) {
    if (is_leaving_ && std::holds_alternative<LeaseOrder>(*order)) {
      return;
    }
    post(Ordered{std::move(*order)});
  } else if (std::holds_alternative<ShutDown>(message)) {
    is_leaving_ = true;
    post(Ordered{LeaseOrder{read_clock()}});  // As if the machine went: everything ends at once.
  }
}

void Supervisor::emptied(const GroupEmptied& event) {
  grown_.erase(event.key);
  post(event);
}

void Supervisor::log_grew(const AttemptKey& key) {
  const bool is_first = grown_.empty();
  grown_.insert(key);
  if (is_first) {
    grown_timer_.expires_after(kTellGrown);
    grown_timer_.async_wait([this](boost::system::error_code failed) {
      if (!failed) {
        tell_grown_logs();
      }
    });
  }
}

void Supervisor::tell_grown_logs() {
  for (const AttemptKey& key : std::exchange(grown_, {})) {
    socket_.send(LogGrew{key});
  }
}

void Supervisor::wait_for_children() {
  children_.async_wait([this](boost::system::error_code failed, int) {
    if (!failed) {
      reap();
      wait_for_children();
    }
  });
}

/// Main processes, and orphans: a sub-reaper is the parent of both.
void Supervisor::reap() {
  int status = 0;
  rusage used{};
  for (pid_t process = 0; (process = ::wait4(-1, &status, WNOHANG, &used)) > 0;) {
    const auto main = mains_.find(process);
    if (main == mains_.end()) {
      trash_.reaped(process);
      continue;
    }
    const AttemptKey key = main->second;
    mains_.erase(main);
    processes_.at(key)->main_exited(used);
    MainExited event{.key = key};
    if (WIFSIGNALED(status)) {
      event.signal = WTERMSIG(status);
    } else {
      event.exit_code = WEXITSTATUS(status);
    }
    post(event);
  }
}

// ---- the loop -----------------------------------------------------------------------------------

void Supervisor::post(Event event) {
  inbox_.push_back(std::move(event));
  post_batch();
}

void Supervisor::post_batch() {
  if (!is_batch_posted_) {
    is_batch_posted_ = true;
    boost::asio::post(io_, [this] {
      is_batch_posted_ = false;
      run_batch();
    });
  }
}

void Supervisor::run_batch() {
  const Instant now = read_clock();
  std::vector<Action> actions;
  const auto take = [this, now, &actions](const Event& event) {
    Decision decision = step(state_, event, now);
    for (Action& action : decision.actions) {
      journal(action);
      actions.push_back(std::move(action));
    }
    return decision.wake_at;
  };
  for (const Event& event : std::exchange(inbox_, {})) {
    take(event);
  }
  wake_at(take(Ticked{}));
  commit(actions);
  leave_if_done();
}

void Supervisor::journal(const Action& action) {
  std::visit(
      [this](const auto& what) {
        if constexpr (requires { journal_.write(what); }) {
          journal_.write(what);
        }
      },
      action);
}

/// F7, F8: on disk first. Only what an earlier batch made durable is launched before the fsync,
/// which then overlaps with the new program's run. A disk that takes nothing holds everything up:
/// what happens meanwhile waits in the kernel.
void Supervisor::commit(const std::vector<Action>& actions) {
  insist([this] { return journal_.write_out(); });
  const auto seen_now = [&actions](const AttemptKey& key) {
    return std::any_of(actions.begin(), actions.end(), [&key](const Action& action) {
      const auto* seen = std::get_if<JournalSeen>(&action);
      return seen != nullptr && seen->key == key;
    });
  };
  const auto is_early = [&seen_now](const Action& action) {
    const auto* launch = std::get_if<Launch>(&action);
    return launch != nullptr && !seen_now(launch->key);
  };
  std::vector<const Action*> later;
  for (const Action& action : actions) {
    if (is_early(action)) {
      act(std::get<Launch>(action));
    } else {
      later.push_back(&action);
    }
  }
  insist([this] { return journal_.commit(); });
  for (const Action* action : later) {
    std::visit([this](const auto& what) { act(what); }, *action);
  }
}

void Supervisor::wake_at(std::optional<Instant> at) {
  wake_.cancel();
  if (at) {
    // CLOCK_BOOTTIME goes on while the machine sleeps and the timer's clock does not: look again at
    // least once a second.
    const Duration wait = std::clamp<Duration>(*at - read_clock(), std::chrono::milliseconds(1),
                                               std::chrono::seconds(1));
    wake_.expires_after(wait);
    wake_.async_wait([this](boost::system::error_code failed) {
      if (!failed) {
        post_batch();
      }
    });
  }
}

void Supervisor::leave_if_done() {
  if (is_leaving_ && state_.live.empty() && inbox_.empty()) {
    socket_.close();
    ::unlink(folders_.socket().c_str());
    io_.stop();
  }
}

// ---- what is done -------------------------------------------------------------------------------

void Supervisor::act(const Launch& action) {
  auto plan = plans_.extract(action.key);
  if (plan.empty()) {
    post(LaunchFailed{action.key, "ResourceInitializationError: the plan of the attempt is lost"});
    return;
  }
  const Plan& what = plan.mapped();
  auto process = std::make_unique<AttemptProcess>(home_, *this, action.key, what.request);
  const std::string mark = "DRAY_ATTEMPT_TOKEN=" + hex(what.token.high) + hex(what.token.low);
  auto launched = process->launch(what.plan, mark);
  if (!launched) {
    constexpr std::size_t kReasonMax = 255;  // AWS: container.reason.
    post(LaunchFailed{action.key, launched.error().reason.substr(0, kReasonMax)});
    return;
  }
  mains_[process->main()] = action.key;
  processes_[action.key] = std::move(process);
  post(Launched{action.key});
}

void Supervisor::act(const Terminate& action) {
  processes_.at(action.key)->terminate();
}

void Supervisor::act(const KillGroup& action) {
  processes_.at(action.key)->kill_group();
}

void Supervisor::act(const DropPlan& action) {
  plans_.erase(action.key);
}

void Supervisor::act(const RemoveLog& action) {
  ::unlink(folders_.log(action.key).c_str());
}

void Supervisor::act(const TellAgent& action) {
  socket_.send(action.fact);
}

void Supervisor::act(const JournalEnded& action) {
  processes_.erase(action.attempt.key);
}

}  // namespace dray::supervisor
