#include "agent/supervisor/attempt_process.h"

#include <algorithm>
#include <utility>

#include <sys/wait.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"

namespace dray::supervisor {
namespace {

constexpr std::chrono::milliseconds kPauseMax{100};
/// An engine removes its container after the container's end; then it is killed. About 5 s.
constexpr int kTidyRounds = 55;
constexpr int kRemovalTries = 10;

MainExited exit_of(const AttemptKey& key, int status) {
  MainExited event{.key = key};
  if (WIFSIGNALED(status)) {
    event.signal = WTERMSIG(status);
  } else {
    event.exit_code = WEXITSTATUS(status);
  }
  return event;
}

void add(rusage& sum, const rusage& used) {
  timeradd(&sum.ru_utime, &used.ru_utime, &sum.ru_utime);
  timeradd(&sum.ru_stime, &used.ru_stime, &sum.ru_stime);
  sum.ru_maxrss = std::max(sum.ru_maxrss, used.ru_maxrss);
}

}  // namespace

AttemptProcess::AttemptProcess(AttemptHome& home, Listener& listener, AttemptKey key,
                               Resources request)
    : home_(home),
      listener_(listener),
      key_(key),
      request_(request),
      log_(home.folders.log(key), home.log_bytes_max),
      programs_home_{home.io, home.folders.scratch(key), home.files_of_jobs, log_,
                     [this] { listener_.log_grew(key_); }},
      pod_timer_(home.io),
      again_(home.io) {}

AttemptProcess::~AttemptProcess() {
  *is_alive_ = false;
}

Result<void> AttemptProcess::launch(LaunchPlan plan, const std::string& mark) {
  if (!plan.refusal.empty()) {
    return refuse(ErrorCode::BadRequest, plan.refusal);
  }
  plan_ = std::move(plan);
  has_engine_ = plan_.engine || std::any_of(plan_.programs.begin(), plan_.programs.end(),
                                            [](const auto& one) { return one.engine.has_value(); });
  auto group = home_.containment.create({request_, mark, has_engine_});
  if (!group) {
    return refuse(ErrorCode::Unavailable, "ResourceInitializationError: " + group.error().reason);
  }
  group_ = std::move(*group);
  if (auto launched = launch_in_group(); !launched) {
    home_.scratch.close(key_);
    home_.containment.take_back(std::move(group_));
    return launched;
  }
  return {};
}

Result<void> AttemptProcess::launch_in_group() {
  const LaunchPlan& first = plan_.programs.empty() ? plan_ : plan_.programs.front();
  const std::uint32_t user = first.engine ? first.engine->folder_user : first.user;
  const std::uint32_t owners = first.engine ? first.engine->folder_group : first.group;
  if (auto opened = home_.scratch.open(key_, user, owners); !opened) {
    return opened;
  }
  std::vector<std::string> volumes;
  for (const LaunchPlan& program : plan_.programs) {
    volumes.insert(volumes.end(), program.folders.begin(), program.folders.end());
  }
  if (!volumes.empty()) {
    if (auto opened = home_.scratch.open_volumes(key_, volumes); !opened) {
      return opened;
    }
  }
  programs_.resize(std::max<std::size_t>(1, plan_.programs.size()));
  if (plan_.programs.empty()) {
    return start(0);
  }
  pod_ = pod::new_pod(plan_.members);
  is_launching_ = true;
  take(pod::Ticked{});
  is_launching_ = false;
  if (has_exited_) {
    return refuse(ErrorCode::Unavailable, why_failed_);
  }
  return {};
}

Result<void> AttemptProcess::start(std::size_t at) {
  auto program = std::make_unique<Program>(programs_home_, static_cast<std::uint8_t>(at));
  if (auto launched = program->launch(pod_ ? plan_.programs[at] : plan_, *group_); !launched) {
    return launched;
  }
  listener_.started(program->process(), key_);
  programs_[at] = std::move(program);
  return {};
}

std::vector<ContainerEnd> AttemptProcess::containers() const {
  return pod_ ? pod::ends_of(*pod_) : std::vector<ContainerEnd>();
}

void AttemptProcess::exited(pid_t child, int status, const rusage& used) {
  const auto program = std::find_if(programs_.begin(), programs_.end(), [child](const auto& one) {
    return one && one->process() == child;
  });
  if (program == programs_.end()) {
    return;
  }
  add(used_, used);
  group_->left_by_main(child);
  (*program)->exited();
  MainExited event = exit_of(key_, status);
  event.never_started = (*program)->why_never_started(event.exit_code).substr(0, kReasonMax);
  if (!pod_) {
    has_exited_ = true;
    listener_.ended(event);
    return;
  }
  take(pod::Exited{static_cast<std::size_t>(program - programs_.begin()),
                   event.signal != 0 ? 128 + event.signal : event.exit_code,
                   std::move(event.never_started)});
}

// ---- the pod ------------------------------------------------------------------------------------

/// Events, and then what time and the new state make of them; what is done answers by events.
void AttemptProcess::take(const pod::Event& event) {
  pod_events_.push_back(event);
  if (is_deciding_) {
    return;
  }
  is_deciding_ = true;
  std::optional<Instant> wake_at;
  while (!pod_events_.empty() && !has_exited_) {
    for (const pod::Event& next : std::exchange(pod_events_, {})) {
      decide(next);
    }
    if (pod_events_.empty()) {
      wake_at = decide(pod::Ticked{});
    }
  }
  is_deciding_ = false;
  wake_pod(has_exited_ ? std::nullopt : wake_at);
}

std::optional<Instant> AttemptProcess::decide(const pod::Event& event) {
  const pod::Decision decision = pod::step(*pod_, event, read_clock());
  for (const pod::Action& action : decision.actions) {
    std::visit([this](const auto& what) { act(what); }, action);
  }
  return decision.wake_at;
}

/// As the supervisor's own timer: its clock stands still while the machine sleeps.
void AttemptProcess::wake_pod(std::optional<Instant> at) {
  pod_timer_.cancel();
  if (!at) {
    return;
  }
  pod_timer_.expires_after(std::clamp<Duration>(*at - read_clock(), std::chrono::milliseconds(1),
                                                std::chrono::seconds(1)));
  pod_timer_.async_wait([this, is_alive = is_alive_](boost::system::error_code failed) {
    if (*is_alive && !failed && !has_exited_) {
      take(pod::Ticked{});
    }
  });
}

void AttemptProcess::act(const pod::Start& action) {
  const auto started = start(action.container);
  if (started) {
    take(pod::Started{action.container});
  } else {
    take(pod::StartFailed{action.container, started.error().reason.substr(0, kReasonMax)});
  }
}

void AttemptProcess::act(const pod::Terminate& action) {
  programs_[action.container]->terminate();
}

/// A killed engine leaves its container, which goes at once.
void AttemptProcess::act(const pod::Kill& action) {
  Program& program = *programs_[action.container];
  program.kill();
  if (program.must_remove()) {
    remove(program);
  }
}

void AttemptProcess::act(const pod::Finish& action) {
  has_exited_ = true;
  why_failed_ = action.never_started;
  if (!is_launching_) {
    listener_.ended({.key = key_,
                     .exit_code = action.exit_code,
                     .never_started = action.never_started,
                     .containers = containers()});
  }
}

// ---- the end ------------------------------------------------------------------------------------

void AttemptProcess::terminate() {
  if (has_exited_) {
    return;
  }
  if (pod_) {
    take(pod::StopAsked{});
  } else {
    programs_.front()->terminate();
  }
}

void AttemptProcess::kill_group() {
  if (is_killing_ && !has_exited_) {
    return;
  }
  is_killing_ = true;
  if (pod_ && !has_exited_) {
    take(pod::Killed{});
  }
  try_to_finish();
}

/// After a main process that ended by itself the group is empty as a rule: look before killing.
void AttemptProcess::try_to_finish() {
  if (!group_) {
    return;  // Finished: a pause that was over before it could be cancelled.
  }
  if (!has_exited_ || !group_->is_empty()) {
    if (!may_engine_tidy()) {
      group_->kill();
      for (const auto& program : programs_) {
        if (program) {
          program->set_must_remove(true);
        }
      }
    }
    if (!has_exited_ || !group_->is_empty()) {
      again_.expires_after(pause_);
      pause_ = std::min(pause_ * 2, kPauseMax);
      again_.async_wait([this, is_alive = is_alive_](boost::system::error_code failed) {
        if (*is_alive && !failed) {
          try_to_finish();
        }
      });
      return;
    }
  }
  again_.cancel();
  if (!remove_containers()) {
    finish();
  }
}

/// What is left of containers that ended by themselves is their engine at work.
bool AttemptProcess::may_engine_tidy() {
  const bool is_killed = std::any_of(programs_.begin(), programs_.end(), [](const auto& program) {
    return program && program->must_remove();
  });
  return has_engine_ && has_exited_ && !is_killed && tidy_rounds_++ < kTidyRounds;
}

/// Whether there is one that is still being removed.
bool AttemptProcess::remove_containers() {
  for (const auto& program : programs_) {
    if (program && program->must_remove()) {
      remove(*program);
    }
  }
  return removers_ > 0;
}

void AttemptProcess::remove(Program& program) {
  program.set_must_remove(false);
  const pid_t child = run_until_done(program.removal(), kRemovalTries);
  if (child > 0) {
    removers_ += 1;
    listener_.removing(child, key_);
  }
}

void AttemptProcess::container_removed() {
  removers_ -= 1;
  if (removers_ == 0 && is_killing_) {
    try_to_finish();
  }
}

void AttemptProcess::finish() {
  for (const auto& program : programs_) {
    if (program) {
      program->close();
    }
  }
  const GroupEmptied event{.key = key_,
                           .usage = usage(),
                           .had_memory_kill = group_->had_memory_kill(),
                           .log_size = log_.size()};
  home_.containment.take_back(std::move(group_));
  home_.scratch.close(key_);
  listener_.emptied(event);
}

/// What the group measured; where it cannot, what the programs and those they waited for used.
Usage AttemptProcess::usage() const {
  Usage usage = group_->usage();
  const auto ms = [](const timeval& time) { return time.tv_sec * 1000 + time.tv_usec / 1000; };
  if (usage.cpu_ms == 0) {
    usage.cpu_ms = ms(used_.ru_utime) + ms(used_.ru_stime);
  }
  if (usage.memory_peak_kib == 0) {
    usage.memory_peak_kib = used_.ru_maxrss;
  }
  return usage;
}

}  // namespace dray::supervisor
