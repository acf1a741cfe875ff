#include "agent/supervisor/supervisor.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <boost/asio/post.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"

namespace dray::supervisor {
namespace {

/// How long a log may have grown before the agent is told.
constexpr std::chrono::milliseconds kTellGrown{50};
/// Between two tries to write the journal on a full disk.
constexpr std::chrono::milliseconds kTryAgain{200};
/// Between the beginnings of two syncs of the journal.
constexpr std::chrono::milliseconds kSyncsApart{2};
/// The agent that started it comes within this, or never.
constexpr std::chrono::seconds kFirstAgent{10};

/// Ends processes: never too early, and no record has to come before it.
bool is_end(const Action& action) {
  return std::holds_alternative<Terminate>(action) || std::holds_alternative<KillGroup>(action);
}

}  // namespace

Supervisor::Supervisor(boost::asio::io_context& io, const Folders& folders,
                       Containment& containment, Journal& journal, Trash& trash,
                       SupervisorOptions options)
    : io_(io),
      folders_(folders),
      containment_(containment),
      journal_(journal),
      trash_(trash),
      scratch_(folders, trash),
      home_{io, containment, folders, scratch_, options.log_bytes_max, options.files_of_jobs},
      socket_(io, *this),
      children_(io, SIGCHLD),
      wake_(io),
      grown_timer_(io),
      flush_timer_(io),
      sync_timer_(io),
      idle_timer_(io),
      idle_(options.idle) {
  state_.agent_name = std::move(options.agent_name);
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
    const AttemptKey key = start->order.key;
    if (!state_.live.contains(key)) {
      plans_.try_emplace(key,
                         Plan{std::move(start->plan), start->order.request, start->order.token});
      fresh_plans_.push_back(key);
    }
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

/// Programs of attempts, and orphans: a sub-reaper is the parent of both.
void Supervisor::reap() {
  int status = 0;
  rusage used{};
  for (pid_t process = 0; (process = ::wait4(-1, &status, WNOHANG, &used)) > 0;) {
    if (const auto remover = removers_.extract(process)) {
      processes_.at(remover.mapped())->container_removed();
      continue;
    }
    const auto child = children_of_.extract(process);
    if (child) {
      processes_.at(child.mapped())->exited(process, status, used);
    } else {
      trash_.reaped(process);
    }
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
  perform(std::move(actions));
  drop_stray_plans();
  leave_if_done();
}

/// F7: a start that was not taken leaves its plan behind.
void Supervisor::drop_stray_plans() {
  for (const AttemptKey& key : std::exchange(fresh_plans_, {})) {
    if (!state_.live.contains(key)) {
      plans_.erase(key);
    }
  }
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

/// Leases and timeouts are kept also when the disk takes nothing (F6). All else waits for the
/// journal (F7, F8).
void Supervisor::perform(std::vector<Action> actions) {
  for (Action& action : actions) {
    if (is_end(action)) {
      std::visit([this](const auto& what) { act(what); }, action);
    } else {
      held_.push_back(std::move(action));
    }
  }
  flush();
}

/// Only what an earlier sync made durable is launched before the next, which then overlaps with the
/// new program's run.
void Supervisor::launch_early() {
  std::set<AttemptKey> seen_now;
  for (const auto* actions : {&syncing_, &held_}) {
    for (const Action& action : *actions) {
      if (const auto* seen = std::get_if<JournalSeen>(&action)) {
        seen_now.insert(seen->key);
      }
    }
  }
  std::vector<Action> later;
  for (Action& action : std::exchange(held_, {})) {
    const auto* launch = std::get_if<Launch>(&action);
    if (launch != nullptr && !seen_now.contains(launch->key)) {
      act(*launch);
    } else {
      later.push_back(std::move(action));
    }
  }
  held_ = std::move(later);
}

/// Does what is held, once the journal is on disk; else tries again soon.
void Supervisor::flush() {
  if (!journal_.write_out()) {
    flush_later();
    return;
  }
  note_written(true);
  launch_early();
  if (is_syncing_ || is_sync_due_) {
    return;  // It flushes again.
  }
  if (journal_.needs_sync() && sync_later()) {
    return;
  }
  syncing_ = std::exchange(held_, {});
  if (journal_.needs_sync()) {
    begin_sync();
  } else {
    release();
  }
}

void Supervisor::flush_later() {
  note_written(false);
  flush_timer_.expires_after(kTryAgain);
  flush_timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) {
      flush();
      leave_if_done();
    }
  });
}

/// True when it is too early for one more: on a busy machine many records share one.
bool Supervisor::sync_later() {
  const auto due = sync_began_ + kSyncsApart;
  if (due <= std::chrono::steady_clock::now()) {
    return false;
  }
  is_sync_due_ = true;
  sync_timer_.expires_at(due);
  sync_timer_.async_wait([this](boost::system::error_code failed) {
    is_sync_due_ = false;
    if (!failed) {
      flush();
      leave_if_done();
    }
  });
  return true;
}

/// Beside the loop: a disk that is slow, or hangs, keeps neither leases nor the reaping waiting.
void Supervisor::begin_sync() {
  is_syncing_ = true;
  sync_began_ = std::chrono::steady_clock::now();
  boost::asio::post(syncer_, [this, file = journal_.begin_sync()] {
    const bool is_synced = ::fdatasync(file) == 0;
    boost::asio::post(io_, [this, is_synced] { end_sync(is_synced); });
  });
}

void Supervisor::end_sync(bool is_synced) {
  is_syncing_ = false;
  if (journal_.end_sync(is_synced)) {
    release();
    if (!held_.empty() || journal_.needs_sync()) {
      flush();
    }
  } else {
    held_.insert(held_.begin(), std::move_iterator(syncing_.begin()),
                 std::move_iterator(syncing_.end()));
    syncing_.clear();
    flush_later();
  }
  leave_if_done();
}

void Supervisor::release() {
  for (const Action& action : std::exchange(syncing_, {})) {
    std::visit([this](const auto& what) { act(what); }, action);
  }
}

void Supervisor::note_written(bool is_written) {
  if (is_written == is_journal_stuck_) {
    is_journal_stuck_ = !is_written;
    std::fprintf(stderr, is_written ? "the journal is written again\n"
                                    : "the journal cannot be written; trying again\n");
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
  if (is_leaving_ && state_.live.empty() && inbox_.empty() && is_all_done()) {
    leave();
    return;
  }
  watch_idleness();
}

/// What it knows is in its journal: an agent that comes later starts another. So none is left
/// behind by a machine that leaves the cluster or a data folder that was removed, with its control
/// groups.
void Supervisor::watch_idleness() {
  const bool is_idle = !state_.has_agent && state_.live.empty() && is_all_done();
  if (is_idle == is_idle_) {
    return;
  }
  is_idle_ = is_idle;
  idle_timer_.cancel();
  has_had_agent_ = has_had_agent_ || state_.has_agent;
  if (is_idle_) {
    idle_timer_.expires_after(has_had_agent_ ? idle_ : std::max(idle_, kFirstAgent));
    idle_timer_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled && is_idle_ && inbox_.empty()) {
        leave();
      }
    });
  }
}

/// The socket's name stays: it may be another's by now, when the folder was made anew.
void Supervisor::leave() {
  socket_.close();
  io_.stop();
}

// ---- what is done -------------------------------------------------------------------------------

void Supervisor::act(const Launch& action) {
  auto plan = plans_.extract(action.key);
  if (plan.empty()) {
    post(LaunchFailed{action.key, "ResourceInitializationError: the plan of the attempt is lost"});
    return;
  }
  // It was held up by a full disk: what must end is not begun.
  if (state_.live.at(action.key).stop != StopCause::None) {
    post(LaunchFailed{action.key, ""});
    return;
  }
  const Plan& what = plan.mapped();
  auto process = std::make_unique<AttemptProcess>(home_, *this, action.key, what.request);
  auto launched = process->launch(what.plan, mark_of(what.token));
  if (!launched) {
    post(LaunchFailed{action.key, launched.error().reason.substr(0, kReasonMax),
                      process->containers()});
    return;
  }
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
