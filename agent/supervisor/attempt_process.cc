#include "agent/supervisor/attempt_process.h"

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
  auto group = home_.containment.create({request_, mark});
  if (!group) {
    return tl::unexpected<Error>(no_resource(group.error().reason));
  }
  group_ = std::move(*group);
  Result<pid_t> started = -1;
  if (auto opened = home_.scratch.open(key_, plan.user, plan.group); opened) {
    started = start(plan);
  } else {
    started = tl::unexpected<Error>(opened.error());
  }
  if (!started) {
    home_.scratch.close(key_);
    home_.containment.take_back(std::move(group_));
    return tl::unexpected<Error>(started.error());
  }
  main_ = *started;
  group_->entered_by(main_);
  listen(output_);
  listen(error_);
  return {};
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
  const Spawned spawned = spawn(plan, {.folder = folder_,
                                       .output = output[1],
                                       .error = error[1],
                                       .files = home_.files_of_jobs,
                                       .group_files = group_->entrances()});
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
    log_.append(stream.kind, {buffer.data(), static_cast<std::size_t>(length)}, read_wall_clock());
    listener_.log_grew(key_);
  }
  return stream.pipe.is_open();
}

void AttemptProcess::main_exited(const rusage& used) {
  has_exited_ = true;
  group_->left_by_main();
  used_ = used;
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
    group_->kill();
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
