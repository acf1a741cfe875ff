#include "agent/supervisor/attempt_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"
#include "agent/supervisor/spawn.h"
#include "model/check.h"
#include "model/texts.h"

namespace dray::supervisor {
namespace {

constexpr std::chrono::milliseconds kPauseMax{100};
/// Output that is still in a pipe when the group is empty: a pipe holds at most 1 MiB.
constexpr int kReadsAtEnd = 32;
/// As much of an engine's last words as is looked at.
constexpr std::size_t kLastWordsMax = 4096;
/// An engine removes its container after the container's end; then it is killed. About 5 s.
constexpr int kTidyRounds = 55;
constexpr int kRemovalTries = 10;

/// One buffer for all reads of this program's one thread.
std::array<char, 64 * 1024>& read_buffer() {
  static std::array<char, 64 * 1024> buffer;
  return buffer;
}

Error cannot_start(const LaunchPlan& plan, int error) {
  const std::string name = plan.arguments.empty() ? plan.program : plan.arguments.front();
  return {ErrorCode::Unavailable,
          std::string(texts::kCannotStart) + "exec: \"" + name + "\": " + std::strerror(error)};
}

Error no_resource(const std::string& what) {
  return {ErrorCode::Unavailable, "ResourceInitializationError: " + what};
}

}  // namespace

AttemptProcess::AttemptProcess(AttemptHome& home, Listener& listener, AttemptKey key,
                               Resources request)
    : home_(home),
      listener_(listener),
      key_(key),
      request_(request),
      folder_(home.folders.scratch(key)),
      output_(home.io),
      error_(home.io),
      log_(home.folders.log(key), home.log_bytes_max),
      late_(home.io),
      again_(home.io) {
  error_.kind = LogStream::Error;
}

AttemptProcess::~AttemptProcess() {
  *is_alive_ = false;
}

Result<void> AttemptProcess::launch(const LaunchPlan& plan, const std::string& mark) {
  if (!plan.refusal.empty()) {
    return refuse(ErrorCode::BadRequest, plan.refusal);
  }
  engine_ = plan.engine;
  auto group = home_.containment.create({request_, mark, engine_.has_value()});
  if (!group) {
    return tl::unexpected<Error>(no_resource(group.error().reason));
  }
  group_ = std::move(*group);
  if (auto launched = launch_in_group(plan); !launched) {
    home_.scratch.close(key_);
    home_.containment.take_back(std::move(group_));
    return launched;
  }
  group_->entered_by(main_);
  listen(output_);
  listen(error_);
  watch_start();
  return {};
}

Result<void> AttemptProcess::launch_in_group(const LaunchPlan& plan) {
  const std::uint32_t user = engine_ ? engine_->folder_user : plan.user;
  const std::uint32_t owners = engine_ ? engine_->folder_group : plan.group;
  if (auto opened = home_.scratch.open(key_, user, owners); !opened) {
    return opened;
  }
  auto whole = engine_ ? plan_of_engine(plan) : Result<LaunchPlan>(plan);
  if (!whole) {
    return tl::unexpected<Error>(whole.error());
  }
  auto started = start(*whole);
  if (!started) {
    return tl::unexpected<Error>(started.error());
  }
  main_ = *started;
  return {};
}

/// The plan with what only we know: the group.
Result<LaunchPlan> AttemptProcess::plan_of_engine(const LaunchPlan& plan) {
  if (group_->engine_entrances().is_empty()) {
    return refuse(ErrorCode::Unavailable,
                  std::string(texts::kCannotStart) +
                      "containers need control groups, which this agent may not use");
  }
  forget_files(*engine_);
  LaunchPlan whole = plan;
  if (engine_->group_word < whole.arguments.size()) {
    whole.arguments[engine_->group_word] += group_->engine_path();
  }
  return whole;
}

/// An engine that cannot get its image in time is killed; its end is then told as that.
void AttemptProcess::watch_start() {
  if (!engine_) {
    return;
  }
  late_.expires_after(std::chrono::seconds(engine_->start_seconds));
  late_.async_wait([this, is_alive = is_alive_](boost::system::error_code failed) {
    if (*is_alive && !failed && !has_exited_ && !has_been_created(*engine_)) {
      is_too_late_ = true;
      ::kill(main_, SIGKILL);
    }
  });
}

std::string AttemptProcess::why_never_started(int exit_code) {
  if (!engine_) {
    return "";
  }
  read(error_, kReadsAtEnd);
  std::string why = is_too_late_ ? why_too_late(*engine_)
                                 : supervisor::why_never_started(*engine_, exit_code, last_words_);
  must_remove_ = must_remove_ || !why.empty();
  return why;
}

Result<pid_t> AttemptProcess::start(const LaunchPlan& plan) {
  std::array<int, 2> output{-1, -1};
  std::array<int, 2> error{-1, -1};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) {
    return tl::unexpected<Error>(no_resource(std::string("pipe: ") + std::strerror(errno)));
  }
  if (::pipe2(error.data(), O_CLOEXEC) != 0) {
    ::close(output[0]);
    ::close(output[1]);
    return tl::unexpected<Error>(no_resource(std::string("pipe: ") + std::strerror(errno)));
  }
  output_.pipe.assign(output[0]);
  error_.pipe.assign(error[0]);
  output_.pipe.native_non_blocking(true);
  error_.pipe.native_non_blocking(true);
  const Spawned spawned =
      spawn(plan, {.folder = folder_,
                   .output = output[1],
                   .error = error[1],
                   .files = home_.files_of_jobs,
                   .entrances = engine_ ? group_->engine_entrances() : group_->entrances()});
  ::close(output[1]);
  ::close(error[1]);
  if (spawned.pid < 0) {
    output_.pipe.close();
    error_.pipe.close();
    return tl::unexpected<Error>(cannot_start(plan, spawned.error));
  }
  return spawned.pid;
}

void AttemptProcess::listen(Stream& stream) {
  stream.pipe.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this, &stream, is_alive = is_alive_](boost::system::error_code failed) {
                           if (*is_alive && !failed && stream.pipe.is_open()) {
                             // One read a turn: a loud job does not hold up the others.
                             if (read(stream, 1)) {
                               listen(stream);
                             }
                           }
                         });
}

bool AttemptProcess::read(Stream& stream, int reads) {
  for (; reads > 0 && stream.pipe.is_open(); --reads) {
    auto& buffer = read_buffer();
    const ssize_t length = ::read(stream.pipe.native_handle(), buffer.data(), buffer.size());
    if (length < 0) {
      return errno == EAGAIN || errno == EINTR;
    }
    if (length == 0) {
      stream.pipe.close();
      return false;
    }
    if (engine_ && stream.kind == LogStream::Error) {
      last_words_.append(buffer.data(), static_cast<std::size_t>(length));
      last_words_.erase(0, last_words_.size() - std::min(last_words_.size(), kLastWordsMax));
    }
    log_.append(stream.kind, {buffer.data(), static_cast<std::size_t>(length)}, read_wall_clock());
    listener_.log_grew(key_);
  }
  return stream.pipe.is_open();
}

void AttemptProcess::main_exited(const rusage& used) {
  has_exited_ = true;
  group_->left_by_main();
  used_ = used;
  late_.cancel();
}

void AttemptProcess::terminate() const {
  if (!has_exited_) {
    ::kill(main_, SIGTERM);
  }
}

void AttemptProcess::kill_group() {
  if (is_killing_ && !has_exited_) {
    return;
  }
  is_killing_ = true;
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
      must_remove_ = engine_.has_value();
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
  if (must_remove_) {
    must_remove_ = false;
    again_.cancel();
    const pid_t child = run_until_done(engine_->removal, kRemovalTries);
    if (child > 0) {
      listener_.removing(child, key_);
      return;
    }
  }
  finish();
}

/// What is left of a container that ended by itself is its engine at work.
bool AttemptProcess::may_engine_tidy() {
  return engine_ && has_exited_ && !must_remove_ && tidy_rounds_++ < kTidyRounds;
}

void AttemptProcess::container_removed() {
  finish();
}

void AttemptProcess::finish() {
  again_.cancel();
  read(output_, kReadsAtEnd);
  read(error_, kReadsAtEnd);
  output_.pipe.close();
  error_.pipe.close();
  const GroupEmptied event{.key = key_,
                           .usage = usage(),
                           .had_memory_kill = group_->had_memory_kill(),
                           .log_size = log_.size()};
  home_.containment.take_back(std::move(group_));
  home_.scratch.close(key_);
  if (engine_) {
    forget_files(*engine_);
  }
  listener_.emptied(event);
}

/// What the group measured; where it cannot, what the main process and those it waited for used.
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
