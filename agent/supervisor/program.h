#pragma once
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "agent/supervisor/containment.h"
#include "agent/supervisor/job_log.h"
#include "agent/supervisor/launch_plan.h"

namespace dray::supervisor {

/// What the programs of an attempt share; outlives them.
struct ProgramHome {
  boost::asio::io_context& io;
  std::string folder;  ///< Where they work.
  rlimit files{};      ///< RLIMIT_NOFILE.
  JobLog& log;
  std::function<void()> log_grew;
};

/// One program of an attempt, a process or the engine of a container: starts it in the attempt's
/// group and copies its output into the attempt's log. Who owns it reaps it.
class Program {
 public:
  /// `container`: its place in a pod; 0 elsewhere.
  Program(const ProgramHome& home, std::uint8_t container);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  /// The reason when nothing runs.
  Result<void> launch(const LaunchPlan& plan, Group& group);
  [[nodiscard]] pid_t process() const { return process_; }
  /// It was reaped.
  void exited();
  /// After `exited`: why its container never ran; empty for all that ran.
  [[nodiscard]] std::string why_never_started(int exit_code);
  void terminate() const;
  /// SIGKILL; of an engine too: its container must then be removed.
  void kill();
  [[nodiscard]] bool is_engine() const { return engine_.has_value(); }
  /// The engine did not get to remove its container, and this does.
  [[nodiscard]] const std::vector<std::string>& removal() const { return engine_->removal; }
  [[nodiscard]] bool must_remove() const { return must_remove_; }
  void set_must_remove(bool must_remove) { must_remove_ = must_remove && is_engine(); }
  /// Nothing of it lives: takes the rest of its output and removes its engine's files.
  void close();

 private:
  struct Stream {
    explicit Stream(boost::asio::io_context& io) : pipe(io) {}
    boost::asio::posix::stream_descriptor pipe;
    LogStream kind = LogStream::Output;
  };

  Result<void> spawn_in(const LaunchPlan& plan, Group& group);
  void watch_start();
  void listen(Stream& stream);
  /// Reads what is there, at most `reads` times; false at the end of the stream.
  bool read(Stream& stream, int reads);

  const ProgramHome& home_;
  std::uint8_t container_;
  Stream output_;
  Stream error_;
  std::optional<EngineWatch> engine_;
  std::string last_words_;  ///< Of an engine: the end of its standard error.
  boost::asio::steady_timer late_;
  bool is_too_late_ = false;
  bool must_remove_ = false;
  pid_t process_ = -1;
  bool has_exited_ = false;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace dray::supervisor
