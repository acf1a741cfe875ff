#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "agent/core/pod_step.h"
#include "agent/core/supervisor_event.h"
#include "agent/supervisor/containment.h"
#include "agent/supervisor/folders.h"
#include "agent/supervisor/job_log.h"
#include "agent/supervisor/launch_plan.h"
#include "agent/supervisor/program.h"
#include "agent/supervisor/scratch.h"

namespace dray::supervisor {

/// AWS: container.reason.
inline constexpr std::size_t kReasonMax = 255;

/// What all attempts of a supervisor share; outlives them.
struct AttemptHome {
  boost::asio::io_context& io;
  Containment& containment;
  const Folders& folders;
  Scratch& scratch;
  std::uint64_t log_bytes_max = kLogBytesMax;
  rlimit files_of_jobs{};  ///< RLIMIT_NOFILE.
};

/// One attempt's processes, from launch to the proof that nothing is left: one program, or the
/// containers of a pod, which agent/core/pod_step decides on. Lives until `emptied` was called.
class AttemptProcess {
 public:
  struct Listener {
    virtual ~Listener() = default;
    /// A child of ours is a program of this attempt: when it was reaped, call `exited`.
    virtual void started(pid_t child, const AttemptKey& key) = 0;
    /// Its one program, or its whole pod, has ended.
    virtual void ended(const MainExited& event) = 0;
    /// Nothing is left: the last call about this attempt, which may now be destroyed.
    virtual void emptied(const GroupEmptied& event) = 0;
    virtual void log_grew(const AttemptKey& key) = 0;
    /// A child of ours removes a container; when it has ended, call `container_removed`.
    virtual void removing(pid_t child, const AttemptKey& key) = 0;
  };

  AttemptProcess(AttemptHome& home, Listener& listener, AttemptKey key, Resources request);
  AttemptProcess(const AttemptProcess&) = delete;
  AttemptProcess& operator=(const AttemptProcess&) = delete;
  ~AttemptProcess();

  /// Starts it. The reason when nothing runs; everything made for it is then gone again.
  Result<void> launch(LaunchPlan plan, const std::string& mark);
  /// A program of it was reaped, with the status that wait4 gave.
  void exited(pid_t child, int status, const rusage& used);
  void container_removed();
  /// SIGTERM to the program; a pod ends in its order.
  void terminate();
  /// Kills until nothing is left, then `emptied`; that waits for the programs to be reaped.
  void kill_group();
  /// How the containers of a pod stand; empty for all else.
  [[nodiscard]] std::vector<ContainerEnd> containers() const;

 private:
  Result<void> launch_in_group();
  Result<void> start(std::size_t at);
  void take(const pod::Event& event);
  std::optional<Instant> decide(const pod::Event& event);
  void wake_pod(std::optional<Instant> at);
  void act(const pod::Start& action);
  void act(const pod::Terminate& action);
  void act(const pod::Kill& action);
  void act(const pod::Finish& action);
  [[nodiscard]] bool may_engine_tidy();
  [[nodiscard]] bool remove_containers();
  void remove(Program& program);
  void try_to_finish();
  void finish();
  [[nodiscard]] Usage usage() const;

  AttemptHome& home_;
  Listener& listener_;
  AttemptKey key_;
  Resources request_;
  JobLog log_;
  ProgramHome programs_home_;
  LaunchPlan plan_;
  std::vector<std::unique_ptr<Program>> programs_;  ///< By their place; null: not started.
  std::optional<pod::State> pod_;
  std::vector<pod::Event> pod_events_;
  bool is_deciding_ = false;
  boost::asio::steady_timer pod_timer_;
  std::string why_failed_;  ///< Of a pod that failed before anything of it ran.
  std::unique_ptr<Group> group_;
  bool has_engine_ = false;
  int removers_ = 0;  ///< Children that remove containers.
  int tidy_rounds_ = 0;
  boost::asio::steady_timer again_;
  std::chrono::milliseconds pause_{1};  ///< Between two rounds of killing; grows to 100 ms.
  bool is_launching_ = false;
  bool has_exited_ = false;  ///< The program, or the whole pod.
  bool is_killing_ = false;
  rusage used_{};
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace dray::supervisor
