#include "agent/supervisor/program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "agent/supervisor/clock.h"
#include "agent/supervisor/spawn.h"
#include "model/texts.h"

namespace dray::supervisor {
namespace {

/// Output that is still in a pipe when the group is empty: a pipe holds at most 1 MiB.
constexpr int kReadsAtEnd = 32;
/// As much of an engine's last words as is looked at.
constexpr std::size_t kLastWordsMax = 4096;

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

tl::unexpected<Error> no_pipe() {
  return refuse(ErrorCode::Unavailable,
                std::string("ResourceInitializationError: pipe: ") + std::strerror(errno));
}

/// The plan with what only we know: the group.
Result<LaunchPlan> plan_of_engine(const LaunchPlan& plan, Group& group) {
  if (group.engine_entrances().is_empty()) {
    return refuse(ErrorCode::Unavailable,
                  std::string(texts::kCannotStart) +
                      "containers need control groups, which this agent may not use");
  }
  forget_files(*plan.engine);
  LaunchPlan whole = plan;
  if (plan.engine->group_word < whole.arguments.size()) {
    whole.arguments[plan.engine->group_word] += group.engine_path();
  }
  return whole;
}

}  // namespace

Program::Program(const ProgramHome& home, std::uint8_t container)
    : home_(home), container_(container), output_(home.io), error_(home.io), late_(home.io) {
  error_.kind = LogStream::Error;
}

Program::~Program() {
  *is_alive_ = false;
}

Result<void> Program::launch(const LaunchPlan& plan, Group& group) {
  if (!plan.refusal.empty()) {
    return refuse(ErrorCode::BadRequest, plan.refusal);
  }
  engine_ = plan.engine;
  auto whole = engine_ ? plan_of_engine(plan, group) : Result<LaunchPlan>(plan);
  if (!whole) {
    return tl::unexpected<Error>(whole.error());
  }
  if (auto spawned = spawn_in(*whole, group); !spawned) {
    return spawned;
  }
  group.entered_by(process_);
  listen(output_);
  listen(error_);
  watch_start();
  return {};
}

Result<void> Program::spawn_in(const LaunchPlan& plan, Group& group) {
  std::array<int, 2> output{-1, -1};
  std::array<int, 2> error{-1, -1};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) {
    return no_pipe();
  }
  if (::pipe2(error.data(), O_CLOEXEC) != 0) {
    ::close(output[0]);
    ::close(output[1]);
    return no_pipe();
  }
  output_.pipe.assign(output[0]);
  error_.pipe.assign(error[0]);
  output_.pipe.native_non_blocking(true);
  error_.pipe.native_non_blocking(true);
  const Spawned spawned =
      spawn(plan, {.folder = home_.folder,
                   .output = output[1],
                   .error = error[1],
                   .files = home_.files,
                   .entrances = engine_ ? group.engine_entrances() : group.entrances()});
  ::close(output[1]);
  ::close(error[1]);
  if (spawned.pid < 0) {
    output_.pipe.close();
    error_.pipe.close();
    return tl::unexpected<Error>(cannot_start(plan, spawned.error));
  }
  process_ = spawned.pid;
  return {};
}

/// An engine that cannot get its image in time is killed; its end is then told as that.
void Program::watch_start() {
  if (!engine_) {
    return;
  }
  late_.expires_after(std::chrono::seconds(engine_->start_seconds));
  late_.async_wait([this, is_alive = is_alive_](boost::system::error_code failed) {
    if (*is_alive && !failed && !has_exited_ && !has_been_created(*engine_)) {
      is_too_late_ = true;
      ::kill(process_, SIGKILL);
    }
  });
}

std::string Program::why_never_started(int exit_code) {
  if (!engine_) {
    return "";
  }
  read(error_, kReadsAtEnd);
  std::string why = is_too_late_ ? why_too_late(*engine_)
                                 : supervisor::why_never_started(*engine_, exit_code, last_words_);
  must_remove_ = must_remove_ || !why.empty();
  return why;
}

void Program::listen(Stream& stream) {
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

bool Program::read(Stream& stream, int reads) {
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
    home_.log.append(stream.kind, container_, {buffer.data(), static_cast<std::size_t>(length)},
                     read_wall_clock());
    home_.log_grew();
  }
  return stream.pipe.is_open();
}

void Program::exited() {
  has_exited_ = true;
  process_ = -1;  // The kernel may give the number to another one.
  late_.cancel();
}

void Program::terminate() const {
  if (process_ > 0 && !has_exited_) {
    ::kill(process_, SIGTERM);
  }
}

void Program::kill() {
  if (process_ > 0 && !has_exited_) {
    ::kill(process_, SIGKILL);
    must_remove_ = is_engine();
  }
}

void Program::close() {
  read(output_, kReadsAtEnd);
  read(error_, kReadsAtEnd);
  output_.pipe.close();
  error_.pipe.close();
  if (engine_) {
    forget_files(*engine_);
  }
}

}  // namespace dray::supervisor
