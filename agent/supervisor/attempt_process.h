#pragma once
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "agent/core/supervisor_event.h"
#include "agent/supervisor/containment.h"
#include "agent/supervisor/folders.h"
#include "agent/supervisor/job_log.h"
#include "agent/supervisor/launch_plan.h"
#include "agent/supervisor/scratch.h"

namespace dray::supervisor {

/// What all attempts of a supervisor share; outlives them.
struct AttemptHome {
  boost::asio::io_context& io;
  Containment& containment;
  const Folders& folders;
  Scratch& scratch;
  std::uint64_t log_bytes_max = kLogBytesMax;
  rlimit files_of_jobs{};  ///< RLIMIT_NOFILE.
};

/// One attempt's processes, from launch to the proof that nothing is left. Lives until `emptied`
/// was called.
class AttemptProcess {
 public:
  struct Listener {
    virtual ~Listener() = default;
    /// Nothing is left: the last call about this attempt, which may now be destroyed.
    virtual void emptied(const GroupEmptied& event) = 0;
    virtual void log_grew(const AttemptKey& key) = 0;
    /// A child of ours removes the container; when it has ended, call `container_removed`.
    virtual void removing(pid_t child, const AttemptKey& key) = 0;
  };

  AttemptProcess(AttemptHome& home, Listener& listener, AttemptKey key, Resources request);
  AttemptProcess(const AttemptProcess&) = delete;
  AttemptProcess& operator=(const AttemptProcess&) = delete;
  ~AttemptProcess();

  /// Starts it. The reason when nothing runs; everything made for it is then gone again.
  Result<void> launch(const LaunchPlan& plan, const std::string& mark);
  [[nodiscard]] pid_t main() const { return main_; }
  /// The main process was reaped.
  void main_exited(const rusage& used);
  /// After main_exited: why its container never ran; empty for all that ran.
  [[nodiscard]] std::string why_never_started(int exit_code);
  void container_removed();
  /// SIGTERM to the main process.
  void terminate() const;
  /// Kills until nothing is left, then `emptied`; that waits for the main process to be reaped.
  void kill_group();

 private:
  struct Stream {
    explicit Stream(boost::asio::io_context& io) : pipe(io) {}
    boost::asio::posix::stream_descriptor pipe;
    LogStream kind = LogStream::Output;
  };

  Result<void> launch_in_group(const LaunchPlan& plan);
  Result<LaunchPlan> plan_of_engine(const LaunchPlan& plan);
  void watch_start();
  [[nodiscard]] bool may_engine_tidy();
  Result<pid_t> start(const LaunchPlan& plan);
  void listen(Stream& stream);
  /// Reads what is there, at most `reads` times; false at the end of the stream.
  bool read(Stream& stream, int reads);
  void try_to_finish();
  void finish();
  [[nodiscard]] Usage usage() const;

  AttemptHome& home_;
  Listener& listener_;
  AttemptKey key_;
  Resources request_;
  std::string folder_;
  std::unique_ptr<Group> group_;
  Stream output_;
  Stream error_;
  JobLog log_;
  std::optional<EngineWatch> engine_;
  std::string last_words_;  ///< Of an engine: the end of its standard error.
  boost::asio::steady_timer late_;
  bool is_too_late_ = false;
  bool must_remove_ = false;  ///< The engine did not get to remove its container.
  int tidy_rounds_ = 0;
  boost::asio::steady_timer again_;
  std::chrono::milliseconds pause_{1};  ///< Between two rounds of killing; grows to 100 ms.
  pid_t main_ = -1;
  bool has_exited_ = false;
  bool is_killing_ = false;
  rusage used_{};
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace dray::supervisor
